package dev.leat.api.rpc;

import java.nio.ByteBuffer;

/** The records for one partition in a {@link ProduceRequestView}. */
public final class PartitionRecordsView {

  private static final int TOPIC = 1 << 3 | 2;
  private static final int PARTITION = 2 << 3;
  private static final int BATCHES = 3 << 3 | 2;
  private static final int RECORDS = 4 << 3 | 2;
  private static final int COMPRESSION = 5 << 3;
  private static final int SEQUENCE = 6 << 3;

  private static final TopicName NO_TOPIC = TopicName.of("");
  private static final ByteBuffer NO_BATCHES = ByteBuffer.allocate(0);

  private final ByteBuffer buffer;
  private final int at;
  private final int bytes;
  private TopicName topic = NO_TOPIC;
  private int partition;
  private ByteBuffer batches = NO_BATCHES;
  private int compression;
  private int sequence;
  private int recordCount;

  private PartitionRecordsView(ByteBuffer buffer, int at, int bytes) {
    this.buffer = buffer;
    this.at = at;
    this.bytes = bytes;
  }

  static PartitionRecordsView parse(ByteBuffer buffer, int at, int bytes, TopicNameCache names)
      throws MalformedMessageException {
    PartitionRecordsView view = new PartitionRecordsView(buffer, at, bytes);
    WireReader reader = new WireReader(buffer, at, bytes);
    boolean hasRecords = false;
    for (int tag = reader.nextTag(); tag != 0; tag = reader.nextTag()) {
      switch (tag) {
        case TOPIC -> {
          reader.bytes();
          view.topic = names.get(buffer, reader.fieldAt(), reader.fieldBytes());
        }
        case PARTITION -> view.partition = (int) reader.varint();
        case BATCHES -> {
          reader.bytes();
          view.batches = reader.fieldSlice();
        }
        case RECORDS -> {
          reader.bytes();
          hasRecords = true;
        }
        case COMPRESSION -> view.compression = (int) reader.varint();
        case SEQUENCE -> view.sequence = (int) reader.varint();
        default -> reader.skip(tag);
      }
    }
    if (hasRecords) {
      view.recordCount = SimpleRecords.check(new WireReader(buffer, at, bytes), RECORDS);
    }
    return view;
  }

  /** The topic; empty if not given. */
  public TopicName topic() {
    return topic;
  }

  /** The partition's number, as it was sent. */
  public int partition() {
    return partition;
  }

  /**
   * The bytes of ready-made batches, not checked; empty if there are none. A slice of the message's
   * memory, writable, so that base offsets can be patched in place.
   */
  public ByteBuffer batches() {
    return batches;
  }

  /** Number of simple records. */
  public int recordCount() {
    return recordCount;
  }

  /** The simple records, from the first one on, anew with each call. */
  public SimpleRecords records() {
    return new SimpleRecords(new WireReader(buffer, at, bytes), RECORDS);
  }

  /** Sequence number of the first simple record, as it was sent. */
  public int sequence() {
    return sequence;
  }

  /** Number of the compression that is wanted for simple records, as it was sent. */
  public int compression() {
    return compression;
  }
}

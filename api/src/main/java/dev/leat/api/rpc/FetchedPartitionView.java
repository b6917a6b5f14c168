package dev.leat.api.rpc;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.leat.v1.Error;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What came of one partition in a {@link FetchResponseView}. */
public final class FetchedPartitionView {

  private static final int TOPIC = 1 << 3 | 2;
  private static final int PARTITION = 2 << 3;
  private static final int HIGH_WATERMARK = 3 << 3;
  private static final int LOG_START_OFFSET = 4 << 3;
  private static final int BATCHES = 5 << 3 | 2;
  private static final int RECORDS = 6 << 3 | 2;
  private static final int ERROR = 7 << 3 | 2;

  private static final TopicName NO_TOPIC = TopicName.of("");
  private static final ByteBuffer NO_BATCHES = ByteBuffer.allocate(0);

  private final ByteBuffer buffer;
  private final int at;
  private final int bytes;
  private TopicName topic = NO_TOPIC;
  private int partition;
  private long highWatermark;
  private long logStartOffset;
  private ByteBuffer batches = NO_BATCHES;
  private int recordCount;
  private @Nullable Error error;

  private FetchedPartitionView(ByteBuffer buffer, int at, int bytes) {
    this.buffer = buffer;
    this.at = at;
    this.bytes = bytes;
  }

  static FetchedPartitionView parse(ByteBuffer buffer, int at, int bytes, TopicNameCache names)
      throws MalformedMessageException {
    FetchedPartitionView view = new FetchedPartitionView(buffer, at, bytes);
    WireReader reader = new WireReader(buffer, at, bytes);
    boolean hasRecords = false;
    for (int tag = reader.nextTag(); tag != 0; tag = reader.nextTag()) {
      switch (tag) {
        case TOPIC -> {
          reader.bytes();
          view.topic = names.get(buffer, reader.fieldAt(), reader.fieldBytes());
        }
        case PARTITION -> view.partition = (int) reader.varint();
        case HIGH_WATERMARK -> view.highWatermark = reader.varint();
        case LOG_START_OFFSET -> view.logStartOffset = reader.varint();
        case BATCHES -> {
          reader.bytes();
          view.batches = reader.fieldSlice();
        }
        case RECORDS -> {
          reader.bytes();
          hasRecords = true;
        }
        case ERROR -> view.mergeError(reader);
        default -> reader.skip(tag);
      }
    }
    if (hasRecords) {
      view.recordCount = SimpleRecords.check(new WireReader(buffer, at, bytes), RECORDS);
    }
    return view;
  }

  private void mergeError(WireReader reader) throws MalformedMessageException {
    reader.bytes();
    try {
      Error.Builder merged = error == null ? Error.newBuilder() : error.toBuilder();
      byte[] message = new byte[reader.fieldBytes()];
      reader.fieldSlice().get(message);
      error = merged.mergeFrom(message).build();
    } catch (InvalidProtocolBufferException e) {
      throw new MalformedMessageException("a malformed Error", e);
    }
  }

  /** The topic; empty if not given. */
  public TopicName topic() {
    return topic;
  }

  /** The partition's number. */
  public int partition() {
    return partition;
  }

  /** Offset below which every record is committed. */
  public long highWatermark() {
    return highWatermark;
  }

  /** First offset that is still stored. */
  public long logStartOffset() {
    return logStartOffset;
  }

  /** Stored batches, not checked; empty if there are none. A slice of the message's memory. */
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

  /** Why the partition is not read any further, if so. */
  public Optional<Error> error() {
    return Optional.ofNullable(error);
  }
}

package dev.leat.api.rpc;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A {@code leat.v1.ProduceRequest} as a broker receives it: views of one buffer, which holds the
 * whole message.
 *
 * <p>gRPC would answer an exception in a parser with the status UNKNOWN and throw it on, so a
 * malformed message is a value: if {@link #defect} says something, answer INVALID_ARGUMENT with it.
 * Whoever has the view releases it once ({@link #release}); who keeps parts of it for longer
 * retains {@link #memory}.
 */
public final class ProduceRequestView {

  private static final int ID = 1 << 3;
  private static final int PARTITIONS = 2 << 3 | 2;
  private static final int TRANSACTION = 3 << 3 | 2;

  private final ReleasableBuffer memory;
  private final long id;
  private final List<PartitionRecordsView> partitions;
  private final @Nullable ProducerIdentityView transaction;
  private final @Nullable String defect;

  private ProduceRequestView(
      ReleasableBuffer memory,
      long id,
      List<PartitionRecordsView> partitions,
      @Nullable ProducerIdentityView transaction,
      @Nullable String defect) {
    this.memory = memory;
    this.id = id;
    this.partitions = partitions;
    this.transaction = transaction;
    this.defect = defect;
  }

  static ProduceRequestView parse(InputStream input, BufferSource source, TopicNameCache names) {
    ReleasableBuffer memory = MessageInput.read(input, source);
    try {
      return parse(memory, names);
    } catch (MalformedMessageException e) {
      String defect = "ProduceRequest is malformed, it has " + e.getMessage();
      return new ProduceRequestView(memory, 0, List.of(), null, defect);
    }
  }

  private static ProduceRequestView parse(ReleasableBuffer memory, TopicNameCache names)
      throws MalformedMessageException {
    ByteBuffer buffer = memory.buffer();
    WireReader reader = new WireReader(buffer, 0, buffer.limit());
    long id = 0;
    ProducerIdentityView transaction = null;
    List<PartitionRecordsView> partitions = new ArrayList<>();
    for (int tag = reader.nextTag(); tag != 0; tag = reader.nextTag()) {
      switch (tag) {
        case ID -> id = reader.varint();
        case PARTITIONS -> {
          reader.bytes();
          partitions.add(
              PartitionRecordsView.parse(buffer, reader.fieldAt(), reader.fieldBytes(), names));
          checkCount(partitions.size());
        }
        case TRANSACTION -> {
          reader.bytes();
          transaction = ProducerIdentityView.parse(buffer, reader, transaction);
        }
        default -> reader.skip(tag);
      }
    }
    return new ProduceRequestView(memory, id, partitions, transaction, null);
  }

  static void checkCount(int partitions) throws MalformedMessageException {
    if (partitions > WireLimits.MAX_PARTITIONS) {
      throw new MalformedMessageException(
          "more than %d partitions: send several requests".formatted(WireLimits.MAX_PARTITIONS));
    }
  }

  /** What is wrong with the message, in one line, if anything; it holds no partitions then. */
  public Optional<String> defect() {
    return Optional.ofNullable(defect);
  }

  /** The client's number of the request. */
  public long id() {
    return id;
  }

  /** Records by partition, in the order of the message; not checked for repeated partitions. */
  public List<PartitionRecordsView> partitions() {
    return partitions;
  }

  /** Whose transaction the records are part of, or null. */
  public @Nullable ProducerIdentityView transaction() {
    return transaction;
  }

  /** The memory that all views lie in. */
  public ReleasableBuffer memory() {
    return memory;
  }

  /** Size of the message in bytes. */
  public int sizeBytes() {
    return memory.buffer().limit();
  }

  /** Gives the memory back; the views must not be used any more. */
  public void release() {
    memory.release();
  }
}

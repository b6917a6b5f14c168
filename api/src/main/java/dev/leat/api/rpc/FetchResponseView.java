package dev.leat.api.rpc;

import io.grpc.Status;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A {@code leat.v1.FetchResponse} as a client receives it: views of one buffer, which holds the
 * whole message. Whoever has it releases it once.
 */
public final class FetchResponseView {

  private static final int PARTITIONS = 1 << 3 | 2;

  private final ReleasableBuffer memory;
  private final List<FetchedPartitionView> partitions;

  private FetchResponseView(ReleasableBuffer memory, List<FetchedPartitionView> partitions) {
    this.memory = memory;
    this.partitions = partitions;
  }

  /** Parses a message; gRPC ends the call when this throws. */
  static FetchResponseView parse(InputStream input, BufferSource source, TopicNameCache names) {
    ReleasableBuffer memory = MessageInput.read(input, source);
    try {
      ByteBuffer buffer = memory.buffer();
      WireReader reader = new WireReader(buffer, 0, buffer.limit());
      List<FetchedPartitionView> partitions = new ArrayList<>();
      for (int tag = reader.nextTag(); tag != 0; tag = reader.nextTag()) {
        if (tag == PARTITIONS) {
          reader.bytes();
          partitions.add(
              FetchedPartitionView.parse(buffer, reader.fieldAt(), reader.fieldBytes(), names));
          ProduceRequestView.checkCount(partitions.size());
        } else {
          reader.skip(tag);
        }
      }
      return new FetchResponseView(memory, partitions);
    } catch (MalformedMessageException e) {
      memory.release();
      throw Status.INTERNAL
          .withDescription("FetchResponse is malformed, it has " + e.getMessage())
          .withCause(e)
          .asRuntimeException();
    }
  }

  /** What came of each partition, in the order of the message. */
  public List<FetchedPartitionView> partitions() {
    return partitions;
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

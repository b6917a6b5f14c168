package dev.leat.kafka.wire;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.RecordsSend;

/**
 * Batches of records in several buffers, to be sent as they are.
 *
 * @param buffers the batches, in order
 * @param sizeInBytes of all buffers
 */
public record SlicedRecords(List<ByteBuffer> buffers, int sizeInBytes) implements BaseRecords {
  /** No records. */
  public static final SlicedRecords NONE = new SlicedRecords(List.of(), 0);

  /** Copies the list, not the bytes. */
  public SlicedRecords {
    buffers = List.copyOf(buffers);
  }

  @Override
  public RecordsSend<SlicedRecords> toSend() {
    throw new UnsupportedOperationException("Netty sends these");
  }
}

package dev.leat.broker.log;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * An entry on its way to or from a journal.
 *
 * @param header its header
 * @param body its bytes, in pieces that count as one; of {@link EntryKind#BATCHES} each piece holds
 *     whole batches. In an entry to be appended they must not change until the append is durable;
 *     base offsets and leader epochs in batches are set already.
 */
public record Entry(EntryHeader header, List<ByteBuffer> body) {
  /** Bytes of the body. */
  public int sizeBytes() {
    int size = 0;
    for (ByteBuffer piece : body) {
      size += piece.remaining();
    }
    return size;
  }
}

package dev.leat.broker.log.compact;

import dev.leat.api.batch.BatchFormat;
import dev.leat.api.batch.RecordReader;
import java.nio.ByteBuffer;

/** Notes the last offset of each key of a partition, as far as there is memory for them. */
public final class KeyCollector {
  private final KeyMap lastOffsets;
  private final Transactions transactions;
  private long end;

  /**
   * A collector that begins at an offset.
   *
   * @param lastOffsets where the keys go
   * @param fromOffset records below are passed over
   */
  public KeyCollector(KeyMap lastOffsets, Transactions transactions, long fromOffset) {
    this.lastOffsets = lastOffsets;
    this.transactions = transactions;
    this.end = fromOffset;
  }

  /** Every record below has been noted. */
  public long end() {
    return end;
  }

  /**
   * Notes the keys of the next batches.
   *
   * @return false if the map is full
   */
  public boolean add(ByteBuffer batches) {
    for (int at = batches.position(); at < batches.limit(); ) {
      if (!addBatch(batches, at)) {
        return false;
      }
      end = Math.max(end, BatchFormat.lastOffset(batches, at) + 1);
      at += BatchFormat.sizeBytes(batches, at);
    }
    return true;
  }

  private boolean addBatch(ByteBuffer batches, int at) {
    long base = BatchFormat.baseOffset(batches, at);
    boolean counts =
        BatchFormat.lastOffset(batches, at) >= end
            && !BatchFormat.isControl(batches, at)
            && !(BatchFormat.isTransactional(batches, at)
                && transactions.isAborted(BatchFormat.producerId(batches, at), base));
    if (!counts) {
      return true;
    }
    RecordReader records = RecordReader.of(batches, at);
    while (records.next()) {
      ByteBuffer key = records.key();
      if (key != null && records.offset() >= end) {
        if (!lastOffsets.hasRoomFor(1)) {
          return false;
        }
        lastOffsets.put(key, records.offset());
      }
      end = Math.max(end, records.offset() + 1);
    }
    return true;
  }
}

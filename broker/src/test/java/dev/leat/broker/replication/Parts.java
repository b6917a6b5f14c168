package dev.leat.broker.replication;

import dev.leat.broker.log.BatchInfo;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Parts of produce requests: batches with the right lengths and nothing in them. */
public final class Parts {
  private static final int BATCH_BYTES = 80;

  private Parts() {}

  /** Batches of a producer that is not idempotent. */
  public static AppendPart plain(int partition, int records, Object token) {
    return of(partition, List.of(BatchInfo.plain(BATCH_BYTES, records - 1, 1_000)), token);
  }

  /** One batch of an idempotent producer. */
  public static AppendPart idempotent(
      int partition, long producer, int epoch, int sequence, int records, Object token) {
    return of(partition, List.of(batch(producer, epoch, sequence, records)), token);
  }

  /** What the broker knows of a batch. */
  public static BatchInfo batch(long producer, int epoch, int sequence, int records) {
    return new BatchInfo(
        BATCH_BYTES, records - 1, 1_000, producer, (short) epoch, sequence, (byte) 0);
  }

  /** Several batches. */
  public static AppendPart of(int partition, List<BatchInfo> infos, Object token) {
    int size = infos.stream().mapToInt(BatchInfo::sizeBytes).sum();
    return new AppendPart(partition, ByteBuffer.allocate(size), new ArrayList<>(infos), token);
  }
}

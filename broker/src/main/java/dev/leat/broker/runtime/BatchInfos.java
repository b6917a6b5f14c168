package dev.leat.broker.runtime;

import dev.leat.api.batch.BatchFormat;
import dev.leat.api.batch.TransactionMarker;
import dev.leat.broker.log.BatchInfo;
import dev.leat.broker.log.ProducerSpan;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** What the core needs to know of batches that are to be appended. */
public final class BatchInfos {
  private BatchInfos() {}

  /**
   * One for each batch between position and limit; all have been checked ({@link
   * dev.leat.api.batch.BatchValidator}).
   *
   * @throws dev.leat.api.batch.CorruptBatchException if a control batch is no transaction marker
   */
  public static List<BatchInfo> of(ByteBuffer batches) {
    BatchInfo first = info(batches, batches.position());
    if (first.sizeBytes() == batches.remaining()) {
      return List.of(first);
    }
    List<BatchInfo> infos = new ArrayList<>();
    for (int at = batches.position(); at < batches.limit(); ) {
      BatchInfo info = info(batches, at);
      infos.add(info);
      at += info.sizeBytes();
    }
    return infos;
  }

  private static BatchInfo of(TransactionMarker marker, ByteBuffer batch) {
    int commit = marker.commit() ? ProducerSpan.COMMIT : 0;
    return new BatchInfo(
        batch.remaining(),
        0,
        marker.timestampMs(),
        marker.producerId(),
        marker.producerEpoch(),
        marker.coordinatorEpoch(),
        (byte) (ProducerSpan.TRANSACTIONAL | ProducerSpan.CONTROL | commit));
  }

  private static BatchInfo info(ByteBuffer batches, int at) {
    if (BatchFormat.isControl(batches, at)) {
      int size = BatchFormat.sizeBytes(batches, at);
      return of(TransactionMarker.read(batches, at), batches.slice(at, size));
    }
    return new BatchInfo(
        BatchFormat.sizeBytes(batches, at),
        BatchFormat.lastOffsetDelta(batches, at),
        BatchFormat.maxTimestamp(batches, at),
        BatchFormat.producerId(batches, at),
        (short) BatchFormat.producerEpoch(batches, at),
        BatchFormat.baseSequence(batches, at),
        BatchFormat.isTransactional(batches, at) ? ProducerSpan.TRANSACTIONAL : 0);
  }
}

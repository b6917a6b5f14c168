package dev.leat.kafka.transaction;

import java.util.Optional;
import org.apache.kafka.common.record.internal.RecordBatch;

/**
 * A producer that begins.
 *
 * @param transactionalId its transactional id
 * @param timeoutMs its transactions are aborted after so long
 * @param producerId producer id that it goes on with, or -1
 * @param epoch epoch that it goes on from, or -1
 */
record InitProducer(String transactionalId, int timeoutMs, long producerId, short epoch) {
  boolean isContinuation() {
    return producerId != RecordBatch.NO_PRODUCER_ID;
  }

  Optional<Short> expectedEpoch() {
    return isContinuation() ? Optional.of(epoch) : Optional.empty();
  }
}

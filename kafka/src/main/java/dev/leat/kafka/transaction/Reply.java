package dev.leat.kafka.transaction;

import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.jspecify.annotations.Nullable;

/**
 * What the coordinator answers.
 *
 * @param error NONE, or why it was not done
 * @param producerId producer id to go on with, or -1
 * @param epoch epoch to go on with, or -1
 * @param decided a transaction that is decided by this, and is to be carried out once that is on
 *     disk
 */
record Reply(Errors error, long producerId, short epoch, @Nullable Transaction decided) {
  static final Reply OK = failed(Errors.NONE);

  static Reply failed(Errors error) {
    return new Reply(error, RecordBatch.NO_PRODUCER_ID, RecordBatch.NO_PRODUCER_EPOCH, null);
  }

  static Reply producer(long producerId, short epoch) {
    return new Reply(Errors.NONE, producerId, epoch, null);
  }
}

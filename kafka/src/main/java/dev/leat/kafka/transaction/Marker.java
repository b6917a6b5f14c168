package dev.leat.kafka.transaction;

import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.server.common.TransactionVersion;

/**
 * How a transaction ends, in each of its partitions.
 *
 * @param producerId its producer
 * @param epoch epoch of the marker: with transaction version 2, one above that of the records
 * @param commit committed, or else aborted
 * @param coordinatorEpoch epoch of the coordinator that says so
 * @param version transaction version of its client, 0 to 2
 */
record Marker(long producerId, short epoch, boolean commit, int coordinatorEpoch, short version) {
  static Marker of(Transaction decided, int coordinatorEpoch) {
    return new Marker(
        decided.producerId(),
        decided.epoch(),
        decided.commits(),
        coordinatorEpoch,
        decided.version().featureLevel());
  }

  boolean bumpsEpoch() {
    return version >= TransactionVersion.TV_2.featureLevel();
  }

  TransactionResult result() {
    return commit ? TransactionResult.COMMIT : TransactionResult.ABORT;
  }
}

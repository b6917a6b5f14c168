package dev.leat.kafka.transaction;

import dev.leat.kafka.coordinator.TransactionVerifier;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;

/**
 * The question whether a partition is part of a transaction.
 *
 * @param producer who says so
 * @param partition the partition
 * @param adds whether it is added if need be
 * @param answer gets the answer
 */
record Verification(
    TransactionVerifier.Producer producer,
    TopicPartition partition,
    boolean adds,
    CompletableFuture<Errors> answer) {

  /** Whether both can be asked of one transaction in one request. */
  boolean fits(Verification other) {
    return producer.equals(other.producer) && adds == other.adds;
  }
}

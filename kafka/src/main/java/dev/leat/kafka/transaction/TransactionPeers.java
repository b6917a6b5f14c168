package dev.leat.kafka.transaction;

import dev.leat.kafka.coordinator.TransactionVerifier;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;

/**
 * What brokers ask of each other about transactions. Answers are Kafka's errors, never failures.
 */
interface TransactionPeers extends AutoCloseable {
  /** Writes a marker into partitions that another broker leads. */
  CompletionStage<Map<TopicPartition, Errors>> writeMarkers(
      int broker, Set<TopicPartition> partitions, Marker marker);

  /**
   * Asks a coordinator on another broker whether a partition is part of a transaction.
   *
   * @param adds whether it is added if need be
   */
  CompletionStage<Errors> verify(
      int broker, TransactionVerifier.Producer producer, TopicPartition partition, boolean adds);

  @Override
  void close();
}

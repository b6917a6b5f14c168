package dev.leat.kafka.transaction;

import dev.leat.kafka.coordinator.TransactionVerifier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;
import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopicCollection;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTransaction;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTransactionCollection;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AddPartitionsToTxnRequest;
import org.apache.kafka.common.requests.AddPartitionsToTxnResponse;
import org.apache.kafka.common.requests.WriteTxnMarkersRequest;
import org.apache.kafka.common.requests.WriteTxnMarkersRequest.TxnMarkerEntry;
import org.apache.kafka.common.requests.WriteTxnMarkersResponse;
import org.jspecify.annotations.Nullable;

/**
 * Asks other brokers by Kafka's own requests, at their Kafka listeners. The connection is made when
 * it is needed first: a broker that leads everything never makes one.
 */
final class KafkaPeers implements TransactionPeers {
  private final IntFunction<@Nullable Node> nodes;
  private @Nullable PeerLoop loop;
  private boolean closed;

  /**
   * No connection yet.
   *
   * @param nodes where a broker is reached, or null if that is not known
   */
  KafkaPeers(IntFunction<@Nullable Node> nodes) {
    this.nodes = nodes;
  }

  @Override
  public CompletionStage<Map<TopicPartition, Errors>> writeMarkers(
      int broker, Set<TopicPartition> partitions, Marker marker) {
    WriteTxnMarkersRequest.Builder request =
        new WriteTxnMarkersRequest.Builder(
            List.of(
                new TxnMarkerEntry(
                    marker.producerId(),
                    marker.epoch(),
                    marker.coordinatorEpoch(),
                    marker.result(),
                    List.copyOf(partitions),
                    marker.version())));
    return send(broker, request)
        .handle(
            (response, failure) -> {
              Map<TopicPartition, Errors> answers = new HashMap<>();
              Map<TopicPartition, Errors> told =
                  failure == null && response.responseBody() instanceof WriteTxnMarkersResponse body
                      ? body.errorsByProducerId().getOrDefault(marker.producerId(), Map.of())
                      : Map.of();
              partitions.forEach(
                  partition ->
                      answers.put(
                          partition, told.getOrDefault(partition, Errors.NETWORK_EXCEPTION)));
              return answers;
            });
  }

  @Override
  public CompletionStage<Errors> verify(
      int broker, TransactionVerifier.Producer producer, TopicPartition partition, boolean adds) {
    AddPartitionsToTxnTopicCollection topics = new AddPartitionsToTxnTopicCollection();
    topics.add(
        new AddPartitionsToTxnTopic()
            .setName(partition.topic())
            .setPartitions(List.of(partition.partition())));
    AddPartitionsToTxnTransactionCollection transactions =
        new AddPartitionsToTxnTransactionCollection();
    transactions.add(
        new AddPartitionsToTxnTransaction()
            .setTransactionalId(producer.transactionalId())
            .setProducerId(producer.producerId())
            .setProducerEpoch(producer.epoch())
            .setVerifyOnly(!adds)
            .setTopics(topics));
    return send(broker, AddPartitionsToTxnRequest.Builder.forBroker(transactions))
        .handle(
            (response, failure) -> {
              if (failure != null
                  || !(response.responseBody() instanceof AddPartitionsToTxnResponse body)) {
                return Errors.COORDINATOR_NOT_AVAILABLE;
              }
              Errors whole = Errors.forCode(body.data().errorCode());
              return whole != Errors.NONE
                  ? whole
                  : body.errors()
                      .getOrDefault(producer.transactionalId(), Map.of())
                      .getOrDefault(partition, Errors.COORDINATOR_NOT_AVAILABLE);
            });
  }

  private CompletionStage<ClientResponse> send(int broker, AbstractRequest.Builder<?> request) {
    Node node = nodes.apply(broker);
    PeerLoop present = node == null ? null : loop();
    return present == null || node == null
        ? CompletableFuture.failedStage(Errors.NETWORK_EXCEPTION.exception())
        : present.send(node, request);
  }

  private synchronized @Nullable PeerLoop loop() {
    if (loop == null && !closed) {
      loop = PeerLoop.open();
    }
    return loop;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (loop != null) {
      loop.close();
    }
  }
}

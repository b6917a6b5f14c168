package dev.leat.kafka.transaction;

import dev.leat.kafka.coordinator.TransactionVerifier;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.jspecify.annotations.Nullable;

/**
 * Asks other brokers by Kafka's own requests, at their Kafka listeners. The connection is made when
 * it is needed first: a broker that leads everything never makes one. Questions that are asked
 * while one is under way go together as the next request.
 */
final class KafkaPeers implements TransactionPeers {
  private final IntFunction<@Nullable Node> nodes;
  private final Map<Integer, PeerQueue<MarkerBatch.Write>> markers = new ConcurrentHashMap<>();
  private final Map<Integer, PeerQueue<Verification>> verifications = new ConcurrentHashMap<>();
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
    MarkerBatch.Write write = new MarkerBatch.Write(partitions, marker, new CompletableFuture<>());
    markers
        .computeIfAbsent(
            broker, to -> new PeerQueue<>(writes -> askAll(to, MarkerBatch.of(writes))))
        .add(write);
    return write.answer();
  }

  @Override
  public CompletionStage<Errors> verify(
      int broker, TransactionVerifier.Producer producer, TopicPartition partition, boolean adds) {
    Verification question = new Verification(producer, partition, adds, new CompletableFuture<>());
    verifications
        .computeIfAbsent(
            broker, to -> new PeerQueue<>(questions -> askAll(to, VerificationBatch.of(questions))))
        .add(question);
    return question.answer();
  }

  /** Completes when all are answered. */
  private CompletionStage<?> askAll(int broker, List<? extends PeerBatch> batches) {
    return CompletableFuture.allOf(
        batches.stream().map(batch -> ask(broker, batch)).toArray(CompletableFuture[]::new));
  }

  private CompletableFuture<?> ask(int broker, PeerBatch batch) {
    return send(broker, batch.request())
        .handle(
            (response, failure) -> {
              batch.answer(failure == null ? response : null);
              return batch;
            })
        .toCompletableFuture();
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

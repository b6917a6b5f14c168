package dev.leat.kafka.transaction;

import dev.leat.api.batch.TransactionMarker;
import dev.leat.broker.log.AppendOrigin;
import dev.leat.broker.runtime.BatchInfos;
import dev.leat.broker.runtime.BrokerApi;
import dev.leat.broker.runtime.LivePartition;
import dev.leat.broker.runtime.ProduceRequest;
import dev.leat.broker.runtime.RequestError;
import dev.leat.broker.runtime.TopicDirectory;
import dev.leat.kafka.coordinator.CoordinatorHost;
import dev.leat.kafka.coordinator.InternalTopic;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.coordinator.group.GroupCoordinator;

/** Writes markers into partitions that this broker leads. */
final class MarkerLog {
  private final BrokerApi broker;
  private final Supplier<CoordinatorHost<GroupCoordinator>> groups;

  MarkerLog(BrokerApi broker, Supplier<CoordinatorHost<GroupCoordinator>> groups) {
    this.broker = broker;
    this.groups = groups;
  }

  /** Completes when the marker is on disk at a quorum, or with the reason why it is not. */
  CompletionStage<Errors> write(TopicPartition name, Marker marker) {
    TopicDirectory.Topic topic = broker.topics().find(name.topic());
    if (topic == null || name.partition() < 0 || name.partition() >= topic.partitions()) {
      return CompletableFuture.completedStage(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }
    LivePartition partition = topic.partition(name.partition());
    if (!partition.group().leadership().here()) {
      return CompletableFuture.completedStage(Errors.NOT_LEADER_OR_FOLLOWER);
    }
    // Its coordinator has to know of it: it holds back the offsets of open transactions.
    return name.topic().equals(InternalTopic.CONSUMER_OFFSETS.topicName())
        ? completeOffsets(name, marker)
        : append(partition, marker);
  }

  private CompletionStage<Errors> completeOffsets(TopicPartition name, Marker marker) {
    return groups
        .get()
        .get()
        .thenCompose(
            coordinator ->
                coordinator.completeTransaction(
                    name,
                    marker.producerId(),
                    marker.epoch(),
                    marker.coordinatorEpoch(),
                    marker.result(),
                    marker.version()))
        .handle((done, failure) -> failure == null ? Errors.NONE : errorOf(failure));
  }

  private static Errors errorOf(Throwable failure) {
    Throwable cause = failure.getCause();
    return Errors.forException(
        failure instanceof CompletionException && cause != null ? cause : failure);
  }

  private CompletionStage<Errors> append(LivePartition partition, Marker marker) {
    CompletableFuture<Errors> answer = new CompletableFuture<>();
    ByteBuffer batch =
        new TransactionMarker(
                marker.producerId(),
                marker.epoch(),
                marker.commit(),
                marker.coordinatorEpoch(),
                broker.clock().wallMs())
            .encode();
    ProduceRequest request =
        new ProduceRequest(
            done -> {
              RequestError error = done.error(0);
              answer.complete(error == null ? Errors.NONE : errorOf(error));
            },
            1,
            broker.clock().monotonicNanos());
    request.add(
        partition, batch, BatchInfos.of(batch), new AppendOrigin.Marker(marker.bumpsEpoch()));
    broker.core().submit(request);
    return answer;
  }

  private static Errors errorOf(RequestError error) {
    return switch (error.code()) {
      case NOT_LEADER, LEADER_NOT_AVAILABLE -> Errors.NOT_LEADER_OR_FOLLOWER;
      case UNKNOWN_TOPIC, UNKNOWN_PARTITION -> Errors.UNKNOWN_TOPIC_OR_PARTITION;
      case PRODUCER_FENCED -> Errors.INVALID_PRODUCER_EPOCH;
      case COORDINATOR_FENCED -> Errors.TRANSACTION_COORDINATOR_FENCED;
      case DISK_FULL, THROTTLED, UNAVAILABLE, TIMEOUT -> Errors.NOT_ENOUGH_REPLICAS;
      default -> Errors.UNKNOWN_SERVER_ERROR;
    };
  }
}

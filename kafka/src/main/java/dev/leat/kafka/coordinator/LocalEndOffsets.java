package dev.leat.kafka.coordinator;

import dev.leat.broker.runtime.BrokerApi;
import dev.leat.broker.runtime.LivePartition;
import dev.leat.broker.runtime.TopicDirectory;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.server.util.PartitionMetadataClient;

/**
 * End offsets of partitions, for share groups whose start is "latest". A partition that another
 * broker leads is answered by what this one knows of it, or that its leader is not known here.
 */
final class LocalEndOffsets implements PartitionMetadataClient {
  private final BrokerApi broker;

  LocalEndOffsets(BrokerApi broker) {
    this.broker = broker;
  }

  @Override
  public Map<TopicPartition, CompletableFuture<OffsetResponse>> listLatestOffsets(
      Set<TopicPartition> partitions) {
    return partitions.stream()
        .collect(
            Collectors.toMap(
                Function.identity(), name -> CompletableFuture.completedFuture(latest(name))));
  }

  private OffsetResponse latest(TopicPartition name) {
    TopicDirectory.Topic topic = broker.topics().find(name.topic());
    if (topic == null || name.partition() >= topic.partitions()) {
      return new OffsetResponse(-1, Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }
    LivePartition partition = topic.partition(name.partition());
    return partition.group().leadership().here()
        ? new OffsetResponse(partition.highWatermark(), Errors.NONE)
        : new OffsetResponse(-1, Errors.NOT_LEADER_OR_FOLLOWER);
  }

  @Override
  public void close() {}
}

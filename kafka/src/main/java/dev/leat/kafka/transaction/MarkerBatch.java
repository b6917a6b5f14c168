package dev.leat.kafka.transaction;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.WriteTxnMarkersRequest;
import org.apache.kafka.common.requests.WriteTxnMarkersRequest.TxnMarkerEntry;
import org.apache.kafka.common.requests.WriteTxnMarkersResponse;
import org.jspecify.annotations.Nullable;

/** One WriteTxnMarkers request: at most one marker of each producer, as answers go by its id. */
final class MarkerBatch implements PeerBatch {
  private final Map<Long, Write> byProducer = new LinkedHashMap<>();

  private MarkerBatch() {}

  /**
   * A marker to be written.
   *
   * @param partitions where
   * @param marker what
   * @param answer gets what became of it in each of the partitions
   */
  record Write(
      Set<TopicPartition> partitions,
      Marker marker,
      CompletableFuture<Map<TopicPartition, Errors>> answer) {}

  /** As few requests as can write all of these. */
  static List<MarkerBatch> of(List<Write> writes) {
    List<MarkerBatch> batches = new ArrayList<>();
    for (Write write : writes) {
      if (batches.stream().noneMatch(batch -> batch.take(write))) {
        MarkerBatch batch = new MarkerBatch();
        batches.add(batch);
        batch.take(write);
      }
    }
    return batches;
  }

  private boolean take(Write write) {
    return byProducer.putIfAbsent(write.marker().producerId(), write) == null;
  }

  @Override
  public AbstractRequest.Builder<?> request() {
    List<TxnMarkerEntry> entries = new ArrayList<>();
    for (Write write : byProducer.values()) {
      Marker marker = write.marker();
      entries.add(
          new TxnMarkerEntry(
              marker.producerId(),
              marker.epoch(),
              marker.coordinatorEpoch(),
              marker.result(),
              List.copyOf(write.partitions()),
              marker.version()));
    }
    return new WriteTxnMarkersRequest.Builder(entries);
  }

  @Override
  public void answer(@Nullable ClientResponse response) {
    Map<Long, Map<TopicPartition, Errors>> told =
        response != null && response.responseBody() instanceof WriteTxnMarkersResponse body
            ? body.errorsByProducerId()
            : Map.of();
    byProducer.forEach(
        (producerId, write) -> {
          Map<TopicPartition, Errors> ofProducer = told.getOrDefault(producerId, Map.of());
          Map<TopicPartition, Errors> answers = new HashMap<>();
          for (TopicPartition partition : write.partitions()) {
            answers.put(partition, ofProducer.getOrDefault(partition, Errors.NETWORK_EXCEPTION));
          }
          write.answer().complete(answers);
        });
  }
}

package dev.leat.kafka.transaction;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.common.requests.WriteTxnMarkersRequest;
import org.apache.kafka.common.requests.WriteTxnMarkersRequest.TxnMarkerEntry;
import org.apache.kafka.common.requests.WriteTxnMarkersResponse;

/**
 * WriteTxnMarkers: of coordinators on other brokers, and of a person who ends a transaction that
 * hangs.
 */
final class MarkersHandler {
  private final MarkerLog log;

  MarkersHandler(MarkerLog log) {
    this.log = log;
  }

  CompletionStage<AbstractResponse> handle(RequestContext client, WriteTxnMarkersRequest request) {
    Map<Long, Map<TopicPartition, Errors>> answers = new ConcurrentHashMap<>();
    List<CompletableFuture<Errors>> writes = new ArrayList<>();
    for (TxnMarkerEntry entry : request.markers()) {
      Map<TopicPartition, Errors> ofProducer =
          answers.computeIfAbsent(entry.producerId(), id -> new ConcurrentHashMap<>());
      Marker marker =
          new Marker(
              entry.producerId(),
              entry.producerEpoch(),
              entry.transactionResult() == TransactionResult.COMMIT,
              entry.coordinatorEpoch(),
              entry.transactionVersion());
      for (TopicPartition partition : entry.partitions()) {
        writes.add(
            log.write(partition, marker)
                .whenComplete(
                    (error, failure) ->
                        ofProducer.put(
                            partition, failure == null ? error : Errors.forException(failure)))
                .toCompletableFuture());
      }
    }
    return CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new))
        .handle((done, failure) -> new WriteTxnMarkersResponse(answers));
  }
}

package dev.leat.kafka.transaction;

import dev.leat.broker.runtime.TopicDirectory;
import dev.leat.kafka.coordinator.CoordinatorHost;
import dev.leat.kafka.coordinator.TransactionVerifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTransaction;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnResult;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnResultCollection;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.AddPartitionsToTxnRequest;
import org.apache.kafka.common.requests.AddPartitionsToTxnResponse;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.server.common.TransactionVersion;

/**
 * AddPartitionsToTxn: of producers (up to version 3), and of brokers, which may ask for several.
 */
final class AddPartitionsHandler {
  private static final short KNOWS_FENCED = 2;
  private static final short BATCHED = 4;
  private static final short KNOWS_ABORTABLE = 5;

  private final CoordinatorHost<TransactionCoordinator> coordinator;
  private final TopicDirectory topics;

  AddPartitionsHandler(CoordinatorHost<TransactionCoordinator> coordinator, TopicDirectory topics) {
    this.coordinator = coordinator;
    this.topics = topics;
  }

  CompletionStage<AbstractResponse> handle(
      RequestContext client, AddPartitionsToTxnRequest request) {
    List<CompletableFuture<AddPartitionsToTxnResult>> results = new ArrayList<>();
    for (AddPartitionsToTxnTransaction wanted : transactions(request)) {
      results.add(handle(wanted, request).toCompletableFuture());
    }
    return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new))
        .thenApply(
            done ->
                response(
                    results.stream().map(CompletableFuture::join).toList(), request.version()));
  }

  private static Iterable<AddPartitionsToTxnTransaction> transactions(
      AddPartitionsToTxnRequest request) {
    AddPartitionsToTxnRequestData data = request.data();
    return request.version() >= BATCHED
        ? data.transactions()
        : List.of(
            new AddPartitionsToTxnTransaction()
                .setTransactionalId(data.v3AndBelowTransactionalId())
                .setProducerId(data.v3AndBelowProducerId())
                .setProducerEpoch(data.v3AndBelowProducerEpoch())
                .setTopics(data.v3AndBelowTopics()));
  }

  private CompletionStage<AddPartitionsToTxnResult> handle(
      AddPartitionsToTxnTransaction wanted, AddPartitionsToTxnRequest request) {
    Set<TopicPartition> partitions =
        Set.copyOf(AddPartitionsToTxnRequest.getPartitions(wanted.topics()));
    Set<TopicPartition> missing =
        partitions.stream().filter(this::isMissing).collect(Collectors.toSet());
    return answers(wanted, request, partitions, missing)
        .thenApply(
            answers ->
                AddPartitionsToTxnResponse.resultForTransaction(
                    wanted.transactionalId(), known(answers, request.version())));
  }

  private CompletionStage<Map<TopicPartition, Errors>> answers(
      AddPartitionsToTxnTransaction wanted,
      AddPartitionsToTxnRequest request,
      Set<TopicPartition> partitions,
      Set<TopicPartition> missing) {
    if (wanted.transactionalId().isEmpty()) {
      return CompletableFuture.completedStage(all(partitions, Errors.INVALID_REQUEST));
    }
    if (!missing.isEmpty()) {
      Map<TopicPartition, Errors> answers = all(partitions, Errors.OPERATION_NOT_ATTEMPTED);
      missing.forEach(gone -> answers.put(gone, Errors.UNKNOWN_TOPIC_OR_PARTITION));
      return CompletableFuture.completedStage(answers);
    }
    TransactionVerifier.Producer producer =
        new TransactionVerifier.Producer(
            wanted.transactionalId(), wanted.producerId(), wanted.producerEpoch());
    TransactionVersion version =
        TransactionVersion.transactionVersionForAddPartitionsToTxn(request);
    return coordinator
        .get()
        .thenCompose(
            present ->
                wanted.verifyOnly()
                    ? present.verify(producer, partitions)
                    : present
                        .addPartitions(producer, partitions, version)
                        .thenApply(error -> all(partitions, error)))
        .exceptionally(failure -> all(partitions, CoordinatorErrors.of(failure)));
  }

  private boolean isMissing(TopicPartition partition) {
    TopicDirectory.Topic topic = topics.find(partition.topic());
    return topic == null
        || partition.partition() < 0
        || partition.partition() >= topic.partitions();
  }

  private static Map<TopicPartition, Errors> all(Set<TopicPartition> partitions, Errors error) {
    return new HashMap<>(
        partitions.stream().collect(Collectors.toMap(Function.identity(), name -> error)));
  }

  private static Map<TopicPartition, Errors> known(
      Map<TopicPartition, Errors> answers, short version) {
    answers.replaceAll(
        (partition, error) ->
            switch (error) {
              case PRODUCER_FENCED ->
                  version < KNOWS_FENCED ? Errors.INVALID_PRODUCER_EPOCH : error;
              case TRANSACTION_ABORTABLE ->
                  version < KNOWS_ABORTABLE ? Errors.INVALID_TXN_STATE : error;
              default -> error;
            });
    return answers;
  }

  private static AbstractResponse response(List<AddPartitionsToTxnResult> results, short version) {
    AddPartitionsToTxnResponseData data = new AddPartitionsToTxnResponseData();
    if (version < BATCHED) {
      return new AddPartitionsToTxnResponse(
          data.setResultsByTopicV3AndBelow(results.getFirst().topicResults()));
    }
    AddPartitionsToTxnResultCollection all = new AddPartitionsToTxnResultCollection();
    results.forEach(all::add);
    return new AddPartitionsToTxnResponse(data.setResultsByTransaction(all));
  }
}

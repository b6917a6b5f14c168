package dev.leat.kafka.transaction;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.leat.broker.runtime.Answer;
import dev.leat.broker.runtime.BrokerApi;
import dev.leat.broker.runtime.ProducerLister.ListedProducer;
import dev.leat.broker.runtime.RequestError;
import dev.leat.broker.runtime.TopicDirectory;
import dev.leat.kafka.coordinator.CoordinatorHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.DescribeProducersResponseData.PartitionResponse;
import org.apache.kafka.common.message.DescribeProducersResponseData.ProducerState;
import org.apache.kafka.common.message.DescribeProducersResponseData.TopicResponse;
import org.apache.kafka.common.message.DescribeTransactionsResponseData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData.TopicData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData.TransactionState;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.DescribeProducersRequest;
import org.apache.kafka.common.requests.DescribeProducersResponse;
import org.apache.kafka.common.requests.DescribeTransactionsRequest;
import org.apache.kafka.common.requests.DescribeTransactionsResponse;
import org.apache.kafka.common.requests.ListTransactionsRequest;
import org.apache.kafka.common.requests.ListTransactionsResponse;
import org.apache.kafka.common.requests.RequestContext;

/** What people and tools ask about transactions. */
final class DescribeHandlers {
  private final CoordinatorHost<TransactionCoordinator> coordinator;
  private final BrokerApi broker;

  DescribeHandlers(CoordinatorHost<TransactionCoordinator> coordinator, BrokerApi broker) {
    this.coordinator = coordinator;
    this.broker = broker;
  }

  /** DescribeProducers: who writes to partitions, and whose transaction is open there. */
  CompletionStage<AbstractResponse> producers(
      RequestContext client, DescribeProducersRequest request) {
    DescribeProducersResponseData data = new DescribeProducersResponseData();
    List<CompletableFuture<?>> open = new ArrayList<>();
    for (TopicRequest wanted : request.data().topics()) {
      TopicResponse topic = new TopicResponse().setName(wanted.name());
      data.topics().add(topic);
      for (int index : wanted.partitionIndexes()) {
        PartitionResponse partition = new PartitionResponse().setPartitionIndex(index);
        topic.partitions().add(partition);
        open.add(fill(partition, wanted.name()).toCompletableFuture());
      }
    }
    return CompletableFuture.allOf(open.toArray(CompletableFuture[]::new))
        .thenApply(done -> new DescribeProducersResponse(data));
  }

  private CompletionStage<?> fill(PartitionResponse response, String topicName) {
    TopicDirectory.Topic topic = broker.topics().find(topicName);
    int index = response.partitionIndex();
    if (topic == null || index < 0 || index >= topic.partitions()) {
      response.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
      return CompletableFuture.completedStage(response);
    }
    return broker
        .producers()
        .list(topic.partition(index))
        .thenAccept(
            answer -> {
              switch (answer) {
                case Answer.Ok<List<ListedProducer>>(List<ListedProducer> producers) ->
                    response.setActiveProducers(
                        producers.stream().map(DescribeHandlers::state).toList());
                case Answer.Refused<List<ListedProducer>>(RequestError error) ->
                    response
                        .setErrorCode(Errors.NOT_LEADER_OR_FOLLOWER.code())
                        .setErrorMessage(error.message());
              }
            });
  }

  private static ProducerState state(ListedProducer producer) {
    return new ProducerState()
        .setProducerId(producer.producerId())
        .setProducerEpoch(producer.epoch())
        .setLastSequence(producer.lastSequence())
        .setLastTimestamp(producer.heardMs())
        .setCoordinatorEpoch(producer.coordinatorEpoch())
        .setCurrentTxnStartOffset(producer.openSince());
  }

  /** DescribeTransactions. */
  CompletionStage<AbstractResponse> transactions(
      RequestContext client, DescribeTransactionsRequest request) {
    DescribeTransactionsResponseData data = new DescribeTransactionsResponseData();
    List<CompletableFuture<TransactionState>> states =
        request.data().transactionalIds().stream()
            .map(id -> describe(id).toCompletableFuture())
            .toList();
    return CompletableFuture.allOf(states.toArray(CompletableFuture[]::new))
        .thenApply(
            done ->
                new DescribeTransactionsResponse(
                    data.setTransactionStates(
                        states.stream().map(CompletableFuture::join).toList())));
  }

  private CompletionStage<TransactionState> describe(String id) {
    if (id.isEmpty()) {
      return CompletableFuture.completedStage(failed(id, Errors.INVALID_REQUEST));
    }
    return coordinator
        .get()
        .thenCompose(present -> present.describe(id))
        .thenApply(
            found ->
                found
                    .map(DescribeHandlers::state)
                    .orElseGet(() -> failed(id, Errors.TRANSACTIONAL_ID_NOT_FOUND)))
        .exceptionally(failure -> failed(id, CoordinatorErrors.of(failure)));
  }

  private static TransactionState failed(String id, Errors error) {
    return new TransactionState().setTransactionalId(id).setErrorCode(error.code());
  }

  private static TransactionState state(Transaction transaction) {
    TransactionState state =
        new TransactionState()
            .setTransactionalId(transaction.id())
            .setProducerId(transaction.producerId())
            .setProducerEpoch(transaction.epoch())
            .setTransactionTimeoutMs(transaction.timeoutMs())
            .setTransactionStartTimeMs(transaction.startedMs())
            .setTransactionState(transaction.state().stateName());
    for (TopicPartition partition : transaction.partitions()) {
      TopicData topic = state.topics().find(partition.topic());
      if (topic == null) {
        topic = new TopicData().setTopic(partition.topic());
        state.topics().add(topic);
      }
      topic.partitions().add(partition.partition());
    }
    return state;
  }

  /** ListTransactions. */
  CompletionStage<AbstractResponse> list(RequestContext client, ListTransactionsRequest request) {
    ListTransactionsRequestData wanted = request.data();
    ListTransactionsResponseData data = new ListTransactionsResponseData();
    Optional<Pattern> pattern;
    try {
      pattern =
          Optional.ofNullable(wanted.transactionalIdPattern())
              .filter(text -> !text.isEmpty())
              .map(Pattern::compile);
    } catch (PatternSyntaxException bad) {
      return CompletableFuture.completedStage(
          new ListTransactionsResponse(
              data.setErrorCode(Errors.INVALID_REGULAR_EXPRESSION.code())));
    }
    wanted.stateFilters().stream()
        .filter(DescribeHandlers::isUnknownState)
        .forEach(data.unknownStateFilters()::add);
    if (!coordinator.hasState()) {
      return CompletableFuture.completedStage(new ListTransactionsResponse(data));
    }
    long nowMs = broker.clock().wallMs();
    return coordinator
        .get()
        .thenCompose(TransactionCoordinator::list)
        .thenApply(
            all -> {
              all.stream()
                  .filter(transaction -> isWanted(transaction, wanted, pattern, nowMs))
                  .forEach(transaction -> data.transactionStates().add(line(transaction)));
              return new ListTransactionsResponse(data);
            })
        .exceptionally(
            failure ->
                new ListTransactionsResponse(
                    data.setErrorCode(CoordinatorErrors.of(failure).code())))
        .thenApply(response -> response);
  }

  private static boolean isUnknownState(String name) {
    return org.apache.kafka.coordinator.transaction.TransactionState.fromName(name).isEmpty();
  }

  private static boolean isWanted(
      Transaction transaction,
      ListTransactionsRequestData wanted,
      Optional<Pattern> pattern,
      long nowMs) {
    boolean ofState =
        wanted.stateFilters().isEmpty()
            || wanted.stateFilters().contains(transaction.state().stateName());
    boolean ofProducer =
        wanted.producerIdFilters().isEmpty()
            || wanted.producerIdFilters().contains(transaction.producerId());
    boolean longEnough =
        wanted.durationFilter() < 0
            || ((transaction.isOngoing() || transaction.isPrepared())
                && nowMs - transaction.startedMs() > wanted.durationFilter());
    return ofState
        && ofProducer
        && longEnough
        && pattern.map(regex -> regex.matches(transaction.id())).orElse(true);
  }

  private static ListTransactionsResponseData.TransactionState line(Transaction transaction) {
    return new ListTransactionsResponseData.TransactionState()
        .setTransactionalId(transaction.id())
        .setProducerId(transaction.producerId())
        .setTransactionState(transaction.state().stateName());
  }
}

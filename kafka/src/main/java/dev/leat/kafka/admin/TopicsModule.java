package dev.leat.kafka.admin;

import dev.leat.broker.runtime.Answer;
import dev.leat.broker.runtime.RequestError;
import dev.leat.broker.runtime.TopicDirectory;
import dev.leat.broker.runtime.view.TopicView;
import dev.leat.crds.Topic;
import dev.leat.kafka.KafkaContext;
import dev.leat.kafka.dispatch.ApiHandler;
import dev.leat.kafka.dispatch.ApiModule;
import dev.leat.kafka.dispatch.ApiRegistry;
import dev.leat.kafka.view.TopicFinder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.CreatePartitionsRequest;
import org.apache.kafka.common.requests.CreatePartitionsResponse;
import org.apache.kafka.common.requests.CreateTopicsRequest;
import org.apache.kafka.common.requests.CreateTopicsResponse;
import org.apache.kafka.common.requests.DeleteTopicsRequest;
import org.apache.kafka.common.requests.DeleteTopicsResponse;
import org.apache.kafka.common.requests.RequestContext;
import org.jspecify.annotations.Nullable;

/**
 * CreateTopics, DeleteTopics, CreatePartitions: written as Topic resources, as by every other way.
 */
public final class TopicsModule implements ApiModule {
  private final KafkaContext context;
  private final TopicCreation creation;

  /** Changes topics through the broker's topic admin. */
  public TopicsModule(KafkaContext context) {
    this.context = context;
    this.creation = new TopicCreation(context.broker());
  }

  @Override
  public void register(ApiRegistry registry) {
    registry
        .add(ApiKeys.CREATE_TOPICS, ApiHandler.later(CreateTopicsRequest.class, this::create))
        .add(ApiKeys.DELETE_TOPICS, ApiHandler.later(DeleteTopicsRequest.class, this::delete))
        .add(
            ApiKeys.CREATE_PARTITIONS,
            ApiHandler.later(CreatePartitionsRequest.class, this::addPartitions));
  }

  private CompletionStage<AbstractResponse> create(
      RequestContext client, CreateTopicsRequest request) {
    Set<String> twice =
        repeated(request.data().topics().stream().map(CreatableTopic::name).toList());
    List<CompletableFuture<CreatableTopicResult>> results = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (CreatableTopic topic : request.data().topics()) {
      if (twice.contains(topic.name())) {
        if (seen.add(topic.name())) {
          results.add(
              CompletableFuture.completedFuture(
                  TopicCreation.refused(
                      topic.name(), Errors.INVALID_REQUEST, "Duplicate topic name.")));
        }
      } else {
        results.add(
            inTime(
                creation.create(topic, request.data().validateOnly()),
                request.data().timeoutMs(),
                () -> TopicCreation.refused(topic.name(), Errors.REQUEST_TIMED_OUT, null)));
      }
    }
    return all(results)
        .thenApply(
            topics -> {
              CreateTopicsResponseData response = new CreateTopicsResponseData();
              topics.forEach(response.topics()::add);
              return new CreateTopicsResponse(response);
            });
  }

  private CompletionStage<AbstractResponse> delete(
      RequestContext client, DeleteTopicsRequest request) {
    List<CompletableFuture<DeletableTopicResult>> results = new ArrayList<>();
    Set<DeleteTopicState> seen = new HashSet<>();
    for (DeleteTopicState topic : request.topics()) {
      if (seen.add(topic)) {
        results.add(
            inTime(
                delete(topic),
                request.data().timeoutMs(),
                () ->
                    new DeletableTopicResult()
                        .setName(topic.name())
                        .setTopicId(topic.topicId())
                        .setErrorCode(Errors.REQUEST_TIMED_OUT.code())));
      }
    }
    return all(results)
        .thenApply(
            topics -> {
              DeleteTopicsResponseData response = new DeleteTopicsResponseData();
              topics.forEach(response.responses()::add);
              return new DeleteTopicsResponse(response);
            });
  }

  private CompletionStage<DeletableTopicResult> delete(DeleteTopicState wanted) {
    boolean byId = !wanted.topicId().equals(Uuid.ZERO_UUID);
    DeletableTopicResult result =
        new DeletableTopicResult().setName(wanted.name()).setTopicId(wanted.topicId());
    if (byId && wanted.name() != null) {
      return done(
          result, Errors.INVALID_REQUEST, "You may not specify both topic name and topic id.");
    }
    TopicDirectory.Topic topic =
        byId
            ? new TopicFinder(context.broker().topics()).find(wanted.topicId())
            : context.broker().topics().find(wanted.name());
    if (topic == null) {
      return done(
          result,
          byId ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION,
          byId ? "This server does not host this topic ID." : null);
    }
    TopicView view = topic.view();
    result.setName(view.name()).setTopicId(TopicFinder.id(view.id()));
    return context
        .broker()
        .topicAdmin()
        .delete(view.name())
        .thenApply(
            answer -> {
              ApiError error = errorOf(answer);
              return result.setErrorCode(error.error().code()).setErrorMessage(error.message());
            });
  }

  private static CompletionStage<DeletableTopicResult> done(
      DeletableTopicResult result, Errors error, @Nullable String message) {
    return CompletableFuture.completedStage(
        result
            .setErrorCode(error.code())
            .setErrorMessage(message == null ? error.message() : message));
  }

  private CompletionStage<AbstractResponse> addPartitions(
      RequestContext client, CreatePartitionsRequest request) {
    List<CompletableFuture<CreatePartitionsTopicResult>> results = new ArrayList<>();
    for (CreatePartitionsTopic topic : request.data().topics()) {
      results.add(
          inTime(
              addPartitions(topic, request.data().validateOnly())
                  .thenApply(error -> result(topic.name(), error)),
              request.data().timeoutMs(),
              () -> result(topic.name(), new ApiError(Errors.REQUEST_TIMED_OUT))));
    }
    return all(results)
        .thenApply(
            topics ->
                new CreatePartitionsResponse(
                    new CreatePartitionsResponseData().setResults(topics)));
  }

  private CompletionStage<ApiError> addPartitions(CreatePartitionsTopic wanted, boolean dryRun) {
    TopicDirectory.Topic topic = context.broker().topics().find(wanted.name());
    if (topic == null) {
      return CompletableFuture.completedStage(new ApiError(Errors.UNKNOWN_TOPIC_OR_PARTITION));
    }
    ApiError problem = problem(wanted, topic.partitions());
    if (problem.isFailure() || dryRun) {
      return CompletableFuture.completedStage(problem);
    }
    return context
        .broker()
        .topicAdmin()
        .alter(wanted.name(), spec -> spec.withPartitions(wanted.count()))
        .thenApply(TopicsModule::errorOf);
  }

  private static ApiError problem(CreatePartitionsTopic wanted, int now) {
    if (wanted.count() == now) {
      return new ApiError(Errors.INVALID_PARTITIONS, "Topic already has " + now + " partition(s).");
    }
    if (wanted.count() < now) {
      return new ApiError(
          Errors.INVALID_PARTITIONS,
          "The topic %s currently has %d partition(s); %d would not be an increase."
              .formatted(wanted.name(), now, wanted.count()));
    }
    if (wanted.assignments() != null && wanted.assignments().size() != wanted.count() - now) {
      return new ApiError(
          Errors.INVALID_REPLICA_ASSIGNMENT,
          "Attempted to add %d additional partition(s), but only %d assignment(s) were specified."
              .formatted(wanted.count() - now, wanted.assignments().size()));
    }
    return ApiError.NONE;
  }

  private static CreatePartitionsTopicResult result(String topic, ApiError error) {
    return new CreatePartitionsTopicResult()
        .setName(topic)
        .setErrorCode(error.error().code())
        .setErrorMessage(error.message());
  }

  static ApiError errorOf(Answer<Topic> answer) {
    return switch (answer) {
      case Answer.Ok<Topic> ok -> ApiError.NONE;
      case Answer.Refused<Topic>(RequestError error) -> AdminErrors.of(error);
    };
  }

  private static Set<String> repeated(List<String> names) {
    Set<String> seen = new HashSet<>();
    return names.stream().filter(name -> !seen.add(name)).collect(Collectors.toSet());
  }

  /** The change goes on when its time is over; only nobody waits for it any more. */
  private static <T> CompletableFuture<T> inTime(
      CompletionStage<T> stage, int timeoutMs, Supplier<T> late) {
    CompletableFuture<T> future = stage.thenApply(result -> result).toCompletableFuture();
    return future.isDone()
        ? future
        : future.completeOnTimeout(late.get(), Math.max(1, timeoutMs), TimeUnit.MILLISECONDS);
  }

  private static <T> CompletableFuture<List<T>> all(List<CompletableFuture<T>> futures) {
    return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
        .thenApply(done -> futures.stream().map(CompletableFuture::join).toList());
  }
}

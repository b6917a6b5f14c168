package dev.leat.broker.runtime;

import dev.leat.broker.control.StateStore;
import dev.leat.broker.control.StoreOutcome;
import dev.leat.crds.Topic;
import dev.leat.crds.TopicSpec;
import dev.leat.crds.value.InvalidValueException;
import dev.leat.crds.value.TopicNames;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Creates, changes and deletes topics: writes Topic resources, and waits until the controller has
 * made them true. So a topic made here is the same as one made by kubectl.
 */
public final class TopicAdmin {
  /** How long a caller waits for the controller. */
  private static final int WAIT_S = 30;

  /** How long a caller waits until this broker has seen what is stored. */
  private static final int SEEN_S = 5;

  /** A change that meets others' writes is decided again so many times. */
  private static final int MAX_CONFLICTS = 10;

  private final StateStore store;
  private final String namespace;
  private final TopicResources resources;

  /**
   * An admin.
   *
   * @param namespace where topics that are made here lie
   */
  TopicAdmin(StateStore store, String namespace, TopicResources resources) {
    this.store = store;
    this.namespace = namespace;
    this.resources = resources;
  }

  /** Creates a topic; completes when every partition takes records. */
  public CompletionStage<Answer<Topic>> create(String name, TopicSpec spec, boolean validateOnly) {
    if (!TopicNames.isLegal(name)) {
      return done(illegalName(name));
    }
    if (resources.find(name) != null) {
      return done(exists(name));
    }
    if (validateOnly) {
      return done(new Answer.Ok<>(Topic.named(namespace, name, spec)));
    }
    return store
        .create(Topic.named(namespace, name, spec))
        .thenCompose(
            outcome ->
                switch (outcome) {
                  case StoreOutcome.Ok<Topic>(Topic created) -> whenApplied(created);
                  case StoreOutcome.AlreadyExists<Topic> other -> done(exists(name));
                  case StoreOutcome<Topic> other -> done(notStored(other));
                });
  }

  /** Changes a topic; completes when the change is in force. */
  public CompletionStage<Answer<Topic>> alter(String name, UnaryOperator<TopicSpec> change) {
    return alter(name, change, MAX_CONFLICTS);
  }

  private CompletionStage<Answer<Topic>> alter(
      String name, UnaryOperator<TopicSpec> change, int tries) {
    return current(
        name,
        topic -> {
          TopicSpec changed;
          try {
            changed = change.apply(topic.spec());
          } catch (InvalidValueException e) {
            return done(Answer.refused(RequestError.Code.INVALID_CHANGE, e.problem()));
          }
          Optional<RequestError> error = forbidden(topic, changed);
          if (error.isPresent()) {
            return done(new Answer.Refused<>(error.get()));
          }
          return store
              .update(topic.withSpec(changed))
              .thenCompose(
                  outcome ->
                      switch (outcome) {
                        case StoreOutcome.Ok<Topic>(Topic stored) -> whenApplied(stored);
                        case StoreOutcome.Conflict<Topic> conflict when tries > 0 ->
                            alter(name, change, tries - 1);
                        case StoreOutcome<Topic> other -> done(notStored(other));
                      });
        });
  }

  /**
   * Changes the annotations of a topic's resource; completes when this broker has seen that. Other
   * brokers hear of it from the store at about the same time.
   *
   * @param change may throw {@link InvalidValueException}: then nothing is changed
   */
  public CompletionStage<Answer<Topic>> annotate(
      String name, UnaryOperator<Map<String, String>> change) {
    return annotate(name, change, MAX_CONFLICTS);
  }

  private CompletionStage<Answer<Topic>> annotate(
      String name, UnaryOperator<Map<String, String>> change, int tries) {
    return current(
        name,
        topic -> {
          Map<String, String> changed;
          try {
            changed = change.apply(topic.metadata().annotations());
          } catch (InvalidValueException e) {
            return done(Answer.refused(RequestError.Code.INVALID_CHANGE, e.problem()));
          }
          return store
              .update(topic.withMetadata(topic.metadata().edit().annotations(changed).build()))
              .thenCompose(
                  outcome ->
                      switch (outcome) {
                        case StoreOutcome.Ok<Topic>(Topic stored) -> whenSeen(stored, changed);
                        case StoreOutcome.Conflict<Topic> conflict when tries > 0 ->
                            annotate(name, change, tries - 1);
                        case StoreOutcome<Topic> other -> done(notStored(other));
                      });
        });
  }

  /** It is stored: if others change it at once, what this broker sees first may be theirs. */
  private CompletionStage<Answer<Topic>> whenSeen(Topic stored, Map<String, String> annotations) {
    CompletableFuture<Answer<Topic>> answer = new CompletableFuture<>();
    resources.when(
        stored.topicName(),
        now ->
            now != null && now.metadata().annotations().equals(annotations)
                ? Optional.of(new Answer.Ok<>(now))
                : Optional.empty(),
        answer);
    return answer.completeOnTimeout(new Answer.Ok<>(stored), SEEN_S, TimeUnit.SECONDS);
  }

  /**
   * Calls {@code listener} after every change of a topic's resource, as long as the broker runs, on
   * the core loop: it must not block.
   */
  public void subscribe(Runnable listener) {
    resources.subscribe(listener);
  }

  /** Deletes a topic; completes when its name is free. */
  public CompletionStage<Answer<Topic>> delete(String name) {
    return current(
        name,
        topic ->
            store
                .delete(anyVersion(topic))
                .thenCompose(
                    outcome ->
                        switch (outcome) {
                          case StoreOutcome.Ok<Topic> deleted -> whenGone(topic);
                          case StoreOutcome<Topic> other -> done(notStored(other));
                        }));
  }

  /** A topic, or why there is none. */
  public Answer<Topic> find(String name) {
    Topic topic = resources.find(name);
    return topic == null
        ? new Answer.Refused<>(RequestError.unknownTopic(name))
        : new Answer.Ok<>(topic);
  }

  /** All topics, by name. */
  public Collection<Topic> list() {
    return resources.all();
  }

  private CompletionStage<Answer<Topic>> current(
      String name, Function<Topic, CompletionStage<Answer<Topic>>> next) {
    Topic known = resources.find(name);
    if (known == null) {
      return done(new Answer.Refused<>(RequestError.unknownTopic(name)));
    }
    return store
        .get(known.kind(), known.resourceName())
        .thenCompose(
            outcome ->
                switch (outcome) {
                  case StoreOutcome.Ok<Topic>(Topic topic) -> next.apply(topic);
                  case StoreOutcome.NotFound<Topic> gone ->
                      done(new Answer.Refused<>(RequestError.unknownTopic(name)));
                  case StoreOutcome<Topic> other -> done(notStored(other));
                });
  }

  private CompletionStage<Answer<Topic>> whenApplied(Topic stored) {
    return wait(
        stored, now -> now == null ? Optional.empty() : applied(stored, now), "created or changed");
  }

  private CompletionStage<Answer<Topic>> whenGone(Topic topic) {
    return wait(
        topic,
        now ->
            now == null || !now.metadata().uid().equals(topic.metadata().uid())
                ? Optional.of(new Answer.Ok<>(topic))
                : Optional.empty(),
        "deleted");
  }

  private CompletionStage<Answer<Topic>> wait(
      Topic topic, Function<@Nullable Topic, Optional<Answer<Topic>>> condition, String what) {
    CompletableFuture<Answer<Topic>> answer = new CompletableFuture<>();
    resources.when(topic.topicName(), condition, answer);
    return answer.completeOnTimeout(
        Answer.refused(
            RequestError.Code.TIMEOUT,
            "topic \"%s\" is stored, but not %s within %d s; see its status: leat topic describe"
                .formatted(topic.topicName(), what, WAIT_S)),
        WAIT_S,
        TimeUnit.SECONDS);
  }

  private static Optional<Answer<Topic>> applied(Topic stored, Topic now) {
    if (now.status().observedGeneration() < stored.metadata().generation()) {
      return Optional.empty();
    }
    return switch (now.status().phase()) {
      case READY -> Optional.of(new Answer.Ok<>(now));
      case REFUSED ->
          Optional.of(Answer.refused(RequestError.Code.INVALID_REQUEST, refusedBecause(now)));
      case PENDING, CREATING, DELETING -> Optional.empty();
    };
  }

  private static String refusedBecause(Topic topic) {
    return topic
        .status()
        .condition("Accepted")
        .map(condition -> condition.message())
        .orElse("topic \"" + topic.topicName() + "\" was refused");
  }

  private static Optional<RequestError> forbidden(Topic topic, TopicSpec changed) {
    int now = topic.spec().partitions();
    if (changed.partitions() < now) {
      return Optional.of(
          RequestError.of(
              RequestError.Code.INVALID_CHANGE,
              "topic \"%s\" has %d partitions and cannot have %d: partitions may only go up"
                  .formatted(topic.topicName(), now, changed.partitions())));
    }
    return Optional.empty();
  }

  private static Topic anyVersion(Topic topic) {
    return topic.withMetadata(topic.metadata().edit().resourceVersion("").build());
  }

  private static Answer<Topic> illegalName(String name) {
    try {
      TopicNames.check(name);
      throw new IllegalStateException("name is legal: " + name);
    } catch (InvalidValueException e) {
      return Answer.refused(RequestError.Code.INVALID_TOPIC_NAME, e.problem());
    }
  }

  private static Answer<Topic> exists(String name) {
    return Answer.refused(
        RequestError.Code.TOPIC_EXISTS,
        "topic \"%s\" exists already; see it: leat topic describe %s".formatted(name, name));
  }

  private static Answer<Topic> notStored(StoreOutcome<Topic> outcome) {
    return switch (outcome) {
      case StoreOutcome.Refused<Topic>(String reason) ->
          Answer.refused(RequestError.Code.INVALID_REQUEST, reason);
      case StoreOutcome.Unreachable<Topic> unreachable ->
          Answer.refused(
              RequestError.Code.UNAVAILABLE,
              "topics cannot be changed now: " + unreachable.reason() + "; try again");
      case StoreOutcome.Conflict<Topic> conflict ->
          Answer.refused(
              RequestError.Code.UNAVAILABLE, "others change this topic all the time: try again");
      case StoreOutcome.NotFound<Topic> gone ->
          Answer.refused(RequestError.Code.UNKNOWN_TOPIC, "the topic is gone meanwhile");
      case StoreOutcome.AlreadyExists<Topic> other ->
          Answer.refused(RequestError.Code.TOPIC_EXISTS, "the topic exists already");
      case StoreOutcome.Ok<Topic> ok ->
          Answer.refused(RequestError.Code.INTERNAL, "stored, but not taken: " + ok.value());
    };
  }

  private static <T> CompletionStage<Answer<T>> done(Answer<T> answer) {
    return CompletableFuture.completedStage(answer);
  }
}

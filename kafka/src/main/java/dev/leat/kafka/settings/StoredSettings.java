package dev.leat.kafka.settings;

import dev.leat.broker.runtime.Answer;
import dev.leat.broker.runtime.BrokerApi;
import dev.leat.broker.runtime.RequestError;
import dev.leat.crds.Topic;
import dev.leat.crds.value.InvalidValueException;
import dev.leat.kafka.coordinator.InternalTopic;
import dev.leat.kafka.coordinator.InternalTopics;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settings that lie with no topic and no broker. They are annotations of the Topic {@code
 * __consumer_offsets}: the store keeps them over every restart and failover, every broker sees it
 * anyway, and a change is a compare-and-set.
 */
public final class StoredSettings {
  private static final Logger LOG = LoggerFactory.getLogger(StoredSettings.class);

  private final BrokerApi broker;
  private final InternalTopics topics;

  /** Those of this broker's cluster. */
  public StoredSettings(BrokerApi broker, InternalTopics topics) {
    this.broker = broker;
    this.topics = topics;
  }

  /** Kinds of settings, each with the annotation that holds it. */
  public enum Kind {
    /** Configurations by group. */
    GROUPS("leat.dev/kafka-group-configs"),
    /** Quotas by who they are for. */
    QUOTAS("leat.dev/kafka-client-quotas");

    private final String annotation;

    Kind(String annotation) {
      this.annotation = annotation;
    }
  }

  /** A change of all settings of a kind. */
  @FunctionalInterface
  public interface Change {
    /**
     * Changes them in place; may be called again if others write, too.
     *
     * @throws InvalidValueException if it is not allowed: nothing is changed then
     */
    void apply(SortedMap<String, SortedMap<String, String>> settings);
  }

  /** All settings of a kind: values by key, by name. */
  public SortedMap<String, SortedMap<String, String>> get(Kind kind) {
    return SettingsText.read(text(kind));
  }

  private String text(Kind kind) {
    return broker.topicAdmin().find(InternalTopic.CONSUMER_OFFSETS.topicName())
            instanceof Answer.Ok<Topic>(Topic topic)
        ? topic.metadata().annotations().getOrDefault(kind.annotation, "")
        : "";
  }

  /**
   * Changes settings; completes when they are stored, and this broker has them.
   *
   * @return fails with {@link InvalidRequestException}, and with a {@link
   *     org.apache.kafka.common.errors.RetriableException} if they cannot be stored now
   */
  public CompletionStage<Void> change(Kind kind, Change change) {
    return topics
        .ensure(InternalTopic.CONSUMER_OFFSETS)
        .thenCompose(
            topic ->
                broker
                    .topicAdmin()
                    .annotate(
                        InternalTopic.CONSUMER_OFFSETS.topicName(),
                        annotations -> {
                          SortedMap<String, String> changed = new TreeMap<>(annotations);
                          changed.put(
                              kind.annotation,
                              changed(annotations.getOrDefault(kind.annotation, ""), change));
                          return changed;
                        }))
        .thenAccept(StoredSettings::check);
  }

  private static String changed(String text, Change change) {
    SortedMap<String, SortedMap<String, String>> settings = new TreeMap<>();
    SettingsText.read(text).forEach((name, values) -> settings.put(name, new TreeMap<>(values)));
    change.apply(settings);
    return SettingsText.write(settings);
  }

  private static void check(Answer<Topic> answer) {
    if (answer instanceof Answer.Refused<Topic>(RequestError error)) {
      throw new CompletionException(
          error.code() == RequestError.Code.INVALID_CHANGE
              ? new InvalidRequestException(error.message())
              : new TimeoutException(error.message()));
    }
  }

  /** Somebody may have written what makes no sense; it must not stop the core loop. */
  private static void hand(
      Kind kind, String text, Consumer<SortedMap<String, SortedMap<String, String>>> listener) {
    try {
      listener.accept(SettingsText.read(text));
    } catch (RuntimeException e) {
      LOG.warn("annotation {} is not understood: {}", kind.annotation, e.toString());
    }
  }

  /**
   * Hands all settings of a kind to {@code listener}: now, and after every change, on the core
   * loop.
   */
  public void follow(Kind kind, Consumer<SortedMap<String, SortedMap<String, String>>> listener) {
    AtomicReference<String> seen = new AtomicReference<>("");
    Runnable look =
        () -> {
          String now = text(kind);
          if (!now.equals(seen.getAndSet(now))) {
            hand(kind, now, listener);
          }
        };
    broker.topicAdmin().subscribe(look);
    look.run();
  }
}

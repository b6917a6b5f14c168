package dev.leat.broker.runtime;

import dev.leat.crds.Topic;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The newest known Topic resource of each topic name, and who waits for one to change. Written by
 * the core loop, read by any thread.
 */
final class TopicResources {
  private final Map<String, Topic> byTopicName = new ConcurrentSkipListMap<>();
  private final Map<String, List<Waiter>> waiters = new HashMap<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  private record Waiter(
      Function<@Nullable Topic, Optional<Answer<Topic>>> condition,
      CompletableFuture<Answer<Topic>> answer) {}

  @Nullable Topic find(String topicName) {
    return byTopicName.get(topicName);
  }

  Collection<Topic> all() {
    return byTopicName.values();
  }

  /** Calls {@code listener} after every change, for ever, on the core loop: it must not block. */
  void subscribe(Runnable listener) {
    listeners.add(listener);
  }

  /** Completes {@code answer} as soon as the condition has one: now, or at a later change. */
  void when(
      String topicName,
      Function<@Nullable Topic, Optional<Answer<Topic>>> condition,
      CompletableFuture<Answer<Topic>> answer) {
    synchronized (waiters) {
      List<Waiter> queue = waiters.computeIfAbsent(topicName, name -> new ArrayList<>());
      queue.removeIf(waiter -> waiter.answer().isDone());
      queue.add(new Waiter(condition, answer));
    }
    check(topicName);
  }

  void put(Topic topic) {
    byTopicName.put(topic.topicName(), topic);
    check(topic.topicName());
    listeners.forEach(Runnable::run);
  }

  void remove(String topicName) {
    byTopicName.remove(topicName);
    check(topicName);
    listeners.forEach(Runnable::run);
  }

  private void check(String topicName) {
    Topic now = byTopicName.get(topicName);
    List<Runnable> answers = new ArrayList<>();
    synchronized (waiters) {
      List<Waiter> queue = waiters.get(topicName);
      if (queue == null) {
        return;
      }
      queue.removeIf(
          waiter -> {
            Optional<Answer<Topic>> answer = waiter.condition().apply(now);
            answer.ifPresent(value -> answers.add(() -> waiter.answer().complete(value)));
            return answer.isPresent();
          });
      if (queue.isEmpty()) {
        waiters.remove(topicName);
      }
    }
    answers.forEach(Runnable::run);
  }
}

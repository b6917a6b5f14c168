package dev.leat.kafka.coordinator;

import dev.leat.broker.runtime.Answer;
import dev.leat.broker.runtime.BrokerApi;
import dev.leat.broker.runtime.RequestError;
import dev.leat.broker.runtime.TopicDirectory;
import dev.leat.broker.runtime.view.GroupView;
import dev.leat.broker.runtime.view.MetadataFeed;
import dev.leat.broker.runtime.view.TopicView;
import dev.leat.crds.Topic;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.CoordinatorNotAvailableException;
import org.jspecify.annotations.Nullable;

/** Finds internal topics, makes them when they are needed first, and knows who leads them. */
public final class InternalTopics {
  private final BrokerApi broker;
  private final Map<InternalTopic, CompletableFuture<Answer<Topic>>> beingMade =
      new EnumMap<>(InternalTopic.class);

  /** For the topics of this broker's cluster. */
  public InternalTopics(BrokerApi broker) {
    this.broker = broker;
  }

  /** The topic, or null if it has not been needed yet. */
  public TopicDirectory.@Nullable Topic find(InternalTopic topic) {
    return broker.topics().find(topic.topicName());
  }

  /**
   * The topic; made if there is none.
   *
   * @return fails with {@link CoordinatorNotAvailableException} if it cannot be made now
   */
  public CompletionStage<TopicDirectory.Topic> ensure(InternalTopic topic) {
    TopicDirectory.Topic existing = find(topic);
    return existing != null
        ? CompletableFuture.completedStage(existing)
        : make(topic).thenApply(answer -> made(topic, answer));
  }

  private synchronized CompletionStage<Answer<Topic>> make(InternalTopic topic) {
    CompletableFuture<Answer<Topic>> running = beingMade.get(topic);
    if (running == null) {
      running =
          broker.topicAdmin().create(topic.topicName(), topic.spec(), false).toCompletableFuture();
      beingMade.put(topic, running);
      running.whenComplete((answer, failure) -> forget(topic));
    }
    return running;
  }

  private synchronized void forget(InternalTopic topic) {
    beingMade.remove(topic);
  }

  private TopicDirectory.Topic made(InternalTopic topic, Answer<Topic> answer) {
    TopicDirectory.Topic found = find(topic);
    if (found != null) {
      return found;
    }
    String why =
        answer instanceof Answer.Refused<Topic>(RequestError error)
            ? error.message()
            : "this broker does not know it yet";
    throw new CoordinatorNotAvailableException(
        "topic \"" + topic.topicName() + "\" cannot be used yet: " + why);
  }

  /** Broker that leads a partition; {@link GroupView#NO_LEADER} if nobody does. */
  public int leaderOf(InternalTopic topic, int partition) {
    MetadataFeed.Metadata metadata = broker.metadata().current();
    TopicView view = metadata.topics().get(topic.topicName());
    if (view == null || partition >= view.partitions()) {
      return GroupView.NO_LEADER;
    }
    GroupView.Leadership leadership = metadata.groups().get(view.groups().get(partition));
    return leadership == null ? GroupView.NO_LEADER : leadership.leader();
  }
}

package dev.leat.broker.control;

import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.TopicPartition;
import dev.leat.broker.replication.GroupEvent.NewPartition;
import dev.leat.crds.ResourceName;
import dev.leat.crds.Topic;
import java.time.Duration;
import java.util.List;

/**
 * What the controller wants done for topics. Each may be done at any time, in any order, or not at
 * all if the controller ends: another one finds out what is missing. Whatever is done more than
 * once does no harm.
 */
public sealed interface TopicEffect {
  /**
   * Something for the {@link StateStore}; always answered by {@link TopicEvent.Answered} with the
   * same number.
   */
  sealed interface StoreCall extends TopicEffect {
    /** The topic in question. */
    ResourceName name();

    /** Number of this call. */
    long call();
  }

  /** {@link StateStore#get} the topic. */
  record ReadTopic(ResourceName name, long call) implements StoreCall {}

  /** {@link StateStore#update} the topic. */
  record UpdateTopic(Topic topic, long call) implements StoreCall {
    @Override
    public ResourceName name() {
      return topic.resourceName();
    }
  }

  /** {@link StateStore#updateStatus} of the topic. */
  record UpdateTopicStatus(Topic topic, long call) implements StoreCall {
    @Override
    public ResourceName name() {
      return topic.resourceName();
    }
  }

  /** Draw an id for a topic; answered by {@link TopicEvent.TopicIdDrawn}. */
  record DrawTopicId(ResourceName name) implements TopicEffect {}

  /** Create a group; answered by {@link TopicEvent.GroupReported} or GroupFailed. */
  record CreateGroup(GroupId group) implements TopicEffect {}

  /**
   * Have a group's leader create and delete partitions, in one entry; answered by {@link
   * TopicEvent.GroupDone} once committed, or GroupFailed. At most one for each group at a time.
   *
   * <p>Ids are never used again, so a group should ignore the creation of partitions of a topic
   * that it has deleted partitions of: it is a late one, of a controller that has ended.
   *
   * @param created at most {@link TopicMachine#MAX_CHANGES} of both together
   */
  record ChangePartitions(GroupId group, List<NewPartition> created, List<TopicPartition> deleted)
      implements TopicEffect {
    /** Copies. */
    public ChangePartitions {
      created = List.copyOf(created);
      deleted = List.copyOf(deleted);
    }
  }

  /**
   * Give {@code event} after some time.
   *
   * @param after how long
   * @param event TopicRetryDue or GroupRetryDue
   */
  record Retry(Duration after, TopicEvent event) implements TopicEffect {}

  /**
   * Tell a person.
   *
   * @param message one line: what happened, why, what to do
   */
  record Warn(String message) implements TopicEffect {}
}

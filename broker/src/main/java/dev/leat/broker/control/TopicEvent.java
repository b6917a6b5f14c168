package dev.leat.broker.control;

import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.PartitionInfo;
import dev.leat.broker.log.TopicId;
import dev.leat.crds.Cluster;
import dev.leat.crds.ResourceName;
import dev.leat.crds.Topic;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What can happen to topics: see {@link TopicMachine#step}. */
public sealed interface TopicEvent {
  /** The Cluster resource is known, new or changed. Nothing is done before the first one. */
  record ClusterChanged(Cluster cluster) implements TopicEvent {}

  /** The watch of Topics reports. It may lag, repeat and go back. */
  record Watched(WatchEvent<Topic> event) implements TopicEvent {}

  /**
   * These groups exist, and no others. Each is to be followed by its {@link GroupReported}; without
   * that of each, no topic gets a new id.
   */
  record GroupsListed(Set<GroupId> groups) implements TopicEvent {
    /** Copies; in the same order, so that a simulated run is the same each time. */
    public GroupsListed {
      groups = Collections.unmodifiableSet(new LinkedHashSet<>(groups));
    }
  }

  /**
   * A group has an active leader, and holds these partitions, and no others, as committed. To be
   * given for each new leader. Also the answer to {@link TopicEffect.CreateGroup}.
   */
  record GroupReported(GroupId group, List<PartitionInfo> partitions) implements TopicEvent {
    /** Copies. */
    public GroupReported {
      partitions = List.copyOf(partitions);
    }
  }

  /** Partitions of a group came or went; committed. */
  record PartitionsChanged(GroupId group, List<PartitionInfo> created, List<PartitionInfo> deleted)
      implements TopicEvent {
    /** Copies. */
    public PartitionsChanged {
      created = List.copyOf(created);
      deleted = List.copyOf(deleted);
    }
  }

  /** The {@link TopicEffect.ChangePartitions} to this group is done and committed. */
  record GroupDone(GroupId group) implements TopicEvent {}

  /**
   * The {@link TopicEffect.ChangePartitions} or {@link TopicEffect.CreateGroup} to this group was
   * not done, or nobody knows whether.
   *
   * @param reason one line, for people
   */
  record GroupFailed(GroupId group, String reason) implements TopicEvent {}

  /** The store has answered to the {@link TopicEffect.StoreCall} of this number. */
  record Answered(ResourceName name, long call, StoreOutcome<Topic> outcome)
      implements TopicEvent {}

  /** The answer to {@link TopicEffect.DrawTopicId}: 16 random bytes, never given before. */
  record TopicIdDrawn(ResourceName name, TopicId id) implements TopicEvent {}

  /** The time of a {@link TopicEffect.Retry} about a topic has come. */
  record TopicRetryDue(ResourceName name, long call) implements TopicEvent {}

  /** The time of a {@link TopicEffect.Retry} about a group has come. */
  record GroupRetryDue(GroupId group) implements TopicEvent {}
}

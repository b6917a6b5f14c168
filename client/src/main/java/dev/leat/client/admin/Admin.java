package dev.leat.client.admin;

import dev.leat.client.Position;
import dev.leat.client.TopicPartition;
import java.util.List;
import java.util.Map;

/**
 * Topics, brokers and consumer groups. Every method asks a broker and waits for the answer, up to
 * the client's request timeout; when a broker cannot be reached, another one is asked. What fails
 * is thrown as a {@link dev.leat.client.error.LeatException}. Safe for use by several threads, but
 * not for the client's own callbacks.
 */
public interface Admin {
  /** In place of an offset: behind all records that are there. */
  long END = -1;

  /**
   * Creates a topic; returns when every partition takes records.
   *
   * @return the topic as it is, defaults filled in
   */
  TopicDescription createTopic(TopicSpec topic);

  /** Only checks whether a topic could be created. */
  void validateTopic(TopicSpec topic);

  /**
   * Changes a topic.
   *
   * @return what the topic is now
   */
  TopicSpec alterTopic(TopicChange change);

  /** Deletes a topic and its records. */
  void deleteTopic(String topic);

  /**
   * Deletes the records of a partition below an offset: no reader sees them any more.
   *
   * @param beforeOffset first offset to keep; {@link #END}: none of those that are there now
   * @return first offset that can be read now
   */
  long deleteRecords(TopicPartition partition, long beforeOffset);

  /** One topic in full. */
  TopicDescription describeTopic(String topic);

  /** All topics, by name. */
  List<TopicSpec> listTopics();

  /** State of brokers and groups. */
  ClusterDescription describeCluster();

  /** Replica groups that have lost a quorum of their replicas, and what is left of them. */
  List<LostGroup> listLostGroups();

  /**
   * An unclean election: replica groups that have lost a quorum for good begin again from the best
   * that is left. Acknowledged records may be lost: those that only the missing replicas had.
   *
   * @param groups numbers of the groups; none: all that are lost
   * @return what became of each: a group that is led, or has a quorum, is left alone
   */
  List<RecoveredGroup> recoverGroupsAcceptingDataLoss(List<Integer> groups);

  /**
   * A broker is gone for good: replica groups that do not exist yet are made without waiting for
   * its answer, until it answers again or the controller changes. A group that only this broker
   * knew of is made anew: what it had may be lost.
   */
  void waiveBrokerAcceptingDataLoss(int broker);

  /** Finds offsets; fails if one of the partitions fails. */
  Map<TopicPartition, PartitionOffsets> listOffsets(Map<TopicPartition, Position> positions);

  /** All consumer groups, by name. */
  List<GroupListing> listGroups();

  /** One group in full: members, committed offsets and how far they lag. */
  GroupDescription describeGroup(String group);

  /**
   * Sets committed offsets of a group that has no members, of the next records to be read; makes
   * the group if there is none.
   */
  void setGroupOffsets(String group, Map<TopicPartition, Long> offsets);

  /** Deletes a group that has no members, and its offsets. */
  void deleteGroup(String group);
}

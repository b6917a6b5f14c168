package dev.leat.broker.runtime.groups;

import dev.leat.broker.runtime.Answer;
import dev.leat.broker.runtime.transactions.TransactionCoordination;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Coordinates consumer groups: who is in one, which partitions each member has, and how far the
 * group has read. Port: the broker does not know who does it.
 *
 * <p>May be called from any thread; nothing blocks. While a coordinator is loading, calls wait for
 * a bounded time. Where this broker is not the group's coordinator they are refused with
 * NOT_LEADER.
 */
public interface GroupCoordination {
  /** A broker without groups. */
  GroupCoordination NONE = new NoCoordination();

  /** The broker with which a group lies. */
  CompletionStage<Answer<Integer>> locate(String group);

  /** The groups that lie with this broker. */
  CompletionStage<Answer<List<Listing>>> list();

  /** One group; UNKNOWN_GROUP if there is none. */
  CompletionStage<Answer<Description>> describe(String group);

  /** Deletes a group; UNKNOWN_GROUP, GROUP_NOT_EMPTY. */
  CompletionStage<Answer<String>> delete(String group);

  /** A sign of life of a member, by which it also joins and leaves. */
  CompletionStage<Answer<BeatAnswer>> beat(Beat beat);

  /**
   * What a group has committed, of these partitions; only those of which it has. Waits for a
   * bounded time for transactions that are to commit offsets of them, and is then refused with
   * UNAVAILABLE.
   */
  CompletionStage<Answer<Map<Slot, Offset>>> committed(String group, Collection<Slot> partitions);

  /** All that a group has committed by now. */
  CompletionStage<Answer<Map<Slot, Offset>>> committed(String group);

  /**
   * Commits offsets.
   *
   * @param member in whose name; empty: the group must have no members
   * @return those that were refused, with the reason
   */
  CompletionStage<Answer<Map<Slot, String>>> commit(
      String group, Optional<MemberEpoch> member, Map<Slot, Offset> offsets);

  /**
   * Commits offsets as part of a producer's open transaction: they count if that is committed.
   * PRODUCER_FENCED, INVALID_TXN_STATE, MEMBER_FENCED.
   *
   * @param member in whose name
   * @return those that were refused, with the reason
   */
  CompletionStage<Answer<Map<Slot, String>>> commit(
      String group,
      MemberEpoch member,
      Map<Slot, Offset> offsets,
      TransactionCoordination.Producer transaction);

  /** How members of a group share records. */
  enum Kind {
    /** Each partition is read by one of them. */
    CONSUMER,
    /** Each record is handed to one of them. */
    QUEUE
  }

  /**
   * A partition by name.
   *
   * @param topic name of the topic
   * @param partition number within the topic
   */
  record Slot(String topic, int partition) {
    @Override
    public String toString() {
      return topic + "/" + partition;
    }
  }

  /**
   * How far a partition has been read.
   *
   * @param offset of the next record
   * @param metadata the client's own words
   */
  record Offset(long offset, String metadata) {}

  /**
   * A member at one moment.
   *
   * @param id its id
   * @param epoch its epoch
   */
  record MemberEpoch(String id, int epoch) {}

  /**
   * A group in short.
   *
   * @param group its name
   * @param type classic, consumer, share or streams
   * @param state as the coordinator calls it
   */
  record Listing(String group, String type, String state) {}

  /** A group in full. */
  record Description(Listing listing, List<Member> members) {}

  /**
   * A member of a group.
   *
   * @param id its id
   * @param instanceId name by which it comes back; may be empty
   * @param clientId name that it gave itself
   * @param host where it connects from
   * @param partitions what it reads
   */
  record Member(
      String id, String instanceId, String clientId, String host, List<Slot> partitions) {}

  /**
   * A sign of life.
   *
   * @param kind kind of the group
   * @param group which group
   * @param member id that the member has chosen, and the epoch it has, or one of {@link #JOIN},
   *     {@link #LEAVE}, {@link #LEAVE_FOR_A_WHILE}
   * @param identity who it is; said again with every beat
   * @param topics what it wants to read
   * @param owned what it reads; empty: the same as with the beat before
   */
  record Beat(
      Kind kind,
      String group,
      MemberEpoch member,
      Identity identity,
      List<String> topics,
      Optional<Collection<Slot>> owned) {
    /** Epoch of a member that joins. */
    public static final int JOIN = 0;

    /** Epoch by which a member leaves. */
    public static final int LEAVE = -1;

    /** Epoch by which a member with an instance id leaves for a while. */
    public static final int LEAVE_FOR_A_WHILE = -2;
  }

  /**
   * Who a member is.
   *
   * @param instanceId name by which it comes back; may be empty
   * @param clientId name for people
   * @param host where it connects from
   */
  record Identity(String instanceId, String clientId, String host) {}

  /**
   * What the coordinator says to a sign of life.
   *
   * @param epoch the member's epoch from now on
   * @param assignment what it shall read, if that may have changed
   */
  record BeatAnswer(int epoch, Optional<List<Slot>> assignment) {}
}

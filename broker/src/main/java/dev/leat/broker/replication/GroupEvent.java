package dev.leat.broker.replication;

import dev.leat.broker.log.JournalSpace;
import dev.leat.broker.log.Replica;
import dev.leat.broker.log.TopicPartition;
import dev.leat.broker.log.Withdrawal;
import dev.leat.broker.log.group.GroupIdentity;
import dev.leat.broker.log.group.HistoryFork;
import java.util.List;

/** What can happen to a group: see {@link GroupMachine#step}. */
public sealed interface GroupEvent {

  /**
   * CREATE: the group begins on this disk, empty. Ignored if it exists with this history; refused
   * if it exists with another one, unless this replica has promised nothing there.
   *
   * @param history random number, the same at all first voters
   * @param self this replica; its replicaId is random and new
   * @param voters the first voters
   * @param token gets {@link Outcome.Done} when that is on disk
   */
  record Create(long history, Replica self, List<Replica> voters, Object token)
      implements GroupEvent {
    GroupIdentity identity() {
      return new GroupIdentity(history, self, voters);
    }
  }

  /**
   * A new replica of an existing group begins on this disk: with nothing but its name, until a
   * leader sends it a snapshot. To be asked for with {@link ChangeVoters} at the leader.
   *
   * @param history the group's history
   * @param self this replica; its replicaId is random and new
   * @param token gets {@link Outcome.Done} when that is on disk
   */
  record Join(long history, Replica self, Object token) implements GroupEvent {}

  /**
   * APPOINT: lead in this epoch. A wish, not a right.
   *
   * @param token gets an {@link Outcome.Appointment} at once
   */
  record Appoint(int epoch, Object token) implements GroupEvent {}

  /** What only the leader does; anybody else refuses it. */
  sealed interface Request extends GroupEvent {
    /** Who gets a reply: one each. */
    List<Object> tokens();
  }

  /** Append these, in order. Each part gets its own reply: Appended or Refused. */
  record Append(List<AppendPart> parts) implements Request {
    @Override
    public List<Object> tokens() {
      return parts.stream().map(AppendPart::token).toList();
    }
  }

  /**
   * Create and delete partitions. What exists already is not created again, what does not exist is
   * not deleted: repeating is harmless.
   *
   * @param created partitions to create, with their topic's name
   * @param deleted partitions to delete
   * @param token gets {@link Outcome.PartitionsChanged} with the numbers of {@code created}
   */
  record ChangePartitions(List<NewPartition> created, List<TopicPartition> deleted, Object token)
      implements Request {
    @Override
    public List<Object> tokens() {
      return List.of(token);
    }
  }

  /**
   * A partition to create.
   *
   * @param id which one
   * @param topicName name of the topic
   */
  record NewPartition(TopicPartition id, String topicName) {}

  /**
   * Move start offsets up: retention, or a user deleting records.
   *
   * @param token gets {@link Outcome.Done}; a start below the present one is ignored, one above the
   *     high watermark is refused with OFFSET_OUT_OF_RANGE and then none is moved
   */
  record MoveStarts(List<StartMove> moves, Object token) implements Request {
    @Override
    public List<Object> tokens() {
      return List.of(token);
    }
  }

  /**
   * A new start offset.
   *
   * @param partition number within the group
   * @param startOffset first offset to keep
   */
  record StartMove(int partition, long startOffset) {}

  /** CHANGE: replace the voters. */
  record ChangeVoters(List<Replica> voters, Object token) implements Request {
    @Override
    public List<Object> tokens() {
      return List.of(token);
    }
  }

  /**
   * GRACEFUL: append nothing more, and say when {@code target} has everything.
   *
   * @param token gets {@link Outcome.Done} when the target can be appointed
   */
  record HandOver(Replica target, Object token) implements Request {
    @Override
    public List<Object> tokens() {
      return List.of(token);
    }
  }

  /**
   * READ: gets {@link Outcome.Done} when all that was acked before is below the high watermarks.
   */
  record ConfirmLeadership(Object token) implements Request {
    @Override
    public List<Object> tokens() {
      return List.of(token);
    }
  }

  /**
   * DISK: what this disk holds may be less than it has acked. The replica withdraws, and its disk
   * says so before the answer. To be given to all groups of the disk.
   *
   * @param reason why
   * @param token gets {@link Outcome.Done} when that is on disk; at once if the group is not here
   */
  record Withdraw(Withdrawal reason, Object token) implements GroupEvent {}

  /**
   * DISK: a reader found a damaged entry of the group. If others vote, too, the replica withdraws;
   * the only voter goes on, and refuses what is damaged.
   *
   * @param detail one line: which entry, what is wrong
   */
  record Damaged(String detail) implements GroupEvent {}

  /**
   * UNCLEAN: give up what this replica does not have, and begin a new history with it as the only
   * voter. Only when a quorum of the group is gone for good, and a person or a policy says so.
   *
   * @param history random number of the new history
   * @param self this replica under a new name; its replicaId is random and new
   * @param token gets {@link Outcome.Done} when the new history is on disk
   */
  record Fork(long history, Replica self, Object token) implements GroupEvent {}

  /**
   * UNCLEAN: a broker has the group in this history. Who belongs to a history that it comes from
   * withdraws.
   *
   * @param forks from the status of that replica
   */
  record Heard(long history, List<HistoryFork> forks) implements GroupEvent {
    /** Copies the list. */
    public Heard {
      forks = List.copyOf(forks);
    }
  }

  /**
   * Versions: what is written from now on. The cluster's version: the newest that all its brokers
   * know.
   *
   * @param version one that this release knows
   */
  record WriteFormat(int version) implements GroupEvent {}

  /** All {@link Effect.Persist} up to this number are on disk. */
  record Durable(long write) implements GroupEvent {}

  /** A message of another replica of the group. */
  record Receive(PeerEnvelope envelope) implements GroupEvent {}

  /** {@link Effect.SendLog} found nothing at its {@code fromSeq}: it is compacted away. */
  record LogMissing(Replica to, long fromSeq) implements GroupEvent {}

  /** Whether the journal takes records. */
  record Space(JournalSpace space) implements GroupEvent {}

  /**
   * Time passes; to be given about every 100 ms.
   *
   * @param wallClockMs ms since the Unix epoch; only what expires depends on it
   */
  record Tick(long wallClockMs) implements GroupEvent {}
}

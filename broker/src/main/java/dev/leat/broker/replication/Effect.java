package dev.leat.broker.replication;

import dev.leat.broker.log.Entry;
import dev.leat.broker.log.PartitionInfo;
import dev.leat.broker.log.Replica;
import dev.leat.broker.log.Withdrawal;
import dev.leat.broker.log.group.HistoryFork;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a group wants done. Effects of one step are done in their order, and those of one group in
 * the order of its steps: persist, then send, then reply. What must be durable before an effect was
 * reported by {@link GroupEvent.Durable} before the machine gave that effect; so nothing has to be
 * held back.
 */
public sealed interface Effect {

  /**
   * Append to the journal. At most one in a step.
   *
   * @param entries in order
   * @param write number of this effect in the life of this machine, 1, 2, 3 ...; report it with
   *     {@link GroupEvent.Durable} (the highest of several is enough)
   */
  record Persist(List<Entry> entries, long write) implements Effect {}

  /** Send now. May get lost, late or repeated. */
  record Send(Replica to, PeerMessage message) implements Effect {}

  /**
   * Read entries from the journal and send them: {@code message} with entries from {@code fromSeq}
   * on, up to {@code toSeq}, as many as fit in {@code maxBytes} but at least one. If there are none
   * at {@code fromSeq}: {@link GroupEvent.LogMissing}.
   */
  record SendLog(Replica to, PeerMessage.Copy message, long fromSeq, long toSeq, int maxBytes)
      implements Effect {}

  /**
   * Read batches of {@code message.partition()} from {@code message.offset()} on, below {@code
   * endOffset}, as many as fit in {@code maxBytes} but at least one, and send them in the message.
   * If nothing is stored there, send none, with {@code endOffset} as the next offset.
   */
  record SendBatches(Replica to, PeerMessage.SnapshotPart message, long endOffset, int maxBytes)
      implements Effect {}

  /** Answer who asked. */
  record Reply(Object token, Outcome outcome) implements Effect {}

  /**
   * More is committed: readers may see it.
   *
   * @param committedSeq last committed seq of the group's log
   * @param partitions partitions whose high watermark moved
   */
  record Advanced(long committedSeq, List<HighWatermark> partitions) implements Effect {}

  /**
   * A new high watermark.
   *
   * @param partition number within the group
   * @param offset every record below it is committed
   */
  record HighWatermark(int partition, long offset) {}

  /** Partitions came or went; committed. */
  record PartitionsChanged(List<PartitionInfo> created, List<PartitionInfo> deleted)
      implements Effect {}

  /** Start offsets moved; committed. */
  record StartsMoved(List<GroupEvent.StartMove> starts) implements Effect {}

  /**
   * Another epoch, leader or role.
   *
   * @param epoch epoch that this replica has promised
   * @param leader whom it has promised it to; null if nobody yet
   * @param role what this replica is doing
   */
  record LeaderChanged(int epoch, @Nullable Replica leader, Role role) implements Effect {}

  /**
   * This replica found something that must not be (damage, two histories): it takes part in nothing
   * any more. Tell a person.
   *
   * @param reason one line: what, why, what to do
   */
  record Halted(String reason) implements Effect {}

  /**
   * DISK: a replica does not have any more what it had acked: its disk was exchanged or set back.
   * It is not counted any more. It has to come back as a new replica.
   *
   * @param replica which one
   * @param detail one line for a person
   */
  record DiskWentBack(Replica replica, String detail) implements Effect {}

  /**
   * FORGET: this replica is no part of the group any more, and its disk says so. What it stored of
   * the group is dead.
   */
  record Dropped(Replica self) implements Effect {}

  /**
   * DISK, UNCLEAN: this replica takes part in nothing any more, and its disk says so. If the group
   * has a leader elsewhere, a new replica may take its place: {@link GroupEvent.Join}. If it has
   * none, what this one has is a last resort: {@link GroupEvent.Fork}.
   *
   * @param self which replica
   * @param reason why
   * @param detail one line for a person: what, why, what to do
   */
  record Withdrawn(Replica self, Withdrawal reason, String detail) implements Effect {}

  /**
   * UNCLEAN: the group goes on from what one replica has. Records that were acknowledged may be
   * gone. Tell a person.
   *
   * @param fork the history that was given up, and where
   * @param detail one line for a person
   */
  record PossibleDataLoss(HistoryFork fork, String detail) implements Effect {}
}

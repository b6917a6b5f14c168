package dev.leat.broker.replication;

import dev.leat.broker.log.Replica;
import dev.leat.broker.log.group.GroupCheckpoint;
import dev.leat.broker.log.group.PartitionState;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;

/**
 * RETAIN: a snapshot on its way to a follower that cannot be fed from the log: what is alive below
 * the base, partition by partition, one message at a time, then the base.
 *
 * <p>All of it is committed, so parts may be repeated, and sent by several leaders.
 */
final class Snapshot {
  private final GroupCore core;
  private final Replica to;
  private final long baseSeq;
  private final ByteBuffer base;
  private final ArrayDeque<Part> parts = new ArrayDeque<>();
  private long offset;
  private long movedMs;

  private record Part(int partition, long from, long end) {}

  Snapshot(GroupCore core, Replica to) {
    this.core = core;
    this.to = to;
    this.baseSeq = core.log.state().seq();
    this.base = new GroupCheckpoint(core.log.state(), core.log.promise()).encode();
    for (PartitionState partition : core.log.state().partitions()) {
      boolean alive = partition.endOffset() > partition.startOffset();
      if (alive && !core.isDropped(Rule.ALIVE)) {
        parts.add(
            new Part(partition.info().number(), partition.startOffset(), partition.endOffset()));
      }
    }
    begin();
  }

  long baseSeq() {
    return baseSeq;
  }

  private void begin() {
    offset = parts.isEmpty() ? 0 : parts.peek().from();
    send();
  }

  private void send() {
    movedMs = core.nowMs();
    int epoch = core.log.promise().epoch();
    Part part = parts.peek();
    if (part == null) {
      core.send(to, new PeerMessage.SnapshotEnd(epoch, baseSeq, base.duplicate()));
      return;
    }
    core.emit(
        new Effect.SendBatches(
            to,
            new PeerMessage.SnapshotPart(
                epoch, baseSeq, part.partition(), offset, offset, List.of()),
            part.end(),
            core.options.maxCopyBytes()));
  }

  void onTaken(PeerMessage.SnapshotTaken taken) {
    Part part = parts.peek();
    if (part == null
        || taken.baseSeq() != baseSeq
        || taken.partition() != part.partition()
        || taken.nextOffset() <= offset) {
      return;
    }
    offset = taken.nextOffset();
    if (offset >= part.end()) {
      parts.remove();
      begin();
    } else {
      send();
    }
  }

  void onTick() {
    if (core.nowMs() - movedMs >= core.options.resendMs()) {
      send();
    }
  }
}

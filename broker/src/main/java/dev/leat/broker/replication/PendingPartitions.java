package dev.leat.broker.replication;

import dev.leat.broker.log.Entry;
import dev.leat.broker.log.EntryHeader;
import dev.leat.broker.log.PartitionInfo;
import dev.leat.broker.log.TopicPartition;
import dev.leat.broker.log.group.EntryBodies;
import dev.leat.broker.log.group.GroupState;
import dev.leat.broker.log.group.PartitionChange;
import dev.leat.broker.log.group.PartitionState;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All partitions as the leader sees them, uncommitted entries included. Made when a replica begins
 * to lead, from its state and tail; a leader never cuts its log, so it only ever grows by appends.
 */
final class PendingPartitions {
  private final GroupState state;
  private @Nullable PartitionTail[] byNumber = new PartitionTail[4];
  private final Map<TopicPartition, PartitionInfo> created = new HashMap<>();
  private int nextNumber;
  private long clockMs;

  PendingPartitions(GroupLog log) {
    state = log.state();
    nextNumber = state.nextNumber();
    clockMs = state.clockMs();
    for (long seq = state.seq() + 1; seq <= log.lastSeq(); seq++) {
      onRecovered(log.entry(seq));
    }
  }

  private void onRecovered(Entry entry) {
    EntryHeader header = entry.header();
    switch (header.kind()) {
      case BATCHES -> {
        PartitionTail tail = find(header.partition());
        if (tail != null) {
          tail.append(header);
        }
      }
      case TOPIC -> EntryBodies.topic(EntryBodies.join(entry.body())).forEach(this::change);
      case CLOCK -> clockMs = EntryBodies.clock(EntryBodies.join(entry.body())).clockMs();
      case CONFIG, BARRIER, START, PROMISE, BASE, REPLICA, MOVED -> {}
    }
  }

  long clockMs() {
    return clockMs;
  }

  void setClockMs(long newest) {
    clockMs = newest;
  }

  /** Number for the next created partition, and takes it. */
  int takeNumber() {
    return nextNumber++;
  }

  /** The partition of this number, null if there is none or it is deleted. */
  @Nullable PartitionTail find(int number) {
    PartitionTail tail = number > 0 && number < byNumber.length ? byNumber[number] : null;
    if (tail == null) {
      PartitionState committed = state.partition(number);
      tail = committed == null ? null : put(new PartitionTail(committed.info(), committed));
    }
    return tail == null || tail.isDeleted() ? null : tail;
  }

  /** The partition of this name, null if there is none or it is deleted. */
  @Nullable PartitionTail find(TopicPartition id) {
    PartitionInfo info = created.get(id);
    if (info == null) {
      PartitionState committed = state.find(id);
      info = committed == null ? null : committed.info();
    }
    return info == null ? null : find(info.number());
  }

  /** Notes an appended line of a topic entry. */
  void change(PartitionChange change) {
    PartitionInfo info = change.info();
    if (change.created()) {
      created.put(info.id(), info);
      nextNumber = Math.max(nextNumber, info.number() + 1);
      put(new PartitionTail(info, null));
      return;
    }
    PartitionTail tail = find(info.number());
    if (tail != null) {
      tail.delete();
    }
  }

  /** The state has applied this entry. */
  void onCommitted(Entry entry) {
    switch (entry.header().kind()) {
      case BATCHES -> {
        int number = entry.header().partition();
        PartitionTail tail = number < byNumber.length ? byNumber[number] : null;
        if (tail != null) {
          tail.onCommitted(entry.header());
        }
      }
      case TOPIC -> EntryBodies.topic(EntryBodies.join(entry.body())).forEach(this::onCommitted);
      case CONFIG, BARRIER, START, CLOCK, PROMISE, BASE, REPLICA, MOVED -> {}
    }
  }

  private void onCommitted(PartitionChange change) {
    PartitionInfo info = change.info();
    PartitionTail tail = byNumber[info.number()];
    if (!change.created()) {
      byNumber[info.number()] = null;
    } else if (tail != null) {
      created.remove(info.id(), info);
      PartitionState committed = state.partition(info.number());
      if (committed != null) {
        tail.setCommitted(committed);
      }
    }
  }

  private PartitionTail put(PartitionTail tail) {
    int number = tail.info().number();
    if (number >= byNumber.length) {
      byNumber = Arrays.copyOf(byNumber, Math.max(2 * byNumber.length, number + 1));
    }
    byNumber[number] = tail;
    return tail;
  }
}

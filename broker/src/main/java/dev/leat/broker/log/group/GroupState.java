package dev.leat.broker.log.group;

import dev.leat.broker.log.EntryHeader;
import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.Invariant;
import dev.leat.broker.log.PartitionInfo;
import dev.leat.broker.log.TopicPartition;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The state of a group: its committed entries, folded. {@link #apply} is total and deterministic;
 * leader, follower and recovery all use it, so the state is the same everywhere at the same seq.
 */
public final class GroupState {
  private GroupIdentity identity;
  private long seq;
  private @Nullable GroupConfig config;
  private long configSeq;
  private final EpochStarts epochs = new EpochStarts();
  private int nextNumber = 1;
  private long clockMs;
  private @Nullable PartitionState[] byNumber = new PartitionState[4];
  private final Map<TopicPartition, PartitionState> byId = new HashMap<>();

  /** The state of an empty log. */
  public GroupState(GroupIdentity identity) {
    this.identity = identity;
    if (!identity.firstVoters().isEmpty()) {
      config = GroupConfig.of(identity.firstVoters());
    }
  }

  /** Which group and replica. */
  public GroupIdentity identity() {
    return identity;
  }

  /** Seq of the last applied entry, 0 before the first. */
  public long seq() {
    return seq;
  }

  /** Newest committed config; null while this replica has nothing but its name. */
  public @Nullable GroupConfig config() {
    return config;
  }

  /** Seq of the entry of {@link #config}, 0 if it is that of the first voters. */
  public long configSeq() {
    return configSeq;
  }

  /** Seqs at which epochs begin. */
  public EpochStarts epochs() {
    return epochs;
  }

  /** Number that the next created partition gets. */
  public int nextNumber() {
    return nextNumber;
  }

  /** Newest clock in the log, ms since the Unix epoch; 0 before the first. */
  public long clockMs() {
    return clockMs;
  }

  /** The partition of this number, null if there is none (any more). */
  public @Nullable PartitionState partition(int number) {
    return number > 0 && number < byNumber.length ? byNumber[number] : null;
  }

  /** The partition of this name, null if there is none. */
  public @Nullable PartitionState find(TopicPartition id) {
    return byId.get(id);
  }

  /** All partitions in order of number. */
  public List<PartitionState> partitions() {
    List<PartitionState> all = new ArrayList<>(byId.size());
    for (int number = 1; number < Math.min(nextNumber, byNumber.length); number++) {
      PartitionState partition = byNumber[number];
      if (partition != null) {
        all.add(partition);
      }
    }
    return all;
  }

  /** Clock at which the producer idle longest was heard of, or {@code Long.MAX_VALUE}. */
  public long oldestProducerMs() {
    long oldest = Long.MAX_VALUE;
    for (PartitionState partition : partitions()) {
      oldest = Math.min(oldest, partition.oldestProducerMs());
    }
    return oldest;
  }

  /**
   * Applies the next committed entry.
   *
   * @param header its header
   * @param body its body; not looked at for batches, which may come without one
   */
  public void apply(EntryHeader header, List<ByteBuffer> body) {
    Invariant.check(header.seq() == seq + 1, "entry %d applied after %d", header.seq(), seq);
    seq = header.seq();
    epochs.add(header.epoch(), seq);
    switch (header.kind()) {
      case BATCHES -> applyTo(header, partition -> partition.append(header, clockMs));
      case START -> applyTo(header, partition -> partition.moveStart(header.baseOffset()));
      case TOPIC -> EntryBodies.topic(EntryBodies.join(body)).forEach(this::change);
      case CONFIG -> setConfig(EntryBodies.config(EntryBodies.join(body)), seq);
      case CLOCK -> tick(EntryBodies.clock(EntryBodies.join(body)));
      case BARRIER -> {}
      case PROMISE, BASE, REPLICA, MOVED ->
          Invariant.check(false, "kind %d in the log at %d", header.kind().code(), seq);
    }
  }

  private void applyTo(EntryHeader header, Consumer<PartitionState> change) {
    PartitionState partition = partition(header.partition());
    // None: deleted since. A number that was never given would be damage.
    Invariant.check(
        header.partition() < nextNumber, "partition %d of %d", header.partition(), nextNumber);
    if (partition != null) {
      change.accept(partition);
    }
  }

  private void change(PartitionChange change) {
    PartitionInfo info = change.info();
    if (change.created()) {
      put(new PartitionState(info, 0, 0));
      return;
    }
    PartitionState gone = partition(info.number());
    if (gone != null) {
      byNumber[info.number()] = null;
      byId.remove(gone.info().id());
    }
  }

  private void tick(EntryBodies.Clock clock) {
    boolean first = clockMs == 0;
    clockMs = Math.max(clockMs, clock.clockMs());
    for (PartitionState partition : partitions()) {
      if (first) {
        partition.producers().forEach(producer -> producer.seenAt(clockMs));
      }
      partition.expire(clock.expireBeforeMs());
    }
  }

  void put(PartitionState partition) {
    int number = partition.info().number();
    if (number >= byNumber.length) {
      byNumber = Arrays.copyOf(byNumber, Math.max(2 * byNumber.length, number + 1));
    }
    byNumber[number] = partition;
    byId.put(partition.info().id(), partition);
    nextNumber = Math.max(nextNumber, number + 1);
  }

  void rename(GroupIdentity own) {
    identity = own;
  }

  void setConfig(GroupConfig newest, long atSeq) {
    config = newest;
    configSeq = atSeq;
  }

  void restore(long seq, int nextNumber, long clockMs) {
    this.seq = seq;
    this.nextNumber = nextNumber;
    this.clockMs = clockMs;
  }
}

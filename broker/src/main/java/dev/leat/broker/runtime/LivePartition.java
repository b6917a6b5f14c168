package dev.leat.broker.runtime;

import dev.leat.broker.log.AbortedTransactions;
import dev.leat.broker.log.Invariant;
import dev.leat.broker.runtime.view.GroupView;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One partition as readers and listeners see it: written by the core loop, read by any thread. */
public final class LivePartition {
  private static final Runnable[] NOBODY = {};
  private static final int ELSEWHERE = -1;

  private final GroupView group;
  private final int number;
  private final String topic;
  private final int index;
  private volatile long logStart;
  private volatile long highWatermark;
  private volatile long lastStable;
  private volatile AbortedTransactions aborted = AbortedTransactions.NONE;
  private volatile boolean deleted;
  private volatile Runnable[] waiters = NOBODY;

  /** A partition of a group that this broker does not have, or not yet as far. */
  static LivePartition elsewhere(GroupView group, String topic, int index) {
    return new LivePartition(group, ELSEWHERE, topic, index);
  }

  LivePartition(GroupView group, int number, String topic, int index) {
    this.group = group;
    this.number = number;
    this.topic = topic;
    this.index = index;
  }

  /** The group that holds it. */
  public GroupView group() {
    return group;
  }

  /** Whether it can be read and written at this broker now. */
  public boolean isLedHere() {
    return isHere() && group.leadership().here();
  }

  /** Its number within the group; -1 if it is not {@link #isHere}. */
  public int number() {
    return number;
  }

  /** Whether this broker's log holds it. */
  public boolean isHere() {
    return number != ELSEWHERE;
  }

  /** Name of its topic. */
  public String topic() {
    return topic;
  }

  /** Its number within the topic. */
  public int index() {
    return index;
  }

  /** First offset that can be read. */
  public long logStart() {
    return logStart;
  }

  /** Offset below which everything is committed. */
  public long highWatermark() {
    return highWatermark;
  }

  /** Offset below which every transaction has ended; never above {@link #highWatermark}. */
  public long lastStableOffset() {
    return Math.max(lastStable, logStart);
  }

  /** Offset up to which records are shown to who wants this. */
  public long readableEnd(Isolation isolation) {
    return isolation == Isolation.READ_COMMITTED ? lastStableOffset() : highWatermark;
  }

  /**
   * Aborted transactions with records in [{@code fromOffset}, {@code toOffset}), in the order of
   * their markers. Whoever reads up to a last stable offset must ask for it before.
   */
  public List<AbortedTransactions.Aborted> abortedTransactions(long fromOffset, long toOffset) {
    return aborted.between(fromOffset, toOffset);
  }

  /** Whether its topic is gone. */
  public boolean deleted() {
    return deleted;
  }

  /** Calls {@code waiter} after every change, on the core loop: it must not block. */
  public synchronized void subscribe(Runnable waiter) {
    Runnable[] more = Arrays.copyOf(waiters, waiters.length + 1);
    more[waiters.length] = waiter;
    waiters = more;
  }

  /** Ends {@link #subscribe}. */
  public synchronized void unsubscribe(Runnable waiter) {
    waiters = Arrays.stream(waiters).filter(other -> other != waiter).toArray(Runnable[]::new);
  }

  void advance(long newHighWatermark, long newLastStable, AbortedTransactions newAborted) {
    Invariant.check(
        newHighWatermark >= highWatermark,
        "high watermark would go back from %d to %d",
        highWatermark,
        newHighWatermark);
    // In this order: a reader that sees the one sees what comes before it.
    aborted = newAborted;
    highWatermark = newHighWatermark;
    lastStable = newLastStable;
    wake();
  }

  void startAt(long newLogStart) {
    logStart = Math.max(logStart, newLogStart);
    wake();
  }

  void delete() {
    deleted = true;
    wake();
  }

  void wake() {
    for (Runnable waiter : waiters) {
      waiter.run();
    }
  }

  @Override
  public String toString() {
    return topic + "/" + index;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}

package dev.leat.broker.journal;

import dev.leat.broker.log.Entry;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.JournalListener;
import dev.leat.broker.log.JournalSpace;
import dev.leat.broker.log.Recovery;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A journal that runs, and what it has said. */
final class JournalFixture implements AutoCloseable, JournalListener {
  static final StoreIdentity IDENTITY = new StoreIdentity(new UUID(1, 2), 0);
  private static final long DEADLINE_SECONDS = 30;

  final LmdbJournal journal;
  final List<Entry> tail = new ArrayList<>();
  final Recovery recovery;
  final Map<Long, Map<GroupId, Long>> full = new ConcurrentSkipListMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long durable;
  private long ticket;
  private Exception failure;
  private JournalSpace space = new JournalSpace.Available();

  private JournalFixture(JournalConfig config) {
    journal = LmdbJournal.open(config, IDENTITY, host());
    recovery = journal.recover();
    recovery.tail().accept(tail::add);
    journal.start(this);
  }

  static JournalHost host() {
    return new JournalHost(
        task -> Thread.ofPlatform().daemon().unstarted(task), System::nanoTime, UUID::randomUUID);
  }

  static JournalFixture open(Path directory) {
    return open(JournalConfig.of(directory, JournalConfig.MIN_SEGMENT_BYTES));
  }

  static JournalFixture open(JournalConfig config) {
    return new JournalFixture(config);
  }

  /** Appends, without waiting. */
  long append(Entry... entries) {
    ticket++;
    journal.append(List.of(entries), ticket);
    return ticket;
  }

  /** Appends, and waits until that is durable. */
  void write(Entry... entries) {
    awaitDurable(append(entries));
  }

  void awaitDurable(long wanted) {
    lock.lock();
    try {
      long left = TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
      while (durable < wanted && failure == null && left > 0) {
        left = changed.awaitNanos(left);
      }
      if (failure != null) {
        throw new AssertionError("journal failed", failure);
      }
      if (durable < wanted) {
        throw new AssertionError("ticket " + wanted + " not durable, " + durable + " is");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void onDurable(long upTo) {
    lock.lock();
    durable = upTo;
    changed.signalAll();
    lock.unlock();
  }

  @Override
  public void onFull(long segmentId, Map<GroupId, Long> lastSeqs) {
    full.put(segmentId, lastSeqs);
  }

  @Override
  public void onSpace(JournalSpace now) {
    lock.lock();
    space = now;
    changed.signalAll();
    lock.unlock();
  }

  @Override
  public void onFailure(Exception cause) {
    lock.lock();
    failure = cause;
    changed.signalAll();
    lock.unlock();
  }

  @Override
  public void close() {
    journal.close();
  }
}

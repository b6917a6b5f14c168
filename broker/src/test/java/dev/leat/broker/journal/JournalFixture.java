package dev.leat.broker.journal;

import dev.leat.api.batch.BatchFormat;
import dev.leat.broker.log.Checkpoint;
import dev.leat.broker.log.Entry;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Journal;
import dev.leat.broker.log.JournalListener;
import dev.leat.broker.log.JournalSpace;
import dev.leat.broker.log.Recovery;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

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
  private volatile Exception failure;
  private @Nullable JournalSpace space;

  private JournalFixture(JournalConfig config, JournalHost host) {
    journal = LmdbJournal.open(config, IDENTITY, host);
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
    return open(config, host());
  }

  static JournalFixture open(JournalConfig config, JournalHost host) {
    return new JournalFixture(config, host);
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

  /** Waits until a segment is sealed. */
  void awaitSealed(long segment) {
    await(
        "segment " + segment + " sealed",
        () -> journal.segments().stream().anyMatch(s -> s.id() == segment && s.sealed()));
  }

  /** Seals all full segments, with an empty checkpoint. */
  void sealAll() {
    for (long segment : List.copyOf(full.keySet())) {
      full.remove(segment);
      journal.seal(segment, new Checkpoint(Map.of()));
      awaitSealed(segment);
    }
  }

  /** Waits until nothing of a segment is found any more. */
  void awaitReleased(long segment) {
    await("segment " + segment + " released", () -> !journal.holds(segment));
  }

  /** Waits until a condition holds. */
  void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (!condition.getAsBoolean()) {
      if (failure != null) {
        throw new AssertionError("journal failed", failure);
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not in time: " + what);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  /** Copies of all batches that a read from one offset on finds, in as many reads as it takes. */
  List<ByteBuffer> read(GroupId group, int partition, long from, long to, int maxBytes) {
    List<ByteBuffer> result = new ArrayList<>();
    long next = from;
    while (next < to) {
      try (Journal.Slice slice = journal.readBatches(group, partition, next, to, maxBytes)) {
        if (slice == null) {
          return result;
        }
        for (ByteBuffer batches : slice.batches()) {
          for (int at = 0; at < batches.limit(); ) {
            int length = BatchFormat.sizeBytes(batches, at);
            result.add(ByteBuffer.allocate(length).put(batches.slice(at, length)).flip());
            at += length;
          }
        }
        next = slice.nextOffset();
      }
    }
    return result;
  }

  /** What the journal found by itself; null if nothing. */
  @Nullable JournalSpace space() {
    lock.lock();
    try {
      return space;
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

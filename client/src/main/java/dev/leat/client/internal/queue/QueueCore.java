package dev.leat.client.internal.queue;

import dev.leat.client.AcknowledgeType;
import dev.leat.client.QueueConfig;
import dev.leat.client.QueueConsumer;
import dev.leat.client.QueueRecord;
import dev.leat.client.TopicPartition;
import dev.leat.client.error.LeatErrorCode;
import dev.leat.client.error.LeatException;
import dev.leat.client.internal.admin.GroupCalls;
import dev.leat.client.internal.net.Backoff;
import dev.leat.client.internal.net.Session;
import dev.leat.client.internal.net.Waiting;
import dev.leat.v1.QueueAssignment;
import dev.leat.v1.QueueRecords;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A member of a queue: one stream to the coordinator says which partitions, others bring the
 * records of their leaders. The program's thread joins and opens streams, during its calls; events
 * of the loop are noted, and wake it.
 */
public final class QueueCore implements QueueConsumer, QueueStream.Owner {
  private static final long LOOK_MS = 100;

  private final Session session;
  private final QueueConfig config;
  private final Runnable onClosed;
  private final GroupCalls groups;
  private final QueueLinks links;
  private final Backoff backoff;
  private long nextJoinNanos = System.nanoTime();

  // Guarded by this.
  private final ArrayDeque<QueueRecord> inbox = new ArrayDeque<>();
  private final LockedRecords locked = new LockedRecords();
  private @Nullable QueueStream membership;
  private @Nullable QueueAssignment assignment;
  private boolean woken;
  private boolean closed;

  /**
   * A member that joins with its first poll.
   *
   * @param onClosed hears when it is closed
   */
  public QueueCore(Session session, QueueConfig config, Runnable onClosed) {
    this.session = session;
    this.config = config;
    this.onClosed = onClosed;
    groups = new GroupCalls(session);
    links = new QueueLinks(session, config, this);
    backoff = new Backoff(session.config());
  }

  @Override
  public List<QueueRecord> poll(Duration timeout) {
    checkOpen();
    send();
    long endNanos = System.nanoTime() + timeout.toNanos();
    while (true) {
      keepReceiving();
      synchronized (this) {
        locked.forgetOlderThan(System.nanoTime());
        long leftNanos = endNanos - System.nanoTime();
        if (!inbox.isEmpty() || woken || leftNanos <= 0) {
          woken = false;
          List<QueueRecord> records = new ArrayList<>(inbox);
          inbox.clear();
          return records;
        }
        await(Math.min(TimeUnit.NANOSECONDS.toMillis(leftNanos) + 1, LOOK_MS));
      }
    }
  }

  private void await(long ms) {
    try {
      wait(ms);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw LeatException.of(LeatErrorCode.INTERRUPTED, "interrupted while polling", e);
    }
  }

  /** Joins if need be, and receives at the present leaders of what is assigned. */
  private void keepReceiving() {
    QueueStream present;
    synchronized (this) {
      present = membership;
    }
    LeatException failure = present == null ? null : present.failure();
    if (failure != null) {
      leave();
      backOff(failure);
      present = null;
    }
    if (present == null && System.nanoTime() - nextJoinNanos >= 0) {
      join();
    }
    QueueAssignment now;
    synchronized (this) {
      now = assignment;
    }
    if (now != null) {
      backoff.reset();
      links.follow(now);
    }
  }

  private void join() {
    try {
      String address = groups.locate(config.group());
      QueueStream begun = new QueueStream(session.channels().to(address), address, this);
      synchronized (this) {
        membership = begun;
      }
      begun.start(QueueLinks.join(config));
    } catch (LeatException e) {
      backOff(e);
    }
  }

  private void backOff(LeatException failure) {
    if (!failure.isRetriable() && failure.code() != LeatErrorCode.NOT_LEADER) {
      throw failure;
    }
    nextJoinNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(backoff.nextMs());
  }

  /** The membership is over; what was locked for it is released by the brokers. */
  private void leave() {
    QueueStream left;
    synchronized (this) {
      left = membership;
      membership = null;
      assignment = null;
      inbox.clear();
    }
    links.end();
    if (left != null) {
      left.end();
    }
  }

  @Override
  public void acknowledge(QueueRecord record, AcknowledgeType type) {
    checkOpen();
    boolean known;
    synchronized (this) {
      known = locked.acknowledge(record, type);
    }
    if (!known) {
      throw LeatException.of(
          LeatErrorCode.INVALID_REQUEST,
          "record %d of %s is not locked for this member: it was acknowledged, or its time is up"
              .formatted(record.record().offset(), record.record().topicPartition()));
    }
  }

  private List<CompletableFuture<Void>> send() {
    List<CompletableFuture<Void>> answers = new ArrayList<>();
    synchronized (this) {
      locked.takeUnsent().forEach((stream, all) -> answers.add(stream.acknowledge(all)));
    }
    return answers;
  }

  @Override
  public void commit() {
    checkOpen();
    for (CompletableFuture<Void> answer : send()) {
      Waiting.on(
          answer,
          session.config().requestTimeout(),
          "the answer to acknowledgements of group " + config.group(),
          session);
    }
  }

  @Override
  public synchronized void wakeup() {
    woken = true;
    notifyAll();
  }

  @Override
  public synchronized void onAssignment(QueueStream from, QueueAssignment next) {
    if (from == membership) {
      assignment = next;
      notifyAll();
    }
  }

  @Override
  public synchronized void onRecords(QueueStream from, QueueRecords received) {
    long untilNanos =
        System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(received.getLockTimeoutMs());
    for (QueueRecord record : ReceivedRecords.of(received)) {
      locked.add(record, from, untilNanos);
      inbox.add(record);
    }
    notifyAll();
  }

  @Override
  public void onEnded(QueueStream from, TopicPartition partition, LeatException reason) {
    links.onEnded(from, partition);
  }

  @Override
  public synchronized void onClosed(QueueStream stream) {
    locked.forget(stream);
    notifyAll();
  }

  private synchronized void checkOpen() {
    if (closed) {
      throw LeatException.of(LeatErrorCode.CLOSED, "the member is closed");
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
    }
    try {
      commit();
    } catch (LeatException e) {
      // Those records are handed out again.
      if (e.code() == LeatErrorCode.INTERRUPTED) {
        throw e;
      }
    } finally {
      synchronized (this) {
        closed = true;
      }
      leave();
      onClosed.run();
    }
  }
}

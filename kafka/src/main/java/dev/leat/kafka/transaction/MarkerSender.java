package dev.leat.kafka.transaction;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.CoordinatorLoadInProgressException;
import org.apache.kafka.common.errors.NotCoordinatorException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.util.timer.Timer;
import org.apache.kafka.server.util.timer.TimerTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what is decided: writes the marker into each partition of a transaction, again and
 * again until it is there, and then says that the transaction is complete. Who stops being
 * coordinator stops here; its successor finds the decision in the log and goes on.
 *
 * <p>Memory: the transactions that are decided and not complete.
 */
final class MarkerSender implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MarkerSender.class);

  private static final long FIRST_BACKOFF_MS = 20;
  private static final long MAX_BACKOFF_MS = 1_000;

  /** A topic that is not known for so long is deleted, and not only unknown to this broker yet. */
  private static final long UNKNOWN_TOPIC_MS = 30_000;

  private final MarkerTarget target;
  private final Timer timer;
  private final Function<Transaction, CompletionStage<Void>> complete;
  private final ConcurrentMap<Key, Sending> sendings = new ConcurrentHashMap<>();
  private final long startedMs = Time.SYSTEM.milliseconds();
  private volatile boolean closed;

  private record Key(String id, long producerId, short epoch, int coordinatorEpoch) {}

  /** Where markers are written. */
  interface MarkerTarget {
    /**
     * Writes a marker into partitions. {@code answer} is called once for each, from any thread:
     * when it is on disk at a quorum, or with the reason why it is not.
     */
    void write(
        Set<TopicPartition> partitions, Marker marker, BiConsumer<TopicPartition, Errors> answer);
  }

  /**
   * Sends nothing yet.
   *
   * @param complete notes that a transaction is complete
   */
  MarkerSender(
      MarkerTarget target, Timer timer, Function<Transaction, CompletionStage<Void>> complete) {
    this.target = target;
    this.timer = timer;
    this.complete = complete;
  }

  /** Carries out a decision; one that is being carried out already goes on as it is. */
  void send(Transaction decided, int coordinatorEpoch) {
    Key key = new Key(decided.id(), decided.producerId(), decided.epoch(), coordinatorEpoch);
    Sending sending = new Sending(key, decided, Marker.of(decided, coordinatorEpoch));
    if (sendings.putIfAbsent(key, sending) == null) {
      sending.step();
    }
  }

  /** Another coordinator carries out what lies in this partition of the state topic. */
  void forget(int partition) {
    sendings.keySet().removeIf(key -> TransactionCoordinator.partitionFor(key.id()) == partition);
  }

  @Override
  public void close() {
    closed = true;
    sendings.clear();
  }

  /** One decision. Its steps do not overlap. */
  private final class Sending {
    private final Key key;
    private final Transaction decided;
    private final Marker marker;
    private final Set<TopicPartition> open;
    private int waiting;
    private long backoffMs = FIRST_BACKOFF_MS;

    Sending(Key key, Transaction decided, Marker marker) {
      this.key = key;
      this.decided = decided;
      this.marker = marker;
      this.open = new HashSet<>(decided.partitions());
    }

    /** Writes what is still open. */
    void step() {
      Set<TopicPartition> now;
      synchronized (this) {
        now = Set.copyOf(open);
        waiting = now.size();
      }
      if (!isCurrent()) {
        return;
      }
      if (now.isEmpty()) {
        finish();
        return;
      }
      target.write(now, marker, this::answered);
    }

    private void answered(TopicPartition partition, Errors error) {
      boolean abandoned = false;
      boolean last;
      synchronized (this) {
        switch (error) {
          case NONE -> open.remove(partition);
          case TRANSACTION_COORDINATOR_FENCED -> abandoned = true;
          case INVALID_PRODUCER_EPOCH, PRODUCER_FENCED -> {
            LOG.warn(
                "{} is beyond epoch {} of {} already", partition, marker.epoch(), decided.id());
            open.remove(partition);
          }
          case UNKNOWN_TOPIC_OR_PARTITION -> {
            if (Time.SYSTEM.milliseconds() - startedMs > UNKNOWN_TOPIC_MS) {
              LOG.info(
                  "{} is gone: the transaction of {} ends without it", partition, decided.id());
              open.remove(partition);
            }
          }
          default -> LOG.debug("no marker in {} yet: {}", partition, error);
        }
        last = --waiting == 0;
      }
      if (abandoned) {
        sendings.remove(key, this);
      } else if (last) {
        next();
      }
    }

    private void next() {
      boolean done;
      synchronized (this) {
        done = open.isEmpty();
      }
      if (done) {
        finish();
      } else {
        later(this::step);
      }
    }

    private void finish() {
      complete
          .apply(decided)
          .whenComplete(
              (done, failure) -> {
                Throwable cause = failure == null ? null : causeOf(failure);
                boolean retry =
                    cause != null
                        && !(cause instanceof NotCoordinatorException)
                        && !(cause instanceof CoordinatorLoadInProgressException);
                if (retry) {
                  LOG.debug(
                      "the end of the transaction of {} is not noted yet", decided.id(), cause);
                  later(this::finish);
                } else {
                  sendings.remove(key, this);
                }
              });
    }

    private void later(Runnable action) {
      long delayMs = backoffMs;
      backoffMs = Math.min(MAX_BACKOFF_MS, 2 * backoffMs);
      if (isCurrent()) {
        timer.add(
            new TimerTask(delayMs) {
              @Override
              public void run() {
                if (isCurrent()) {
                  action.run();
                }
              }
            });
      }
    }

    private boolean isCurrent() {
      return !closed && sendings.get(key) == this;
    }
  }

  private static Throwable causeOf(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }
}

package dev.leat.kafka.coordinator;

import dev.leat.broker.runtime.BrokerApi;
import dev.leat.broker.runtime.thread.LoopThreads;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.server.util.timer.SystemTimer;
import org.apache.kafka.server.util.timer.SystemTimerReaper;
import org.apache.kafka.server.util.timer.Timer;
import org.jspecify.annotations.Nullable;

/**
 * What all coordinators of a broker share: the thread on which they start, are elected and hear of
 * metadata; and a timer. Both are made when they are needed first.
 */
public final class CoordinatorSurroundings implements AutoCloseable {
  private static final int STOP_TIMEOUT_S = 5;

  private final int brokerId;
  private final BrokerApi broker;
  private final InternalTopics topics;
  private final ExecutorService executor =
      Executors.newSingleThreadExecutor(LoopThreads.named("coordinator"));
  private @Nullable Timer timer;

  /** For one broker. */
  public CoordinatorSurroundings(int brokerId, BrokerApi broker) {
    this.brokerId = brokerId;
    this.broker = broker;
    this.topics = new InternalTopics(broker);
  }

  /** Number of this broker. */
  public int brokerId() {
    return brokerId;
  }

  /** The broker. */
  public BrokerApi broker() {
    return broker;
  }

  /** Where coordinators keep their state. */
  public InternalTopics topics() {
    return topics;
  }

  /** Runs one thing after the other, which may wait. Once it is closed, nothing any more. */
  public Executor executor() {
    return task -> {
      try {
        executor.execute(task);
      } catch (RejectedExecutionException stopping) {
        // Elections and metadata are of no interest to coordinators that stop.
      }
    };
  }

  /** The timer that all coordinators share. */
  public synchronized Timer timer() {
    if (timer == null) {
      timer = new SystemTimerReaper("coordinator-reaper", new SystemTimer("coordinator-timer"));
    }
    return timer;
  }

  @Override
  public synchronized void close() {
    executor.shutdown();
    try {
      executor.awaitTermination(STOP_TIMEOUT_S, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Utils.closeQuietly(timer, "timer of the coordinators");
  }
}

package dev.leat.bench.failover;

import dev.leat.bench.load.Sender;
import dev.leat.bench.process.MeasurementException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * Sends records at a fixed rate to the partitions of a topic in turn, and notes for each partition
 * the longest time between two acknowledgements.
 */
final class GapLoad implements Sender.Outcome, AutoCloseable {
  /** Records in a second, over all partitions. */
  static final int RATE = 2_000;

  private static final int VALUE_BYTES = 1024;

  private final LongestGaps gaps;
  private final int partitions;
  private final AtomicLong failed = new AtomicLong();
  private final Sender sender;
  private final Thread thread;
  private volatile boolean closed;

  GapLoad(int partitions, Function<Sender.Outcome, Sender> client) {
    this.partitions = partitions;
    gaps = new LongestGaps(partitions);
    sender = client.apply(this);
    thread = Thread.ofPlatform().name("gap-load").start(this::run);
  }

  private void run() {
    byte[] value = new byte[VALUE_BYTES];
    long interval = Duration.ofSeconds(1).toNanos() / RATE;
    long due = System.nanoTime();
    for (int partition = 0; !closed; partition = (partition + 1) % partitions) {
      LockSupport.parkNanos(due - System.nanoTime());
      sender.send(Trio.TOPIC, partition, value);
      due += interval;
    }
  }

  @Override
  public void acknowledged(int partition) {
    gaps.note(partition);
  }

  @Override
  public void failed(String reason) {
    failed.incrementAndGet();
  }

  /** Records that were given up so far. */
  long failures() {
    return failed.get();
  }

  /** Forgets the gaps so far. */
  void begin() {
    gaps.begin();
  }

  /**
   * Waits until every partition has been acknowledged after this moment, and a while longer.
   *
   * @return longest gap of each partition since {@link #begin}, ms
   */
  double[] end(Duration limit, Duration rest) {
    return gaps.end("acknowledgements of all partitions", limit, rest);
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MeasurementException("interrupted", e);
    }
    sender.close();
  }
}

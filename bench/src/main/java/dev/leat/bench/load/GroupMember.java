package dev.leat.bench.load;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * A member of a consumer group of one topic that reads nothing: it says what Kafka's consumer would
 * say, when that would say it, on a connection of its own. A consumer of Kafka needs threads and
 * megabytes; three thousand of them do not fit beside a broker.
 */
abstract class GroupMember implements Runnable {
  /** Kafka's max.poll.interval.ms. */
  static final int REBALANCE_TIMEOUT_MS = 300_000;

  /** Kafka's retry.backoff.ms. */
  static final int RETRY_MS = 100;

  /** More would overflow what Kafka keeps of connections that it has not accepted yet. */
  private static final Semaphore CONNECTING = new Semaphore(16);

  private final Plan plan;
  private final String group;
  private volatile Set<Integer> owned = Set.of();
  private volatile long joinedNanos;

  GroupMember(Plan plan, String group) {
    this.plan = plan;
    this.group = group;
  }

  /**
   * What all members share.
   *
   * @param bootstrap the only broker
   * @param topic that all subscribe to
   * @param partitions of it
   * @param connected counted down by each member that waits for the start
   * @param start when members join
   * @param beats heartbeats so far
   * @param fenced how often a member was thrown out
   */
  record Plan(
      String bootstrap,
      String topic,
      int partitions,
      CountDownLatch connected,
      CountDownLatch start,
      LongAdder beats,
      LongAdder fenced) {}

  /** What all members share. */
  final Plan plan() {
    return plan;
  }

  /** Its group. */
  final String group() {
    return group;
  }

  /** Partitions that it has. */
  final Set<Integer> owned() {
    return owned;
  }

  /** It has these partitions, and no others. */
  final void own(Set<Integer> partitions) {
    owned = partitions;
  }

  /** When it began to join. */
  final long joinedNanos() {
    return joinedNanos;
  }

  @Override
  public final void run() {
    try (KafkaConnection connection = connect()) {
      plan.connected().countDown();
      plan.start().await();
      joinedNanos = System.nanoTime();
      while (true) {
        long begin = System.nanoTime();
        long next = begin + TimeUnit.MILLISECONDS.toNanos(step(connection));
        TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
      }
    } catch (IOException e) {
      System.err.println("a member of " + group + " failed: " + e);
      System.exit(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Says what is next.
   *
   * @return when the next step is due, ms after this one began
   */
  abstract long step(KafkaConnection connection) throws IOException;

  private KafkaConnection connect() throws IOException, InterruptedException {
    CONNECTING.acquire();
    try {
      return new KafkaConnection(plan.bootstrap());
    } finally {
      CONNECTING.release();
    }
  }
}

package dev.leat.bench.load;

import java.time.Duration;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Sends records to many topics in turn, as fast as it goes, and prints how many were acknowledged
 * in a second. A program of its own, so that it shares no heap with what measures.
 */
public final class SpreadLoad implements Sender.Outcome {
  private static final int VALUE_BYTES = 1024;

  private static final Duration KAFKA_LINGER = Duration.ofMillis(20);

  /** Different values. */
  private static final int VALUES = 1000;

  /** For the first record of each partition. */
  private static final long FIRST_LIMIT_NS = TimeUnit.SECONDS.toNanos(120);

  private final LongAdder acknowledged = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final byte[][] values = values();
  private volatile String firstFailure = "";

  private SpreadLoad() {}

  /**
   * What to send.
   *
   * @param prefix of the names of topics: {@code PREFIX-0} and so on
   * @param topics number of topics
   * @param partitions of each topic
   * @param roundRobin each record goes to the next partition; else the client chooses
   * @param warmUpSeconds left out
   * @param seconds counted
   */
  private record Plan(
      String prefix,
      int topics,
      int partitions,
      boolean roundRobin,
      int warmUpSeconds,
      int seconds) {

    String topic(long record) {
      return prefix + "-" + record % topics;
    }

    int partition(long record) {
      return roundRobin ? inTurn(record) : Sender.ANY_PARTITION;
    }

    int inTurn(long record) {
      return (int) (record / topics % partitions);
    }
  }

  /**
   * Arguments: kafka|leat BOOTSTRAP PREFIX TOPICS PARTITIONS each|any WARM-UP-SECONDS SECONDS.
   * Prints {@code acknowledged N records/s}.
   */
  public static void main(String[] arguments) throws InterruptedException {
    Plan plan =
        new Plan(
            arguments[2],
            Integer.parseInt(arguments[3]),
            Integer.parseInt(arguments[4]),
            arguments[5].equals("each"),
            Integer.parseInt(arguments[6]),
            Integer.parseInt(arguments[7]));
    SpreadLoad load = new SpreadLoad();
    double rate;
    try (Sender sender = load.sender(arguments[0], arguments[1])) {
      load.sendFirst(plan, sender);
      rate = load.run(plan, sender);
    }
    if (load.failed.sum() > 0) {
      System.err.println(load.failed.sum() + " records failed, first: " + load.firstFailure);
      System.exit(1);
    }
    System.out.printf(Locale.ROOT, "acknowledged %.1f records/s%n", rate);
  }

  @Override
  public void acknowledged(int partition) {
    acknowledged.increment();
  }

  @Override
  public void failed(String reason) {
    failed.increment();
    firstFailure = firstFailure.isEmpty() ? reason : firstFailure;
  }

  private Sender sender(String product, String bootstrap) {
    return switch (product) {
      case "kafka" -> Sender.kafka(bootstrap, KAFKA_LINGER, this);
      case "leat" -> Sender.leat(bootstrap, this);
      default -> throw new IllegalArgumentException("no client for " + product);
    };
  }

  /** One record to each partition: clients learn all topics, and servers open all files. */
  private void sendFirst(Plan plan, Sender sender) throws InterruptedException {
    long end = System.nanoTime() + FIRST_LIMIT_NS;
    long all = (long) plan.topics() * plan.partitions();
    for (long i = 0; i < all; i++) {
      sender.send(plan.topic(i), plan.inTurn(i), values[0]);
    }
    while (acknowledged.sum() + failed.sum() < all && System.nanoTime() - end < 0) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  private double run(Plan plan, Sender sender) {
    long start = System.nanoTime() + TimeUnit.SECONDS.toNanos(plan.warmUpSeconds());
    long record = send(plan, sender, 0, start);
    long atStart = acknowledged.sum();
    start = System.nanoTime();
    send(plan, sender, record, start + TimeUnit.SECONDS.toNanos(plan.seconds()));
    return (acknowledged.sum() - atStart) / ((System.nanoTime() - start) / 1e9);
  }

  /** Sends until then; returns the number of the next record. */
  private long send(Plan plan, Sender sender, long from, long end) {
    String[] topics = new String[plan.topics()];
    for (int i = 0; i < topics.length; i++) {
      topics[i] = plan.topic(i);
    }
    long record = from;
    while (System.nanoTime() - end < 0) {
      sender.send(
          topics[(int) (record % topics.length)],
          plan.partition(record),
          values[(int) (record % values.length)]);
      record++;
    }
    return record;
  }

  private static byte[][] values() {
    Random random = new Random(1);
    byte[][] values = new byte[VALUES][VALUE_BYTES];
    for (byte[] value : values) {
      random.nextBytes(value);
    }
    return values;
  }
}

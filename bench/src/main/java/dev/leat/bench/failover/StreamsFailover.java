package dev.leat.bench.failover;

import dev.leat.bench.lab.Lab;
import dev.leat.bench.peer.KafkaAdmin;
import dev.leat.bench.process.Await;
import dev.leat.bench.process.Child;
import dev.leat.bench.process.MeasurementException;
import dev.leat.bench.program.TextFeed;
import dev.leat.bench.program.WordCountJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * A word count of Kafka Streams, exactly once, on three brokers of which one is killed: how long
 * nothing new can be read of a partition of its output.
 */
public final class StreamsFailover {
  /** Lines in a second: far from what the job can do. */
  private static final int RATE = 500;

  private static final Duration START_LIMIT = Duration.ofMinutes(3);
  private static final Duration WELL_LIMIT = Duration.ofMinutes(3);
  private static final Duration FLOW_LIMIT = Duration.ofMinutes(3);

  /** For an undisturbed run, before each kill, and for what comes late after it. */
  private static final Duration REST = Duration.ofSeconds(5);

  private final Trio trio;
  private final Child job;
  private final LongestGaps gaps = new LongestGaps(WordCountJob.PARTITIONS);

  private StreamsFailover(Trio trio, Child job) {
    this.trio = trio;
    this.job = job;
  }

  /**
   * Medians over some rounds, ms.
   *
   * @param quiet longest gap while nothing happens
   * @param killed longest gap when a broker is killed
   */
  public record Result(double quiet, double killed) {}

  /** Starts the job on a running cluster, and kills in it. */
  public static Result measure(Lab lab, Trio trio) {
    try (KafkaAdmin admin = new KafkaAdmin(trio.kafkaBootstrap())) {
      WordCountJob.createTopics(admin);
    }
    Child job = WordCountJob.start(lab, trio.kafkaBootstrap(), WordCountJob.Guarantee.EXACTLY_ONCE);
    StreamsFailover run = new StreamsFailover(trio, job);
    String bootstrap = trio.kafkaBootstrap();
    try (TextFeed feed = new TextFeed(lab, bootstrap);
        Repeat sending = new Repeat("feed", run.sender(feed));
        TopicTail tail = new TopicTail(bootstrap, WordCountJob.COUNTS, run.gaps::note);
        Repeat reading = new Repeat("tail", tail::poll)) {
      return run.rounds(lab.scale().slowFaults());
    } finally {
      job.kill();
    }
  }

  private Runnable sender(TextFeed feed) {
    long begin = System.nanoTime();
    long interval = Duration.ofSeconds(1).toNanos() / RATE;
    long[] next = new long[1];
    return () -> {
      LockSupport.parkNanos(begin + next[0] * interval - System.nanoTime());
      feed.send(WordCountJob.LINES, next[0]++);
    };
  }

  private Result rounds(int rounds) {
    gaps.end("output of the job in all partitions: see " + job.log(), START_LIMIT, REST);
    List<Double> quiet = new ArrayList<>();
    List<Double> killed = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      Await.until("a well cluster", WELL_LIMIT, trio::isWell);
      flow();
      gaps.begin();
      Await.pause(REST);
      quiet.add(flow());
      killed.add(kill());
      System.err.printf(
          Locale.ROOT,
          "bench:     kill -9 under the job: %.0f ms, before it %.0f ms%n",
          killed.getLast(),
          quiet.getLast());
      if (!job.alive()) {
        throw new MeasurementException("the job has ended: see " + job.log());
      }
    }
    return new Result(median(quiet), median(killed));
  }

  private double kill() {
    int controller = trio.controller();
    int victim =
        trio.leaders().stream()
            .filter(leader -> leader >= 0 && leader != controller)
            .findFirst()
            .orElseThrow();
    long pid = trio.pid(victim);
    gaps.begin();
    Signal.KILL.send(pid);
    try {
      return flow();
    } finally {
      trio.restart(victim);
    }
  }

  /** Longest gap of any partition, once all flow. */
  private double flow() {
    return Arrays.stream(gaps.end("output of the job in all partitions", FLOW_LIMIT, REST))
        .max()
        .orElseThrow();
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}

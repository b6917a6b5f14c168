package dev.leat.bench.program;

import dev.leat.bench.lab.Lab;
import dev.leat.bench.peer.KafkaAdmin;
import dev.leat.bench.process.Child;
import dev.leat.bench.process.MeasurementException;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The copy of a topic that {@code ecosystem/flink} makes exactly once, a checkpoint each 0.5 s. */
public final class CopyJob {
  private static final String SOURCE = "bench-flink-source";
  private static final String TARGET = "bench-flink-target";
  private static final int PARTITIONS = 2;
  private static final Pattern CHECKPOINT = Pattern.compile("checkpointDuration=(\\d+) ms");

  /** What Flink wants of a JVM, and that it says how long checkpoints take. */
  private static final List<String> OPTIONS =
      List.of(
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/java.util=ALL-UNNAMED",
          "-Dorg.slf4j.simpleLogger.log.org.apache.flink.runtime.checkpoint.CheckpointCoordinator"
              + "=info");

  private CopyJob() {}

  /**
   * What it reached.
   *
   * @param perSecond records that were committed
   * @param checkpointMs how long a checkpoint took, p50
   */
  public record Result(double perSecond, double checkpointMs) {}

  /** Copies lines that wait for it. */
  public static Result measure(Lab lab, String bootstrap) {
    long lines = lab.scale().consumedRecords();
    try (KafkaAdmin admin = new KafkaAdmin(bootstrap)) {
      admin.create(List.of(SOURCE, TARGET), PARTITIONS, Map.of());
      try (TextFeed feed = new TextFeed(lab, bootstrap)) {
        feed.fill(SOURCE, lines);
      }
      lab.settle();
      Child job =
          new Program(
                  "flink",
                  OPTIONS,
                  lab.installation().flinkPath(),
                  "dev.leat.ecosystem.flink.CopyJob")
              .start(
                  lab, List.of(bootstrap, SOURCE, TARGET, lab.directory("checkpoints").toString()));
      try {
        double rate =
            new Progress(job, () -> admin.committed(TARGET), lines).perSecond(lab.scale());
        return new Result(rate, median(checkpoints(job)));
      } finally {
        job.kill();
      }
    }
  }

  private static List<Double> checkpoints(Child job) {
    List<Double> all =
        job.lines().stream()
            .flatMap(line -> CHECKPOINT.matcher(line).results())
            .map((MatchResult match) -> Double.valueOf(match.group(1)))
            .toList();
    if (all.isEmpty()) {
      throw new MeasurementException("Flink completed no checkpoint: see " + job.log());
    }
    // The first ones are of a job that warms up.
    return all.subList(all.size() / 2, all.size());
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}

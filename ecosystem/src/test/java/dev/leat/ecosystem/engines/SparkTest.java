package dev.leat.ecosystem.engines;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.ecosystem.lab.Child;
import dev.leat.ecosystem.lab.Cluster;
import dev.leat.ecosystem.lab.Jvm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A job of Spark that counts words, and counts on from its checkpoint. Its sink may write a count
 * twice, as Spark promises no more; the counts themselves are exact.
 */
@Tag("full")
@Timeout(400)
class SparkTest {
  private static final String EACH_LINE = "line";

  /** What spark-submit opens. */
  private static final List<String> OPENED =
      JobRun.opened(
          "java.lang",
          "java.lang.invoke",
          "java.lang.reflect",
          "java.io",
          "java.net",
          "java.nio",
          "java.util",
          "java.util.concurrent",
          "java.util.concurrent.atomic",
          "jdk.internal.ref",
          "sun.nio.ch",
          "sun.nio.cs",
          "sun.security.action",
          "sun.util.calendar");

  @Test
  void shouldCountOnFromItsCheckpoint() throws Exception {
    Path directory = Cluster.directory("spark");
    Jvm jvm = jvm();
    try (Cluster cluster = Cluster.start("spark-brokers")) {
      List<String> arguments =
          List.of(
              cluster.bootstrap(),
              JobRun.SOURCE,
              JobRun.TARGET,
              directory.resolve("checkpoint").toString());
      JobRun run =
          new JobRun(
              cluster,
              () ->
                  Child.java(
                      directory, "spark", jvm, "dev.leat.ecosystem.spark.WordCountJob", arguments),
              SparkTest::lines);

      Map<String, Long> counts = counts(run.run());

      assertThat(counts).containsEntry(EACH_LINE, (long) JobRun.LINES);
      assertThat(counts).hasSize(JobRun.LINES + 1);
      counts.remove(EACH_LINE);
      assertThat(counts.values()).containsOnly(1L);
    }
  }

  private static Jvm jvm() throws IOException {
    List<String> options = new ArrayList<>(OPENED);
    options.addAll(List.of("-Xmx1g", "--add-modules=jdk.incubator.vector"));
    return JobRun.jvm("spark", options);
  }

  /** Counts of one batch are not written at once: of each line, both words must be there. */
  private static long lines(List<ConsumerRecord<String, String>> target) {
    Map<String, Long> counts = counts(target);
    return Math.min(counts.getOrDefault(EACH_LINE, 0L), counts.size() - 1);
  }

  /** The highest count of each word. */
  private static Map<String, Long> counts(List<ConsumerRecord<String, String>> target) {
    Map<String, Long> counts = new HashMap<>();
    target.forEach(record -> counts.merge(record.key(), Long.valueOf(record.value()), Math::max));
    return counts;
  }
}

package dev.leat.ecosystem.engines;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.ecosystem.lab.Child;
import dev.leat.ecosystem.lab.Cluster;
import dev.leat.ecosystem.lab.Jvm;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A topology of Storm that copies a topic at least once, and goes on from what it committed. */
@Tag("full")
@Timeout(400)
class StormTest {
  @Test
  void shouldLoseNothing() throws Exception {
    Path directory = Cluster.directory("storm");
    Jvm jvm = JobRun.jvm("storm", List.of("-Xmx1g"));
    try (Cluster cluster = Cluster.start("storm-brokers")) {
      List<String> arguments = List.of(cluster.bootstrap(), JobRun.SOURCE, JobRun.TARGET);
      JobRun run =
          new JobRun(
              cluster,
              () ->
                  Child.java(
                      directory, "storm", jvm, "dev.leat.ecosystem.storm.CopyTopology", arguments),
              target -> values(target).size());

      Set<String> copied = values(run.run());

      assertThat(copied)
          .isEqualTo(
              JobRun.lines(0, JobRun.LINES)
                  .map(line -> line.toUpperCase(Locale.ROOT))
                  .collect(Collectors.toSet()));
    }
  }

  private static Set<String> values(List<ConsumerRecord<String, String>> target) {
    return target.stream().map(ConsumerRecord::value).collect(Collectors.toSet());
  }
}

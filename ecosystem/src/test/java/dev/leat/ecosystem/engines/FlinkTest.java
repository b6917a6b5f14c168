package dev.leat.ecosystem.engines;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.ecosystem.lab.Child;
import dev.leat.ecosystem.lab.Cluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A job of Flink that copies a topic exactly once, and goes on from its last checkpoint. */
@Tag("full")
@Timeout(300)
class FlinkTest {
  /** What Flink's own scripts open. */
  private static final List<String> OPTIONS =
      JobRun.opened(
          "java.lang",
          "java.lang.reflect",
          "java.net",
          "java.io",
          "java.nio",
          "java.text",
          "java.time",
          "java.util",
          "java.util.concurrent",
          "java.util.concurrent.atomic",
          "java.util.concurrent.locks");

  @Test
  void shouldCopyExactlyOnce() throws Exception {
    Path directory = Cluster.directory("flink");
    Path checkpoints = Files.createDirectories(directory.resolve("checkpoints"));
    try (Cluster cluster = Cluster.start("flink-brokers")) {
      JobRun run = new JobRun(cluster, () -> job(directory, cluster, checkpoints), List::size);

      List<String> copied = new ArrayList<>(run.run().stream().map(ConsumerRecord::value).toList());

      copied.sort(Comparator.naturalOrder());
      assertThat(copied)
          .isEqualTo(
              JobRun.lines(0, JobRun.LINES).map(line -> line.toUpperCase(Locale.ROOT)).toList());
    }
  }

  private static Child job(Path directory, Cluster cluster, Path checkpoints) throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(
        List.of(cluster.bootstrap(), JobRun.SOURCE, JobRun.TARGET, checkpoints.toString()));
    newest(checkpoints).map(Path::toString).ifPresent(arguments::add);
    return Child.java(
        directory,
        "flink",
        JobRun.jvm("flink", OPTIONS),
        "dev.leat.ecosystem.flink.CopyJob",
        arguments);
  }

  /** The newest complete checkpoint; there is one as soon as anything is committed. */
  private static Optional<Path> newest(Path checkpoints) throws IOException {
    try (Stream<Path> files = Files.walk(checkpoints)) {
      return files
          .filter(file -> file.getFileName().toString().equals("_metadata"))
          .max(Comparator.comparing(FlinkTest::modified))
          .map(Path::getParent);
    }
  }

  private static FileTime modified(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      return FileTime.fromMillis(0);
    }
  }
}

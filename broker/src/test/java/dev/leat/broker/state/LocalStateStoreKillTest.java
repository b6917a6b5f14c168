package dev.leat.broker.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.control.StoreOutcome;
import dev.leat.crds.Kind;
import dev.leat.crds.Topic;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a process that writes, again and again on one directory, and compares. */
class LocalStateStoreKillTest {
  private static final int MAX_LINES = 500;

  @TempDir Path directory;

  @Test
  void shouldKeepWhatAKilledProcessAcknowledged() throws Exception {
    killRounds(1, 11);
  }

  @Test
  @Tag("slow")
  void shouldKeepWhatAKilledProcessAcknowledgedManyTimes() throws Exception {
    killRounds(50, 12);
  }

  private void killRounds(int rounds, long seed) throws Exception {
    Random random = new Random(seed);
    Map<String, Long> acknowledged = new TreeMap<>();
    for (int round = 0; round < rounds; round++) {
      // Killed twice in a row, so that the second process starts from what the first one left.
      acknowledged.putAll(runAndKill(1 + random.nextInt(MAX_LINES)));
      acknowledged.putAll(runAndKill(1 + random.nextInt(MAX_LINES)));

      Map<String, Long> found = read();

      // Two more may have been written: one whose line was cut off, and one without a line.
      acknowledged.forEach(
          (name, count) -> assertThat(found.get(name)).as(name).isBetween(count, count + 2));
    }
  }

  private Map<String, Long> runAndKill(int lines) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                KillVictim.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    StringBuilder output = new StringBuilder();
    try (InputStream input = process.getInputStream()) {
      int read = 0;
      for (int next = input.read(); next >= 0; next = input.read()) {
        output.append((char) next);
        read += next == '\n' ? 1 : 0;
        if (read == lines) {
          // Unlike that of Process, this one leaves the output open.
          process.toHandle().destroyForcibly();
        }
      }
      assertThat(read).as("lines before the process ended").isGreaterThanOrEqualTo(lines);
    } finally {
      process.destroyForcibly();
      process.waitFor();
    }
    return parse(output.substring(0, output.lastIndexOf("\n")));
  }

  private static Map<String, Long> parse(String lines) {
    Map<String, Long> counts = new TreeMap<>();
    for (String line : lines.split("\n", -1)) {
      String[] words = line.split(" ", 2);
      counts.merge(words[0], Long.parseLong(words[1]), Math::max);
    }
    return counts;
  }

  private Map<String, Long> read() throws IOException {
    LocalStateStore store = LocalStateStore.open(directory, TestContext.on(Runnable::run));
    StoreOutcome<List<Topic>> topics = store.list(Kind.TOPIC).toCompletableFuture().join();
    Map<String, Long> found = new TreeMap<>();
    ((StoreOutcome.Ok<List<Topic>>) topics)
        .value()
        .forEach(topic -> found.put(topic.metadata().name(), topic.status().observedGeneration()));
    store.close();
    return found;
  }
}

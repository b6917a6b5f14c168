package dev.leat.broker.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.leat.v1.PartitionRecords;
import dev.leat.v1.Record;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is measured is explained in docs/METRICS.md, and stays bounded. */
class MetricsTest {
  private static final Path DOCUMENT = Path.of("../docs/METRICS.md");
  private static final Pattern EXPLAINED = Pattern.compile("`(leat_[a-z_]+)[`{]");
  private static final Pattern SERVED =
      Pattern.compile("^# TYPE (leat_[a-z_]+) ", Pattern.MULTILINE);

  @TempDir Path directory;

  @Test
  void shouldBeExplained() throws Exception {
    try (RunningBroker running = new RunningBroker(directory)) {
      running.produceOne(record("nowhere", 0));
      Set<String> served = names(SERVED, running.metrics());

      // Those of histograms are explained together.
      assertThat(served.stream().filter(name -> !name.endsWith("_seconds_max")))
          .containsExactlyInAnyOrderElementsOf(explained());
    }
  }

  private static Set<String> explained() throws IOException {
    return Files.readAllLines(DOCUMENT).stream()
        .filter(line -> line.startsWith("| `leat_"))
        .flatMap(line -> names(EXPLAINED, line.split("\\|")[1]).stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> names(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(result -> result.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void shouldNotGrowWithTopicsAndPartitions() throws Exception {
    try (RunningBroker running = new RunningBroker(directory)) {
      running.createTopic("first", 1);
      running.produceOne(record("first", 0));
      long before = series(running);

      for (int topic = 0; topic < 10; topic++) {
        running.createTopic("topic-" + topic, 20);
        running.produceOne(record("topic-" + topic, topic));
      }

      assertThat(series(running)).isEqualTo(before);
    }
  }

  private static long series(RunningBroker running) {
    return running.metrics().lines().filter(line -> line.startsWith("leat_")).count();
  }

  private static PartitionRecords record(String topic, int partition) {
    return PartitionRecords.newBuilder()
        .setTopic(topic)
        .setPartition(partition)
        .addRecords(Record.newBuilder().setValue(ByteString.copyFromUtf8("x")))
        .build();
  }
}

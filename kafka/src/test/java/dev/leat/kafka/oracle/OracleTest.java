package dev.leat.kafka.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.kafka.RunningBroker;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Leat answers as Apache Kafka 4.4.0 did when its answers were recorded, but for the differences
 * that are listed, with their reasons, in docs/KAFKA-COMPATIBILITY.md.
 */
@Timeout(120)
class OracleTest {
  private static List<String> lines(String resource) throws IOException {
    try (InputStream bytes = OracleTest.class.getResourceAsStream(resource)) {
      return new String(bytes.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  @Test
  void shouldAnswerAsKafkaDoes(@TempDir Path directory) throws Exception {
    List<String> kafka = lines("kafka-4.4.0.txt");
    List<String> differences = lines("differences.txt");

    List<String> leat = new ArrayList<>();
    try (RunningBroker broker = new RunningBroker(directory)) {
      Scenarios.run(broker.port(), leat::add);
    }

    List<String> found = new ArrayList<>();
    for (int i = 0; i < kafka.size(); i++) {
      if (!kafka.get(i).equals(leat.get(i))) {
        found.add(leat.get(i));
      }
    }
    assertThat(leat).hasSameSizeAs(kafka);
    assertThat(found).containsExactlyElementsOf(differences);
  }
}

package dev.leat.ecosystem.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.ecosystem.lab.Await;
import dev.leat.ecosystem.lab.Cluster;
import dev.leat.ecosystem.lab.Reader;
import dev.leat.ecosystem.lab.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A file goes into a topic and out of it into another file, by a distributed worker of Kafka
 * Connect on three brokers. In the middle the worker is killed and started again, and then a broker
 * is killed.
 */
@Timeout(300)
class FileConnectorsTest {
  private static final int LINES = 10_000;
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private static Map<String, String> source(Path file) {
    return Map.of(
        "connector.class",
        "org.apache.kafka.connect.file.FileStreamSourceConnector",
        "file",
        file.toString(),
        "topic",
        "visits",
        "batch.size",
        "100",
        "tasks.max",
        "1",
        "exactly.once.support",
        "required",
        "topic.creation.default.partitions",
        "1",
        "topic.creation.default.replication.factor",
        "-1");
  }

  private static Map<String, String> sink(Path file) {
    return Map.of(
        "connector.class",
        "org.apache.kafka.connect.file.FileStreamSinkConnector",
        "file",
        file.toString(),
        "topics",
        "visits",
        "tasks.max",
        "1");
  }

  @Test
  void shouldCopyAFileThroughATopic() throws Exception {
    Path directory = Cluster.directory("connect");
    Path copy = directory.resolve("copy.txt");
    try (Cluster cluster = Cluster.start("connect-brokers");
        Worker worker = new Worker(directory, cluster.bootstrap(), Map.of());
        GrowingFile file = new GrowingFile(directory.resolve("visits.txt"), LINES)) {
      worker.put("source", source(file.path()));
      worker.put("sink", sink(copy));
      worker.awaitRunning("source");
      worker.awaitRunning("sink");
      Await.until("lines arrive", LIMIT, () -> Files.size(copy) > 0);

      file.awaitPart(0.4);
      worker.kill();
      worker.start();
      file.awaitPart(0.8);
      cluster.killBroker(1);
      file.await();

      assertThatTheTopicHasEachLineOnce(cluster, file.lines());
      assertThatTheCopyHasEachLine(copy, file.lines());
      assertThatInternalTopicsAreCompacted(cluster);
    }
  }

  @Test
  @Tag("full")
  void shouldGoOnAtTheWorkerThatIsLeft() throws Exception {
    Path directory = Cluster.directory("connect-two");
    Path copy = directory.resolve("copy.txt");
    try (Cluster cluster = Cluster.start("connect-two-brokers");
        Worker one = new Worker(Cluster.directory("one"), cluster.bootstrap(), Map.of());
        Worker other = new Worker(Cluster.directory("other"), cluster.bootstrap(), Map.of());
        GrowingFile file = new GrowingFile(directory.resolve("visits.txt"), LINES)) {
      one.put("source", source(file.path()));
      one.put("sink", sink(copy));
      other.awaitRunning("source");
      other.awaitRunning("sink");
      Await.until("lines arrive", LIMIT, () -> Files.size(copy) > 0);

      one.kill();
      file.await();

      assertThatTheTopicHasEachLineOnce(cluster, file.lines());
      assertThatTheCopyHasEachLine(copy, file.lines());
    }
  }

  /** The source is exactly-once. */
  private static void assertThatTheTopicHasEachLineOnce(Cluster cluster, List<String> lines) {
    try (Reader<String> reader =
        new Reader<>(cluster.bootstrap(), "visits", new StringDeserializer())) {
      List<String> values =
          reader.records(lines.size(), LIMIT).stream()
              .map(ConsumerRecord::value)
              .limit(lines.size())
              .toList();

      assertThat(values).isEqualTo(lines);
    }
  }

  /** The sink is at-least-once: what it wrote before it was killed may come again. */
  private static void assertThatTheCopyHasEachLine(Path copy, List<String> lines) throws Exception {
    Await.until(
        "the copy is whole: " + copy,
        LIMIT,
        () -> new HashSet<>(Files.readAllLines(copy)).containsAll(lines));

    assertThat(Files.readAllLines(copy).stream().distinct().limit(lines.size()).toList())
        .isEqualTo(lines);
  }

  private static void assertThatInternalTopicsAreCompacted(Cluster cluster) throws Exception {
    try (Topics topics = new Topics(cluster.bootstrap())) {
      for (String name : List.of(Worker.CONFIGS, Worker.OFFSETS, Worker.STATUS)) {
        assertThat(topics.configs(name)).containsEntry("cleanup.policy", "compact");
      }
      assertThat(topics.describe(Worker.CONFIGS).partitions()).hasSize(1);
    }
  }
}

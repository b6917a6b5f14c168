package dev.leat.ecosystem.flink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.ecosystem.lab.Await;
import dev.leat.ecosystem.lab.Child;
import dev.leat.ecosystem.lab.Cluster;
import dev.leat.ecosystem.lab.Reader;
import dev.leat.ecosystem.lab.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A job of Flink that copies a topic exactly once. In the middle it is killed and goes on from its
 * last checkpoint, and then a broker is killed.
 */
@Tag("full")
@Timeout(300)
class CopyJobTest {
  private static final int PARTITIONS = 2;
  private static final int PART = 4_000;
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @Test
  void shouldCopyExactlyOnce() throws Exception {
    Path directory = Cluster.directory("flink");
    Path checkpoints = Files.createDirectories(directory.resolve("checkpoints"));
    try (Cluster cluster = Cluster.start("flink-brokers");
        Topics topics = new Topics(cluster.bootstrap())) {
      topics.create(PARTITIONS, "source", "target");
      produce(cluster.bootstrap(), 0, PART);

      Child job = job(directory, cluster, checkpoints, Optional.empty());
      try {
        awaitTarget(cluster, PART / 2);
        job.kill();
        produce(cluster.bootstrap(), PART, 2 * PART);
        Path last = lastCheckpoint(checkpoints);
        job = job(directory, cluster, checkpoints, Optional.of(last));
        awaitTarget(cluster, PART + PART / 2);
        cluster.killBroker(1);
        produce(cluster.bootstrap(), 2 * PART, 3 * PART);

        List<String> copied = new ArrayList<>(awaitTarget(cluster, 3 * PART));
        copied.sort(Comparator.naturalOrder());
        assertThat(copied)
            .isEqualTo(IntStream.range(0, 3 * PART).mapToObj("LINE %08d"::formatted).toList());
      } finally {
        job.kill();
      }
    }
  }

  private static Child job(
      Path directory, Cluster cluster, Path checkpoints, Optional<Path> checkpoint)
      throws IOException {
    String file = System.getProperty("ecosystem.flink.classpath", "");
    assertThat(file).as("-Decosystem.flink.classpath, a file").isNotEmpty();
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of(cluster.bootstrap(), "source", "target", checkpoints.toString()));
    checkpoint.map(Path::toString).ifPresent(arguments::add);
    return Child.java(
        directory,
        "flink",
        Files.readString(Path.of(file)).trim(),
        "dev.leat.ecosystem.flink.CopyJob",
        arguments);
  }

  private static void produce(String bootstrap, int from, int to) {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrap),
            new StringSerializer(),
            new StringSerializer())) {
      IntStream.range(from, to)
          .mapToObj("line %08d"::formatted)
          .forEach(line -> producer.send(new ProducerRecord<>("source", line, line)));
    }
  }

  private static List<String> awaitTarget(Cluster cluster, int count) {
    try (Reader<String> reader =
        new Reader<>(cluster.bootstrap(), "target", new StringDeserializer())) {
      return reader.records(count, LIMIT).stream().map(ConsumerRecord::value).toList();
    }
  }

  /** The newest that is complete. */
  private static Path lastCheckpoint(Path checkpoints) throws Exception {
    Path[] newest = new Path[1];
    Await.until(
        "a checkpoint is complete",
        LIMIT,
        () -> {
          try (Stream<Path> files = Files.walk(checkpoints)) {
            newest[0] =
                files
                    .filter(file -> file.getFileName().toString().equals("_metadata"))
                    .max(Comparator.comparing(CopyJobTest::modified))
                    .map(Path::getParent)
                    .orElse(null);
          }
          return newest[0] != null;
        });
    return newest[0];
  }

  private static FileTime modified(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      return FileTime.fromMillis(0);
    }
  }
}

package dev.leat.ecosystem.engines;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.ecosystem.lab.Child;
import dev.leat.ecosystem.lab.Cluster;
import dev.leat.ecosystem.lab.Jvm;
import dev.leat.ecosystem.lab.Reader;
import dev.leat.ecosystem.lab.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * What every engine is asked: a job makes something of all lines of a topic in another one. In the
 * middle the job is killed and started again, and then a broker is killed.
 */
final class JobRun {
  static final String SOURCE = "source";
  static final String TARGET = "target";

  /** Lines in all. */
  static final int LINES = 12_000;

  private static final int PART = LINES / 3;
  private static final int PARTITIONS = 2;
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final Cluster cluster;
  private final Starter starter;
  private final Progress progress;

  /** Starts the job: the first time, and once more when it has been killed. */
  interface Starter {
    Child start() throws IOException;
  }

  /** How many lines are accounted for in what the job has written so far. */
  interface Progress {
    long lines(List<ConsumerRecord<String, String>> target);
  }

  JobRun(Cluster cluster, Starter starter, Progress progress) {
    this.cluster = cluster;
    this.starter = starter;
    this.progress = progress;
  }

  /** The lines from one number to another. */
  static Stream<String> lines(int from, int to) {
    return IntStream.range(from, to).mapToObj("line %08d"::formatted);
  }

  /**
   * A JVM for the jobs of an engine: of a JDK that the engines know, if the tests were given one.
   *
   * @param engine whose class path is in the file of a property
   */
  static Jvm jvm(String engine, List<String> options) throws IOException {
    String property = "ecosystem." + engine + ".classpath";
    String file = System.getProperty(property, "");
    assertThat(file).as("-D%s, a file", property).isNotEmpty();
    String home = System.getProperty("ecosystem.engines.java", System.getProperty("java.home"));
    return new Jvm(Path.of(home), options, Files.readString(Path.of(file)).trim());
  }

  /** The options that open packages of the JDK's own. */
  static List<String> opened(String... packages) {
    return Stream.of(packages)
        .map(name -> "--add-opens=java.base/" + name + "=ALL-UNNAMED")
        .toList();
  }

  /** All that the job has written when every line is accounted for. */
  List<ConsumerRecord<String, String>> run() throws Exception {
    try (Topics topics = new Topics(cluster.bootstrap())) {
      topics.create(PARTITIONS, SOURCE, TARGET);
    }
    produce(0, PART);
    Child job = starter.start();
    try {
      await(job, PART / 2);
      job.kill();
      produce(PART, 2 * PART);
      job = starter.start();
      await(job, PART + PART / 2);
      cluster.killBroker(1);
      produce(2 * PART, LINES);
      return await(job, LINES);
    } finally {
      job.kill();
    }
  }

  private void produce(int from, int to) {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", cluster.bootstrap()),
            new StringSerializer(),
            new StringSerializer())) {
      lines(from, to).forEach(line -> producer.send(new ProducerRecord<>(SOURCE, line, line)));
    }
  }

  private List<ConsumerRecord<String, String>> await(Child job, int lines) {
    try (Reader<String> reader =
        new Reader<>(cluster.bootstrap(), TARGET, new StringDeserializer())) {
      return reader.until(
          LIMIT,
          target -> {
            job.mustRun();
            return progress.lines(target) >= lines;
          });
    }
  }
}

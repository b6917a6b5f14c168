package dev.leat.bench.peer;

import dev.leat.bench.lab.Lab;
import dev.leat.bench.lab.Scale;
import dev.leat.bench.process.MeasurementException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Kafka's own load clients, kafka-producer-perf-test and kafka-consumer-perf-test. */
public final class KafkaPerf {
  /** As Kafka's scripts start its load clients. */
  static final List<String> JVM_OPTIONS =
      List.of(
          "-Xmx512M",
          "-server",
          "-XX:+UseG1GC",
          "-XX:MaxGCPauseMillis=20",
          "-XX:InitiatingHeapOccupancyPercent=35",
          "-XX:+ExplicitGCInvokesConcurrent",
          "-Dorg.slf4j.simpleLogger.defaultLogLevel=error");

  private static final Pattern PRODUCED =
      Pattern.compile(
          "\\d+ steady state records sent, ([\\d.]+) records/sec .* (\\d+) ms 50th, .* (\\d+) ms"
              + " 99th, (\\d+) ms 99.9th\\.");

  private static final Pattern ARRIVED =
      Pattern.compile("Percentiles: 50th = (\\d+), 99th = (\\d+), 99.9th = (\\d+)");

  private static final Duration LIMIT = Duration.ofMinutes(5);

  /** Different values in a payload file: enough that none stays in the processor's first cache. */
  private static final int PAYLOADS = 1000;

  /** Columns of the consumer's result. */
  private static final int CONSUMED_RECORDS = 4;

  private static final int REPORTED_PER_SECOND = 5;
  private static final int FETCHED_PER_SECOND = 9;

  private final Lab lab;
  private final String bootstrap;

  /** Load for one cluster. */
  public KafkaPerf(Lab lab, String bootstrap) {
    this.lab = lab;
    this.bootstrap = bootstrap;
  }

  /**
   * What the consumer client reached.
   *
   * @param fetching once it had joined its group
   * @param reported its nMsg.sec, for which joining the group counts, too
   */
  public record Consumed(Rate fetching, Rate reported) {}

  /** What the producer client reached. */
  public record Produced(Rate rate, Latency latency) {}

  /**
   * Produces as fast as it goes for about the wanted time. The client takes a number of records, so
   * the number is found by shorter runs, which warm up the server at the same time.
   *
   * @param firstRecords size of the first of these runs
   */
  public Rate produceFor(KafkaLoad load, long firstRecords, Duration wanted) {
    double seconds = wanted.plus(Scale.WARM_UP).toMillis() / 1e3;
    return Sizing.find(
        firstRecords,
        seconds,
        records -> {
          lab.settle();
          double rate = produce(load, records, records / 5).rate().recordsPerSecond();
          return new Rate(rate, load.recordSizeBytes());
        });
  }

  /** Sends that many records, the first of which are left out of the result. */
  public Produced produce(KafkaLoad load, long records, long warmUpRecords) {
    List<String> words = KafkaServer.java(lab, JVM_OPTIONS, lab.installation().kafkaToolsPath());
    words.add("org.apache.kafka.tools.ProducerPerformance");
    words.addAll(List.of("--bootstrap-server", bootstrap, "--topic", load.topic()));
    words.addAll(List.of("--num-records", Long.toString(records)));
    words.addAll(List.of("--warmup-records", Long.toString(warmUpRecords)));
    words.addAll(List.of("--throughput", Long.toString(load.recordsPerSecond())));
    words.addAll(payload(load));
    words.add("--command-property");
    words.addAll(load.properties());
    return produced(lab.run("kafka-producer-perf", words, LIMIT), load.recordSizeBytes());
  }

  /** Reads that many records from the beginning. */
  public Consumed consume(String topic, long records, int recordSizeBytes) {
    List<String> words =
        new ArrayList<>(KafkaServer.java(lab, JVM_OPTIONS, lab.installation().kafkaToolsPath()));
    words.add("org.apache.kafka.tools.ConsumerPerformance");
    words.addAll(List.of("--bootstrap-server", bootstrap, "--topic", topic, "--hide-header"));
    words.addAll(List.of("--num-records", Long.toString(records)));
    return consumed(
        lab.run("kafka-consumer-perf", words, LIMIT).getLast(), records, recordSizeBytes);
  }

  /** From sending a record to its arrival at a consumer, one record after the other. */
  public Latency endToEnd(String topic, long records, int recordSizeBytes) {
    List<String> words =
        new ArrayList<>(KafkaServer.java(lab, JVM_OPTIONS, lab.installation().kafkaToolsPath()));
    words.add("org.apache.kafka.tools.EndToEndLatency");
    words.addAll(List.of("--bootstrap-server", bootstrap, "--topic", topic));
    words.addAll(List.of("--num-records", Long.toString(records), "--producer-acks", "all"));
    words.addAll(List.of("--record-size", Integer.toString(recordSizeBytes)));
    return arrived(lab.run("kafka-e2e-latency", words, LIMIT));
  }

  static Latency arrived(List<String> output) {
    return output.stream()
        .map(ARRIVED::matcher)
        .filter(Matcher::matches)
        .map(KafkaPerf::latency)
        .findFirst()
        .orElseThrow(() -> new MeasurementException("Kafka's end-to-end test printed no result"));
  }

  static Produced produced(List<String> output, int recordSizeBytes) {
    return output.stream()
        .map(PRODUCED::matcher)
        .filter(Matcher::matches)
        .map(match -> produced(match, recordSizeBytes))
        .findFirst()
        .orElseThrow(() -> new MeasurementException("Kafka's producer printed no result"));
  }

  static Consumed consumed(String line, long records, int recordSizeBytes) {
    String[] result = line.split(", ");
    if (result.length <= FETCHED_PER_SECOND || Long.parseLong(result[CONSUMED_RECORDS]) < records) {
      throw new MeasurementException("Kafka's consumer read less than it should: " + line);
    }
    return new Consumed(
        new Rate(Double.parseDouble(result[FETCHED_PER_SECOND]), recordSizeBytes),
        new Rate(Double.parseDouble(result[REPORTED_PER_SECOND]), recordSizeBytes));
  }

  private static Produced produced(Matcher match, int recordSizeBytes) {
    return new Produced(
        new Rate(Double.parseDouble(match.group(1)), recordSizeBytes),
        new Latency(
            Double.parseDouble(match.group(2)),
            Double.parseDouble(match.group(3)),
            Double.parseDouble(match.group(4))));
  }

  private static Latency latency(Matcher match) {
    return new Latency(
        Double.parseDouble(match.group(1)),
        Double.parseDouble(match.group(2)),
        Double.parseDouble(match.group(3)));
  }

  private List<String> payload(KafkaLoad load) {
    return switch (load.payload()) {
      case GENERATED -> List.of("--record-size", Integer.toString(load.recordSizeBytes()));
      case FROM_FILE -> List.of("--payload-file", payloadFile(load.recordSizeBytes()).toString());
    };
  }

  private Path payloadFile(int recordSizeBytes) {
    Path file = lab.workspace().data().resolve("payload-" + recordSizeBytes);
    if (!Files.exists(file)) {
      Random random = new Random(1);
      List<String> lines =
          Stream.generate(() -> line(random, recordSizeBytes)).limit(PAYLOADS).toList();
      try {
        Files.write(file, lines);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot write " + file, e);
      }
    }
    return file;
  }

  private static String line(Random random, int size) {
    StringBuilder line = new StringBuilder(size);
    random.ints(size, 'A', 'Z' + 1).forEach(letter -> line.append((char) letter));
    return line.toString();
  }
}

package dev.leat.bench.peer;

import dev.leat.bench.lab.Lab;
import dev.leat.bench.process.MeasurementException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Kafka's own TransactionalMessageCopier: reads, writes and commits, exactly once. */
public final class KafkaCopy {
  private static final Pattern TIME = Pattern.compile("\"time\":\"([^\"]+)\"");
  private static final Pattern COPIED = Pattern.compile("\"totalProcessed\":(\\d+)");
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss:SSS", Locale.ROOT);

  private static final Duration LIMIT = Duration.ofMinutes(5);

  private final Lab lab;
  private final String bootstrap;

  /** Copies within one cluster. */
  public KafkaCopy(Lab lab, String bootstrap) {
    this.lab = lab;
    this.bootstrap = bootstrap;
  }

  /**
   * Copies so many records of partition 0.
   *
   * @param recordSizeBytes of each
   * @param perTransaction records of one transaction
   */
  public Rate copy(String from, String to, long records, int recordSizeBytes, int perTransaction) {
    List<String> words =
        KafkaServer.java(lab, KafkaPerf.JVM_OPTIONS, lab.installation().kafkaToolsPath());
    words.add("org.apache.kafka.tools.TransactionalMessageCopier");
    words.addAll(List.of("--broker-list", bootstrap, "--input-topic", from));
    words.addAll(List.of("--input-partition", "0", "--output-topic", to));
    words.addAll(List.of("--transactional-id", "copier", "--consumer-group", "copier"));
    words.addAll(List.of("--transaction-size", Integer.toString(perTransaction)));
    words.addAll(List.of("--max-messages", Long.toString(records), "--use-group-metadata"));
    return new Rate(copied(lab.run("kafka-copier", words, LIMIT)), recordSizeBytes);
  }

  /** Records in a second, between the first and the last report of some progress. */
  static double copied(List<String> output) {
    List<Progress> reports =
        output.stream()
            .filter(line -> line.contains("\"stage\":\"ProcessLoop\""))
            .map(Progress::of)
            .filter(report -> report.copied() > 0)
            .toList();
    if (reports.size() < 2) {
      throw new MeasurementException("Kafka's copier reported no progress");
    }
    Progress first = reports.getFirst();
    Progress last = reports.getLast();
    double seconds = Duration.between(first.at(), last.at()).toMillis() / 1e3;
    return (last.copied() - first.copied()) / seconds;
  }

  private record Progress(LocalDateTime at, long copied) {
    static Progress of(String line) {
      Matcher time = TIME.matcher(line);
      Matcher copied = COPIED.matcher(line);
      if (!time.find() || !copied.find()) {
        throw new MeasurementException("Kafka's copier printed: " + line);
      }
      return new Progress(
          LocalDateTime.parse(time.group(1), FORMAT), Long.parseLong(copied.group(1)));
    }
  }
}

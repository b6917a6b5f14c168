package dev.leat.bench.peer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.leat.bench.lab.Lab;
import dev.leat.bench.lab.Scale;
import dev.leat.bench.process.Child;
import dev.leat.bench.process.Command;
import dev.leat.bench.process.MeasurementException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The {@code leat} command against one cluster. */
public final class LeatCommand {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private final Lab lab;
  private final String bootstrap;

  /** Commands for one cluster. */
  public LeatCommand(Lab lab, String bootstrap) {
    this.lab = lab;
    this.bootstrap = bootstrap;
  }

  /** What {@code leat perf … --json} prints. */
  public record Perf(long records, long errors, double recordsPerSecond, Latency latencyMs) {}

  /** Creates a topic with one replica of each partition. */
  public void createTopic(String name, int partitions, List<String> flags) {
    List<String> words = new ArrayList<>(List.of("topic", "create", name));
    words.addAll(List.of("--partitions", Integer.toString(partitions), "--replicas", "1"));
    words.addAll(flags);
    run("leat-topic-create", words);
  }

  /** Sends as fast as it goes for the wanted time, after a run that warms up the broker. */
  public Rate produceFor(String topic, int recordSizeBytes, Duration wanted) {
    produce(topic, recordSizeBytes, duration(Scale.WARM_UP.multipliedBy(2)));
    lab.settle();
    Perf result = produce(topic, recordSizeBytes, duration(wanted.plus(Scale.WARM_UP)));
    return new Rate(result.recordsPerSecond(), recordSizeBytes);
  }

  /** Sends as the flags say; every record must be acknowledged. */
  public Perf produce(String topic, int recordSizeBytes, List<String> flags) {
    List<String> words = new ArrayList<>(List.of("perf", "produce", topic, "--json"));
    words.addAll(List.of("--size", Integer.toString(recordSizeBytes)));
    words.addAll(flags);
    return perf("leat-perf-produce", words);
  }

  /** Reads that many records from the beginning. */
  public Rate consume(String topic, long records, int recordSizeBytes) {
    List<String> words = new ArrayList<>(List.of("perf", "consume", topic, "--json"));
    words.addAll(List.of("--records", Long.toString(records)));
    Perf result = perf("leat-perf-consume", words);
    if (result.records() < records) {
      throw new MeasurementException(
          "leat perf consume read only " + result.records() + " records");
    }
    return new Rate(result.recordsPerSecond(), recordSizeBytes);
  }

  /** Flags for a run of that length. */
  public static List<String> duration(Duration time) {
    return List.of("--duration", Long.toString(time.toSeconds()));
  }

  /** Starts a command without waiting for its end. */
  public Child start(String name, List<String> words, Command.Output output) {
    return lab.children().start(command(name, words).with(output));
  }

  /** The result of a started {@code leat perf … --json}, once it has ended. */
  public Perf result(Child perf, Duration limit) {
    return parse("leat perf", perf.awaitSuccess(limit));
  }

  private Perf perf(String name, List<String> words) {
    return parse(name, run(name, words));
  }

  private static Perf parse(String name, List<String> output) {
    String json = String.join("\n", output);
    try {
      Perf result = JSON.readValue(json, Perf.class);
      if (result.errors() > 0) {
        throw new MeasurementException(
            name + ": " + result.errors() + " records were not acknowledged");
      }
      return result;
    } catch (JsonProcessingException e) {
      throw new MeasurementException(name + " printed no result: " + json, e);
    }
  }

  private List<String> run(String name, List<String> words) {
    return lab.run(command(name, words), LIMIT);
  }

  private Command command(String name, List<String> words) {
    return Command.of(lab.workspace().log(name), List.of(lab.installation().leat().toString()))
        .plus(words)
        .with("LEAT_BOOTSTRAP", bootstrap);
  }
}

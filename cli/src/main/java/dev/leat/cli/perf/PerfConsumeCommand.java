package dev.leat.cli.perf;

import dev.leat.cli.console.ClusterOptions;
import dev.leat.cli.console.CommandFailedException;
import dev.leat.cli.console.Console;
import dev.leat.cli.console.Progress;
import dev.leat.client.ConsumedBatch;
import dev.leat.client.Consumer;
import dev.leat.client.LeatClient;
import dev.leat.client.Position;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "consume",
    description =
        "Reads a topic from the beginning. Latency is how long a poll waits for records; with"
            + " --latest, from the timestamp of a record to its arrival.")
final class PerfConsumeCommand implements Callable<Integer> {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Parameters(paramLabel = "TOPIC", description = "Topic to read.")
  private String topic = "";

  @Option(
      names = "--records",
      paramLabel = "N",
      description = "Ends after N records. Default: at the end of the topic.")
  private @Nullable Long records;

  @Option(
      names = "--duration",
      paramLabel = "S",
      description = "Seconds; the first 2 do not count.")
  private @Nullable Double duration;

  @Option(names = "--latest", description = "Reads what is produced from now on.")
  private boolean latest;

  @Option(names = "--json", description = "Prints one JSON object.")
  private boolean json;

  PerfConsumeCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if ((records != null && records < 0) || (duration != null && duration <= 0)) {
      throw new ParameterException(
          spec.commandLine(), "--records and --duration must not be negative");
    }
    try (LeatClient client = cluster.connect();
        Consumer consumer = client.consumer()) {
      consumer.assign(topic, latest ? Position.latest() : Position.earliest());
      long limit = limit(client, consumer);
      Warmup warmup = Warmup.from(System.nanoTime(), duration == null ? 0 : duration);
      ConsumeMeter meter = new ConsumeMeter(warmup, latest);
      read(consumer, limit, meter);
      print(meter.report());
    }
    return 0;
  }

  /** Number of records after which reading ends. */
  private long limit(LeatClient client, Consumer consumer) {
    if (records != null) {
      return records;
    }
    return duration != null || latest ? Long.MAX_VALUE : StoredRecords.count(client, consumer);
  }

  private void read(Consumer consumer, long limit, ConsumeMeter meter) {
    Progress progress = console.progress();
    long heard = System.nanoTime();
    while (meter.total() < limit && !meter.isOver()) {
      List<ConsumedBatch> batches = consumer.pollBatches(POLL);
      meter.add(batches);
      progress.show(meter.total() + " records read");
      if (!batches.isEmpty()) {
        heard = System.nanoTime();
      } else if (duration == null && !latest && System.nanoTime() - heard > IDLE_NANOS) {
        throw new CommandFailedException(
            "%d of %d records were read and no more came for 5 s; produce more, or give --duration"
                .formatted(meter.total(), limit));
      }
    }
    progress.clear();
  }

  private void print(PerfReport report) {
    if (json) {
      console.result(report.json().toString());
    } else {
      report.lines().forEach(console::result);
    }
  }
}

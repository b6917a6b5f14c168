package dev.leat.cli.records;

import dev.leat.cli.console.ClusterOptions;
import dev.leat.cli.console.CommandFailedException;
import dev.leat.cli.console.Console;
import dev.leat.cli.console.Progress;
import dev.leat.client.LeatClient;
import dev.leat.client.Producer;
import dev.leat.client.ProducerRecord;
import dev.leat.client.error.LeatException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code leat produce}: a record for each line of the standard input. */
@Command(
    name = "produce",
    description =
        "Produces a record for each line of the standard input. Bytes stay as they are. Exit"
            + " status 0: every line was acknowledged.")
public final class ProduceCommand implements Callable<Integer> {
  private static final int WAIT_MS = 100;

  /** How long Ctrl-C waits for what is under way. */
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Parameters(paramLabel = "TOPIC", description = "Topic to produce to.")
  private String topic = "";

  @Option(
      names = "--key-separator",
      paramLabel = "SEP",
      description = "Splits each line at the first SEP into key and value. Default: no key.")
  private @Nullable String separator;

  @Option(
      names = "--partition",
      paramLabel = "N",
      description = "Partition for all records. Default: by key, or any.")
  private int partition = ProducerRecord.ANY_PARTITION;

  /** A command that talks to {@code console}. */
  public ProduceCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    check();
    Deliveries deliveries = new Deliveries();
    try (LeatClient client = cluster.connect()) {
      Producer producer = client.producer();
      Thread onStop = new Thread(() -> producer.close(STOP_TIMEOUT), "stop");
      Runtime.getRuntime().addShutdownHook(onStop);
      send(producer, deliveries);
      Runtime.getRuntime().removeShutdownHook(onStop);
    }
    return 0;
  }

  private void check() {
    if (separator != null && separator.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "--key-separator must not be empty");
    }
    if (partition < ProducerRecord.ANY_PARTITION) {
      throw new ParameterException(spec.commandLine(), "--partition must be 0 or more");
    }
  }

  private void send(Producer producer, Deliveries deliveries) throws InterruptedException {
    Progress progress = console.progress();
    LineParser parser = new LineParser(topic, partition, separator);
    Lines lines =
        new Lines(
            (line, number) -> {
              if (deliveries.failure().isEmpty()) {
                producer.send(parser.parse(line, number), deliveries);
              }
            });
    try {
      readAll(lines, deliveries, progress);
      producer.flush();
    } catch (CommandFailedException e) {
      producer.flush();
      throw failed(deliveries, lines, e);
    } finally {
      progress.clear();
    }
    LeatException failure = deliveries.failure().orElse(null);
    if (failure != null) {
      throw failed(deliveries, lines, failure);
    }
  }

  private void readAll(Lines lines, Deliveries deliveries, Progress progress)
      throws InterruptedException {
    InputChunks input = InputChunks.of(console.in());
    while (deliveries.failure().isEmpty()) {
      InputChunks.Chunk chunk = input.next(WAIT_MS);
      if (chunk == null) {
        continue;
      }
      if (chunk.failure() != null) {
        throw new CommandFailedException("the input cannot be read: " + chunk.failure());
      }
      if (chunk.isLast()) {
        lines.finish();
        return;
      }
      lines.add(chunk.bytes());
      if (!console.isInputTyped()) {
        progress.show(deliveries.acknowledged() + " records acknowledged");
      }
    }
  }

  private static CommandFailedException failed(Deliveries done, Lines lines, Exception cause) {
    return new CommandFailedException(
        "%d of the %d lines read were acknowledged: %s"
            .formatted(done.acknowledged(), lines.count(), cause.getMessage()),
        cause);
  }
}

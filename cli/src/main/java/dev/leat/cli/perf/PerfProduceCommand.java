package dev.leat.cli.perf;

import dev.leat.api.batch.Compression;
import dev.leat.cli.console.ClusterOptions;
import dev.leat.cli.console.Console;
import dev.leat.cli.console.Progress;
import dev.leat.client.LeatClient;
import dev.leat.client.Producer;
import dev.leat.client.ProducerConfig;
import dev.leat.client.ProducerRecord;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "produce",
    description = "Produces random records, each acknowledged after an fsync.")
final class PerfProduceCommand implements Callable<Integer> {
  private static final double DEFAULT_DURATION_S = 10;
  private static final int PAYLOADS = 64;
  private static final int CLOCK_EVERY = 16;
  private static final long PROGRESS_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final int FAILED = 1;

  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Parameters(paramLabel = "TOPIC", description = "Topic to produce to; it must exist.")
  private String topic = "";

  @Option(names = "--records", paramLabel = "N", description = "Ends after N records.")
  private long records = Long.MAX_VALUE;

  @Option(
      names = "--size",
      paramLabel = "BYTES",
      description = "Size of a value. Default: ${DEFAULT-VALUE}.",
      defaultValue = "1000")
  private int size;

  @Option(
      names = "--rate",
      paramLabel = "R",
      description = "Records per second; latency counts from when each was due. Default: no limit.")
  private double rate;

  @Option(
      names = "--duration",
      paramLabel = "S",
      description = "Seconds; the first 2 do not count. Default: 10 unless --records is given.")
  private @Nullable Double duration;

  @Option(
      names = "--linger",
      paramLabel = "MS",
      description = "How long a batch waits for more records. Default: ${DEFAULT-VALUE}.",
      defaultValue = "0")
  private int lingerMs;

  @Option(
      names = "--batch",
      paramLabel = "BYTES",
      description = "Size of a full batch. Default: ${DEFAULT-VALUE}.",
      defaultValue = "65536")
  private int batchBytes;

  @Option(
      names = "--compression",
      paramLabel = "CODEC",
      description = "One of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.",
      defaultValue = "NONE")
  private Compression compression = Compression.NONE;

  @Option(names = "--json", description = "Prints one JSON object.")
  private boolean json;

  PerfProduceCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (size < 0 || rate < 0 || records < 0 || (duration != null && duration <= 0)) {
      throw new ParameterException(
          spec.commandLine(), "--size, --rate, --records and --duration must not be negative");
    }
    ProducerConfig config =
        ProducerConfig.builder()
            .batchBytes(batchBytes)
            .linger(Duration.ofMillis(lingerMs))
            .compression(compression)
            .build();
    try (LeatClient client = cluster.connect();
        Producer producer = client.producer(config)) {
      Warmup warmup = Warmup.from(System.nanoTime(), seconds());
      ProduceMeter meter = new ProduceMeter(warmup);
      send(producer, warmup, meter);
      producer.flush();
      return report(meter);
    }
  }

  private double seconds() {
    if (duration != null) {
      return duration;
    }
    return records == Long.MAX_VALUE ? DEFAULT_DURATION_S : 0;
  }

  private int report(ProduceMeter meter) {
    PerfReport report = meter.report(size);
    if (json) {
      console.result(report.json().toString());
    } else {
      report.lines().forEach(console::result);
    }
    meter
        .firstFailure()
        .ifPresent(error -> console.hint("leat: first error: " + error.getMessage()));
    return report.errors() == 0 ? 0 : FAILED;
  }

  private void send(Producer producer, Warmup warmup, ProduceMeter meter) {
    Progress progress = console.progress();
    ProducerRecord[] payloads = payloads();
    long shown = warmup.start();
    long now = warmup.start();
    for (long i = 0; i < records && !warmup.isOver(now); i++) {
      long due = rate > 0 ? warmup.start() + (long) (i * (1e9 / rate)) : now;
      if (rate > 0) {
        now = waitUntil(due);
      } else if (i % CLOCK_EVERY == 0) {
        now = System.nanoTime();
        due = now;
      }
      producer.send(payloads[(int) (i % PAYLOADS)], meter.sentAt(due));
      if (now - shown > PROGRESS_NANOS) {
        shown = now;
        progress.show("%d acknowledged, %d failed".formatted(meter.acknowledged(), meter.failed()));
      }
    }
    progress.clear();
  }

  private static long waitUntil(long due) {
    long now = System.nanoTime();
    while (now - due < 0) {
      LockSupport.parkNanos(due - now);
      now = System.nanoTime();
    }
    return now;
  }

  // Random, so that nothing on the way can compress them; few, so that making them costs nothing.
  private ProducerRecord[] payloads() {
    SplittableRandom random = new SplittableRandom(size);
    ProducerRecord[] payloads = new ProducerRecord[PAYLOADS];
    for (int i = 0; i < PAYLOADS; i++) {
      byte[] value = new byte[size];
      random.nextBytes(value);
      payloads[i] = ProducerRecord.of(topic, value);
    }
    return payloads;
  }
}

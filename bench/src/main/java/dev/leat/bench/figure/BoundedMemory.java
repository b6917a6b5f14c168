package dev.leat.bench.figure;

import dev.leat.bench.lab.Lab;
import dev.leat.bench.peer.LeatCommand;
import dev.leat.bench.peer.LeatServer;
import dev.leat.bench.process.Child;
import dev.leat.bench.process.Command;
import dev.leat.bench.process.MeasurementException;
import dev.leat.bench.process.ResidentMemory;
import dev.leat.bench.report.Row;
import dev.leat.bench.report.Target;
import dev.leat.bench.report.Unit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Whether a broker with a small heap survives those who send more than the disk takes and those who
 * ask for records and do not take them.
 */
final class BoundedMemory {
  private static final String HEAP = "-Xmx128m";
  private static final double BYTES_PER_MIB = 1 << 20;

  /** Together far more than a disk takes. */
  private static final int PRODUCERS = 4;

  private static final int LARGE_RECORD_BYTES = 64 << 10;

  /** Each may have a full window of unread records. */
  private static final int STALLED_CONSUMERS = 4;

  /** Many times what the buffers of all stalled connections hold. */
  private static final String PRELOADED_RECORDS = "200000";

  private static final long RECORDS_AFTERWARDS = 10_000;

  private BoundedMemory() {}

  static Figure figure() {
    return new Figure(
        "memory",
        "Bounded memory: " + HEAP + ", 4 producers of 64 KiB records, 4 stalled consumers",
        List.of(
            new Contestant(
                "Leat",
                List.of(
                    new Row(
                        "memory/leat",
                        "Leat goes on, nothing lost, no OutOfMemoryError",
                        Unit.PASSED,
                        new Target.AtLeast(1)),
                    Row.plain("memory/leat-peak", "Leat, peak resident memory", Unit.MEBIBYTES)),
                BoundedMemory::leat)));
  }

  private static Map<String, Double> leat(Lab lab) throws IOException {
    Path directory = lab.directory("leat");
    try (LeatServer server = LeatServer.start(lab, directory, HEAP)) {
      LeatCommand command = new LeatCommand(lab, server.bootstrap());
      command.createTopic(Settings.TOPIC, Settings.PARTITIONS, List.of());
      command.produce(Settings.TOPIC, Settings.KIB, List.of("--records", PRELOADED_RECORDS));
      List<Long> before = pids(server.process());
      List<Child> consumers = start(STALLED_CONSUMERS, i -> stalledConsumer(command));
      List<Child> producers = start(PRODUCERS, i -> producer(command, lab.scale().stalled()));
      Duration limit = lab.scale().stalled().multipliedBy(4).plusMinutes(1);
      producers.forEach(producer -> command.result(producer, limit));
      long peak = before.stream().mapToLong(ResidentMemory::peakBytes).sum();
      consumers.forEach(Child::kill);
      command.produce(
          Settings.TOPIC, Settings.KIB, List.of("--records", Long.toString(RECORDS_AFTERWARDS)));
      command.consume(Settings.TOPIC, RECORDS_AFTERWARDS, Settings.KIB);
      if (!pids(server.process()).equals(before)) {
        throw new MeasurementException("a process of the broker was started again");
      }
      requireNoError(server.process());
      return Map.of("memory/leat", 1.0, "memory/leat-peak", peak / BYTES_PER_MIB);
    }
  }

  private static List<Child> start(int count, IntFunction<Child> starter) {
    return IntStream.range(0, count).mapToObj(starter).toList();
  }

  private static Child stalledConsumer(LeatCommand command) {
    return command.start(
        "leat-stalled-consumer",
        List.of("consume", Settings.TOPIC, "--from-beginning"),
        Command.Output.STALLED);
  }

  private static Child producer(LeatCommand command, Duration time) {
    List<String> words =
        List.of(
            "perf",
            "produce",
            Settings.TOPIC,
            "--json",
            "--size",
            Integer.toString(LARGE_RECORD_BYTES),
            "--duration",
            Long.toString(time.toSeconds()));
    return command.start("leat-fast-producer", words, Command.Output.LINES);
  }

  private static List<Long> pids(Child process) {
    return process.tree().stream().map(ProcessHandle::pid).sorted().toList();
  }

  private static void requireNoError(Child process) throws IOException {
    for (String line : Files.readAllLines(process.log())) {
      if (line.contains("OutOfMemoryError")) {
        throw new MeasurementException("the broker's log says: " + line);
      }
    }
  }
}

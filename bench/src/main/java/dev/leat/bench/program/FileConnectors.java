package dev.leat.bench.program;

import dev.leat.bench.lab.Lab;
import dev.leat.bench.peer.KafkaAdmin;
import dev.leat.bench.process.Child;
import dev.leat.bench.process.FreePorts;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A file into a topic and out of it into another file: a standalone worker of Kafka Connect. */
public final class FileConnectors {
  private static final String TOPIC = "bench-connect";

  /** As long as a line of a log. */
  private static final int LINE_BYTES = 100;

  private FileConnectors() {}

  /** Lines in a second that come out of the topic, while others go in. */
  public static double perSecond(Lab lab, String bootstrap) throws IOException {
    long lines = lab.scale().consumedRecords() / 2;
    Path directory = lab.directory("connect");
    Path from = directory.resolve("from.txt");
    Path to = directory.resolve("to.txt");
    write(from, lines);
    try (KafkaAdmin admin = new KafkaAdmin(bootstrap)) {
      admin.create(List.of(TOPIC), 1, Map.of());
    }
    lab.settle();
    Child worker = start(lab, directory, bootstrap, from, to);
    try {
      return new Progress(worker, () -> size(to) / LINE_BYTES, lines).perSecond(lab.scale());
    } finally {
      worker.kill();
    }
  }

  private static void write(Path file, long lines) throws IOException {
    try (BufferedWriter writer = Files.newBufferedWriter(file)) {
      for (long i = 0; i < lines; i++) {
        String line = "%019d a visitor looked at a page of the shop".formatted(i);
        writer.write(line);
        writer.write(".".repeat(LINE_BYTES - 1 - line.length()));
        writer.write('\n');
      }
    }
  }

  private static long size(Path file) {
    try {
      return Files.exists(file) ? Files.size(file) : 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Child start(Lab lab, Path directory, String bootstrap, Path from, Path to)
      throws IOException {
    Path worker = directory.resolve("worker.properties");
    Files.write(
        worker,
        List.of(
            "bootstrap.servers=" + bootstrap,
            "listeners=http://127.0.0.1:" + FreePorts.one(),
            "key.converter=org.apache.kafka.connect.storage.StringConverter",
            "value.converter=org.apache.kafka.connect.storage.StringConverter",
            "offset.storage.file.filename=" + directory.resolve("offsets"),
            "plugin.discovery=service_load"));
    Path source = directory.resolve("source.properties");
    Files.write(
        source,
        List.of(
            "name=source",
            "connector.class=org.apache.kafka.connect.file.FileStreamSourceConnector",
            "tasks.max=1",
            "file=" + from,
            "topic=" + TOPIC));
    Path sink = directory.resolve("sink.properties");
    Files.write(
        sink,
        List.of(
            "name=sink",
            "connector.class=org.apache.kafka.connect.file.FileStreamSinkConnector",
            "tasks.max=1",
            "file=" + to,
            "topics=" + TOPIC));
    return Program.ofEcosystem(lab, "connect", "org.apache.kafka.connect.cli.ConnectStandalone")
        .start(lab, List.of(worker.toString(), source.toString(), sink.toString()));
  }
}

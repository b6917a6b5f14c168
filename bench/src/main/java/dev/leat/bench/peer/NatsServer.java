package dev.leat.bench.peer;

import dev.leat.bench.lab.Lab;
import dev.leat.bench.process.Child;
import dev.leat.bench.process.Command;
import dev.leat.bench.process.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A running NATS server with JetStream on files. */
public final class NatsServer implements Server {
  private static final Duration READY_LIMIT = Duration.ofSeconds(60);

  private final String bootstrap;
  private final Child process;

  private NatsServer(String bootstrap, Child process) {
    this.bootstrap = bootstrap;
    this.process = process;
  }

  /** When the server syncs its files. */
  public enum Sync {
    /** As the server does it if nothing is said: every two minutes. */
    DEFAULT(""),
    /** After each write, before it is acknowledged. */
    ALWAYS("sync_interval: always");

    private final String setting;

    Sync(String setting) {
      this.setting = setting;
    }
  }

  /** Starts the server in a directory that may hold the data of an earlier one. */
  public static NatsServer start(Lab lab, Path directory, Sync sync) {
    if (!Files.isExecutable(lab.installation().natsServer())) {
      throw new IllegalStateException("NATS is missing: bench/run builds it where it finds go");
    }
    String bootstrap = "127.0.0.1:" + FreePorts.one();
    Path configuration = directory.resolve("nats.conf");
    String text =
        """
        listen: "%s"
        jetstream {
          store_dir: "%s"
          max_file_store: 64GB
          %s
        }
        """
            .formatted(bootstrap, directory.resolve("store"), sync.setting);
    try {
      Files.writeString(configuration, text);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + configuration, e);
    }
    List<String> words =
        List.of(lab.installation().natsServer().toString(), "-c", configuration.toString());
    Command command =
        Command.of(lab.workspace().log("nats-server"), words).with(Command.Output.LINES_AND_ERRORS);
    Child process = lab.children().start(command);
    process.awaitLine("ready", READY_LIMIT, line -> line.contains("Server is ready"));
    return new NatsServer(bootstrap, process);
  }

  @Override
  public Child process() {
    return process;
  }

  @Override
  public String bootstrap() {
    return bootstrap;
  }
}

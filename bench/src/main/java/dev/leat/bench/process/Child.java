package dev.leat.bench.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** One started process with the processes that it started itself. */
public final class Child implements AutoCloseable {
  /** Lines of output that are kept: more than any load client prints as its result. */
  private static final int KEPT_LINES = 400;

  /** How long a process may take to end by itself once it was asked to. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

  private final Process process;
  private final Command command;
  private final Consumer<Child> onEnd;
  private final Deque<String> lines = new ArrayDeque<>();
  private final Thread reader;

  Child(Process process, Command command, Consumer<Child> onEnd) {
    this.process = process;
    this.command = command;
    this.onEnd = onEnd;
    this.reader = Thread.ofVirtual().unstarted(this::readLines);
    if (command.output() != Command.Output.STALLED) {
      reader.start();
    }
  }

  /** Process id. */
  public long pid() {
    return process.pid();
  }

  /** The file that has its output. */
  public Path log() {
    return command.log();
  }

  /** Whether it still runs. */
  public boolean alive() {
    return process.isAlive();
  }

  /** The process and all that descend from it. */
  public List<ProcessHandle> tree() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
  }

  /** The first kept line that matches; waits for it. */
  public String awaitLine(String what, Duration limit, Predicate<String> wanted) {
    Await.until(
        command.program() + ": " + what + " (see " + command.log() + ")",
        limit,
        () -> {
          if (find(wanted).isPresent()) {
            return true;
          }
          if (!alive()) {
            throw failure("ended with status " + process.exitValue() + " before: " + what);
          }
          return false;
        });
    return find(wanted).orElseThrow();
  }

  /** The output, once the process has ended with status 0. */
  public List<String> awaitSuccess(Duration limit) {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        kill();
        throw failure("did not end within " + limit.toSeconds() + " s");
      }
      reader.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MeasurementException("interrupted", e);
    }
    onEnd.accept(this);
    if (process.exitValue() != 0) {
      throw failure("ended with status " + process.exitValue());
    }
    return lines();
  }

  /** The last lines of output so far. */
  public List<String> lines() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  /** Asks the process to end, and kills what is left of it after half a minute. */
  @Override
  public void close() {
    List<ProcessHandle> tree = tree();
    process.destroy();
    try {
      process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    tree.forEach(ProcessHandle::destroyForcibly);
    kill();
  }

  /** Kills the process and all that descend from it, at once. */
  public void kill() {
    tree().forEach(ProcessHandle::destroyForcibly);
    process
        .onExit()
        .orTimeout(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)
        .exceptionally(e -> process)
        .join();
    onEnd.accept(this);
  }

  private Optional<String> find(Predicate<String> wanted) {
    return lines().stream().filter(wanted).findFirst();
  }

  private MeasurementException failure(String what) {
    return new MeasurementException(
        command.program() + " " + what + ": " + lastLogged() + " (see " + command.log() + ")");
  }

  private String lastLogged() {
    try {
      List<String> logged = Files.readAllLines(command.log());
      return logged.isEmpty() ? "it said nothing" : logged.getLast();
    } catch (IOException e) {
      return "it left no log";
    }
  }

  private void readLines() {
    try (BufferedReader output = process.inputReader();
        Writer log =
            Files.newBufferedWriter(
                command.log(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        log.write(line + "\n");
        log.flush();
        keep(line);
      }
    } catch (IOException e) {
      keep("output ended: " + e.getMessage());
    }
  }

  private void keep(String line) {
    synchronized (lines) {
      lines.addLast(line);
      if (lines.size() > KEPT_LINES) {
        lines.removeFirst();
      }
    }
  }
}

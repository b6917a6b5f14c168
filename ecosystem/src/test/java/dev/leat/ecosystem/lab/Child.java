package dev.leat.ecosystem.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A process of a test: what it prints is in a file, and it ends with the test. */
public final class Child implements AutoCloseable {
  private static final int LAST_WORDS = 40;
  private static final int EXIT_TIMEOUT_S = 30;

  private final String name;
  private final Process process;
  private final Path out;
  private final Path errors;

  private Child(String name, Process process, Path out, Path errors) {
    this.name = name;
    this.process = process;
    this.out = out;
    this.errors = errors;
  }

  /** Starts a command; what it prints is in files of this name in {@code logs}. */
  public static Child start(Path logs, String name, List<String> command) throws IOException {
    Files.createDirectories(logs);
    Path out = Files.createTempFile(logs, name + "-", ".out");
    Path errors = Path.of(out.toString().replaceFirst("out$", "err"));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectOutput(out.toFile()).redirectError(errors.toFile());
    Process process = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return new Child(name, process, out, errors);
  }

  /** Starts a class of this class path. */
  public static Child java(Path logs, String name, String mainClass, List<String> arguments)
      throws IOException {
    return java(logs, name, Jvm.here(), mainClass, arguments);
  }

  /** Starts a class in a JVM. */
  public static Child java(
      Path logs, String name, Jvm jvm, String mainClass, List<String> arguments)
      throws IOException {
    return start(logs, name, jvm.command(mainClass, arguments));
  }

  /** What it has printed so far. */
  public List<String> lines() throws IOException {
    return Files.readAllLines(out);
  }

  /** Rest of the first line that begins so; fails if it ends before it prints it. */
  public String await(String prefix, Duration limit) throws InterruptedException {
    Await.until(
        name + " prints '" + prefix + "', see " + out,
        limit,
        () -> find(prefix).isPresent() || !process.isAlive());
    return find(prefix).orElseThrow(this::ended);
  }

  /** Fails, with the last words of it, if it has ended. */
  public void mustRun() {
    if (!process.isAlive()) {
      throw ended();
    }
  }

  private AssertionError ended() {
    List<String> words;
    try {
      words = Files.readAllLines(errors);
    } catch (IOException e) {
      words = List.of(e.toString());
    }
    int from = Math.max(0, words.size() - LAST_WORDS);
    return new AssertionError(
        "%s ended with %s: see %s, and its last words:%n%s"
            .formatted(name, exit(), out, String.join("\n", words.subList(from, words.size()))));
  }

  private Optional<String> find(String prefix) {
    try {
      return lines().stream()
          .filter(line -> line.startsWith(prefix))
          .findFirst()
          .map(line -> line.substring(prefix.length()).trim());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private String exit() {
    return process.isAlive() ? "nothing" : "status " + process.exitValue();
  }

  /** Whether it runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** The process. */
  public ProcessHandle handle() {
    return process.toHandle();
  }

  /** Waits for its end: its exit status. */
  public int join(Duration limit) throws InterruptedException {
    if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      kill();
      throw new AssertionError(name + " did not end within " + limit.toSeconds() + " s");
    }
    return process.exitValue();
  }

  /** kill -9. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor(EXIT_TIMEOUT_S, TimeUnit.SECONDS);
  }

  /** Ends it politely; if that takes too long, it is killed. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(EXIT_TIMEOUT_S, TimeUnit.SECONDS)) {
        kill();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}

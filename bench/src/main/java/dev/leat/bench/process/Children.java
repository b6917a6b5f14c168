package dev.leat.bench.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** All processes that a run has started, so that none of them outlives it. */
public final class Children implements AutoCloseable {
  private final Set<Child> running = ConcurrentHashMap.newKeySet();

  /** Starts a process. It is ended with this object at the latest. */
  public Child start(Command command) {
    ProcessBuilder builder = new ProcessBuilder(command.words());
    builder.environment().putAll(command.environment());
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    if (command.output() == Command.Output.LINES_AND_ERRORS) {
      builder.redirectErrorStream(true);
    } else {
      builder.redirectError(ProcessBuilder.Redirect.appendTo(command.log().toFile()));
    }
    try {
      Files.createDirectories(command.log().toAbsolutePath().getParent());
      Child child = new Child(builder.start(), command, running::remove);
      running.add(child);
      return child;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + command.program(), e);
    }
  }

  /** Kills what still runs. */
  @Override
  public void close() {
    running.forEach(Child::kill);
  }
}

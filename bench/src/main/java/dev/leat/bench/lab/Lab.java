package dev.leat.bench.lab;

import dev.leat.bench.process.Await;
import dev.leat.bench.process.Children;
import dev.leat.bench.process.Command;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * All that a measurement needs.
 *
 * @param installation the programs
 * @param workspace the directories
 * @param children the processes
 * @param scale how much to measure
 */
public record Lab(Installation installation, Workspace workspace, Children children, Scale scale) {
  /** Writing back gigabytes that others left in the page cache. */
  private static final Duration SYNC_LIMIT = Duration.ofMinutes(3);

  /** For what servers do right after a load: closing files, collecting garbage. */
  private static final Duration REST = Duration.ofSeconds(2);

  /** Writes back what earlier measurements left in the page cache, and rests. */
  public void settle() {
    run("sync", List.of("sync"), SYNC_LIMIT);
    Await.pause(REST);
  }

  /** Runs a program to its end and returns what it printed. */
  public List<String> run(String name, List<String> words, Duration limit) {
    return run(Command.of(workspace.log(name), words), limit);
  }

  /** Runs a program to its end and returns what it printed. */
  public List<String> run(Command command, Duration limit) {
    return children.start(command).awaitSuccess(limit);
  }

  /** A new, empty directory. */
  public Path directory(String name) {
    return workspace.directory(name);
  }
}

package dev.leat.bench.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildrenTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir private Path directory;
  private final Children children = new Children();

  @AfterEach
  void end() {
    children.close();
  }

  @Test
  void shouldReturnWhatAProgramPrinted() {
    List<String> output =
        children.start(shell("echo one; echo two; echo no >&2")).awaitSuccess(LIMIT);

    assertThat(output).containsExactly("one", "two");
  }

  @Test
  void shouldSayWhyAProgramFailed() {
    Child child = children.start(shell("echo 'disk is full' >&2; exit 3"));

    assertThatThrownBy(() -> child.awaitSuccess(LIMIT))
        .hasMessageContaining("ended with status 3: disk is full");
  }

  @Test
  void shouldNotWaitForALineOfADeadProgram() {
    Child child = children.start(shell("echo starting"));

    assertThatThrownBy(() -> child.awaitLine("ready", LIMIT, line -> line.equals("ready")))
        .hasMessageContaining("before: ready");
  }

  @Test
  void shouldEndProgramsThatChildrenHaveStarted() {
    Child child = children.start(shell("sleep 300 & echo $!; wait"));
    long grandchild = Long.parseLong(child.awaitLine("pid", LIMIT, line -> !line.isEmpty()));

    child.close();

    Await.until("end", LIMIT, () -> ProcessHandle.of(grandchild).isEmpty());
    assertThat(child.alive()).isFalse();
  }

  @Test
  void shouldEndAllThatStillRuns() {
    Child child = children.start(shell("trap '' TERM; echo up; sleep 300"));
    child.awaitLine("up", LIMIT, line -> line.equals("up"));

    children.close();

    assertThat(child.alive()).isFalse();
  }

  @Test
  void shouldNotReadWhatAStalledChildWrites() {
    Child child = children.start(shell("yes; echo ended >&2").with(Command.Output.STALLED));

    Await.until("a full pipe", LIMIT, () -> ResidentMemory.bytes(child.tree()) > 0);

    assertThat(child.alive()).isTrue();
    assertThat(child.lines()).isEmpty();
  }

  private Command shell(String script) {
    return Command.of(directory.resolve("log"), List.of("sh", "-c", script));
  }
}

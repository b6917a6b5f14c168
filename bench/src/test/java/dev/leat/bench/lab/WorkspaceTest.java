package dev.leat.bench.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkspaceTest {
  /** Larger than any process id of Linux. */
  private static final String DEAD = "run-4194305";

  @TempDir private Path base;

  @Test
  void shouldDeleteTheDataOfAKilledRun() throws IOException {
    Files.createDirectories(base.resolve(DEAD + "/data/1-kafka"));

    new Workspace(base).close();

    assertThat(base.resolve(DEAD)).doesNotExist();
  }

  @Test
  void shouldDeleteDataAndKeepLogs() throws IOException {
    Workspace workspace = new Workspace(base);
    Path data = workspace.directory("leat");
    Files.createFile(data.resolve("segment"));
    Path log = Files.createFile(workspace.log("leat-up"));

    workspace.close();

    assertThat(data).doesNotExist();
    assertThat(log).exists();
  }
}

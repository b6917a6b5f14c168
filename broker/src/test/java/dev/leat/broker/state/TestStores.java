package dev.leat.broker.state;

import dev.leat.broker.control.StateStore;
import java.io.IOException;
import java.nio.file.Path;

/** Stores for tests of other rooms. */
public final class TestStores {
  private TestStores() {}

  /** A new store in this directory, which runs on the caller's thread. */
  public static StateStore empty(Path directory) throws IOException {
    return LocalStateStore.open(directory, TestContext.on(Runnable::run));
  }
}

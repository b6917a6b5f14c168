package dev.leat.broker.state;

import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.Executor;

/** Surroundings of a store in tests. */
final class TestContext {
  private TestContext() {}

  static LocalStateStore.Context on(Executor executor) {
    return new LocalStateStore.Context(
        executor, InstantSource.system(), () -> UUID.randomUUID().toString());
  }
}

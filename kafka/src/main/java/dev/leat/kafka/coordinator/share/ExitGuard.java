package dev.leat.kafka.coordinator.share;

import java.util.function.Supplier;
import org.apache.kafka.common.utils.internals.Exit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps threads of Kafka's code from ending the process. A thread that sends requests to other
 * brokers does so when a round of it throws what it does not expect; here it ends alone, and its
 * owner hears of it and can make another one.
 */
final class ExitGuard {
  private static final Logger LOG = LoggerFactory.getLogger(ExitGuard.class);

  /** Threads have what was set when they were made. */
  private static final InheritableThreadLocal<@Nullable Runnable> OWNER =
      new InheritableThreadLocal<>();

  private ExitGuard() {}

  /**
   * Makes something that makes threads.
   *
   * @param onEnd called by a thread of it that would end the process, as the last thing it does
   */
  static <T> T guard(Runnable onEnd, Supplier<T> maker) {
    Exit.setExitProcedure(ExitGuard::onExit);
    OWNER.set(onEnd);
    try {
      return maker.get();
    } finally {
      OWNER.remove();
    }
  }

  private static void onExit(int status, @Nullable String message) {
    Runnable owner = OWNER.get();
    if (owner == null) {
      LOG.error("Kafka's code ends the process with status {}: {}", status, message);
      System.exit(status);
    } else {
      LOG.error(
          "thread {} ended by a defect (status {}): {}; it is made anew when it is needed",
          Thread.currentThread().getName(),
          status,
          message);
      owner.run();
    }
  }
}

package dev.leat.cli.up;

import dev.leat.cli.console.Console;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Makes Ctrl-C and SIGTERM a clean stop: the cluster is closed, and the process ends with status 0.
 */
final class UpShutdown {
  private final AtomicReference<Optional<LocalCluster>> owned =
      new AtomicReference<>(Optional.empty());
  private final Console console;

  private UpShutdown(Console console) {
    this.console = console;
  }

  static UpShutdown install(Console console) {
    UpShutdown shutdown = new UpShutdown(console);
    Runtime.getRuntime().addShutdownHook(new Thread(shutdown::run, "shutdown"));
    return shutdown;
  }

  /** From now on {@code cluster} is closed when the process is told to stop. */
  LocalCluster own(LocalCluster cluster) {
    owned.set(Optional.of(cluster));
    return cluster;
  }

  /** The cluster has ended by itself: the exit status is that of the command. */
  void release() {
    owned.set(Optional.empty());
  }

  private void run() {
    Optional<LocalCluster> cluster = owned.getAndSet(Optional.empty());
    if (cluster.isPresent()) {
      cluster.get().close();
      console.hint("leat: stopped");
      Runtime.getRuntime().halt(0);
    }
  }
}

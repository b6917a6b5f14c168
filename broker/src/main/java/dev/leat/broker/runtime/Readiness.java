package dev.leat.broker.runtime;

import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Whether a broker can be used: its groups are led, and its topics are known. Written by the core
 * loop, read by any thread.
 */
final class Readiness {
  private final Collection<GroupRunner> groups;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private volatile boolean topicsKnown;
  private volatile boolean started;

  Readiness(Collection<GroupRunner> groups) {
    this.groups = groups;
  }

  /** What the disk holds can be counted on, or has withdrawn. */
  void started() {
    started = true;
    check();
  }

  /** All Topic resources have been seen once. */
  void topicsKnown() {
    topicsKnown = true;
    check();
  }

  /** Something has changed that may make the broker ready. */
  void check() {
    if (!ready.isDone() && problem().isEmpty()) {
      ready.complete(null);
    }
  }

  /** Completes when the broker is ready for the first time. */
  CompletionStage<Void> first() {
    return ready.minimalCompletionStage();
  }

  /** A group that has withdrawn keeps nobody waiting: the others go on. */
  private static boolean isAwaited(GroupRunner group) {
    return !group.view().leadership().here() && !group.isWithdrawn();
  }

  /** Why the broker is not ready, or empty if it is. */
  Optional<String> problem() {
    if (!started) {
      return Optional.of("the groups on the disk are being started");
    }
    long waiting = groups.stream().filter(Readiness::isAwaited).count();
    if (waiting > 0) {
      return Optional.of(waiting + " of " + groups.size() + " groups have no leader yet");
    }
    return topicsKnown ? Optional.empty() : Optional.of("topics are not known yet");
  }
}

package dev.leat.broker.runtime;

import dev.leat.broker.control.coordination.ClusterView;
import dev.leat.broker.runtime.view.GroupView;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Whether a broker can be used: it is a member of the cluster and not refused by all others, its
 * topics are known, and when it starts the groups on its disk are led, here or elsewhere; but those
 * that wait for a person keep nobody waiting. Written by the core loop, read by any thread.
 */
final class Readiness {
  private final Collection<GroupRunner> groups;
  private final int self;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private volatile boolean topicsKnown;
  private volatile boolean started;
  private volatile Optional<String> refusal = Optional.empty();
  private volatile ClusterView cluster = ClusterView.EMPTY;

  /** Not ready yet. */
  Readiness(Collection<GroupRunner> groups, int self) {
    this.groups = groups;
    this.self = self;
  }

  /** What the disk holds can be counted on, or has withdrawn. */
  void started() {
    started = true;
    check();
  }

  /** No other broker wants this one, and why; or empty, if that is not so. */
  void setRefusal(Optional<String> why) {
    refusal = why;
    check();
  }

  /** All Topic resources have been seen once. */
  void topicsKnown() {
    topicsKnown = true;
    check();
  }

  /** The cluster is another one. */
  void setCluster(ClusterView view) {
    cluster = view;
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

  /** Why the broker is not ready, or empty if it is. */
  Optional<String> problem() {
    if (!started) {
      return Optional.of("the groups on the disk are being started");
    }
    if (refusal.isPresent()) {
      return refusal;
    }
    if (cluster.broker(self).isEmpty()) {
      return Optional.of(
          cluster.controller() < 0 ? "no controller is known yet" : "the controller waits for it");
    }
    if (!topicsKnown) {
      return Optional.of("topics are not known yet");
    }
    long waiting =
        ready.isDone()
            ? 0
            : groups.stream()
                // A group that has withdrawn keeps nobody waiting: the others go on.
                .filter(group -> group.isHeld() && !group.isWithdrawn())
                .filter(group -> !group.view().isLost())
                .filter(group -> !isLed(group.view().leadership()))
                .count();
    return waiting == 0
        ? Optional.empty()
        : Optional.of(waiting + " of " + groups.size() + " groups have no leader yet");
  }

  private boolean isLed(GroupView.Leadership leadership) {
    return leadership.leader() == self
        ? leadership.here()
        : leadership.leader() != GroupView.NO_LEADER;
  }
}

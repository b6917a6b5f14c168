package dev.leat.operator.plan;

import dev.leat.crds.ClusterState;
import dev.leat.crds.PodSettings;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which brokers to restart next so that they run the newest version: only such that every group can
 * do without them, those that lead least first and the controller last. The first one alone, to see
 * whether the version starts at all; then all of a zone at a time that can be missed together.
 */
public final class RollPlan {
  private RollPlan() {}

  /** What to do next. */
  public sealed interface Step {
    /** Every broker is as it should be. */
    record Done() implements Step {}

    /**
     * These brokers are to be restarted, at once.
     *
     * @param brokers their numbers; one or more of one zone
     * @param reason one line
     */
    record Restart(List<Integer> brokers, String reason) implements Step {
      /** Copies. */
      public Restart {
        brokers = List.copyOf(brokers);
      }

      /** One line for people. */
      public String text() {
        String numbers = brokers.stream().map(String::valueOf).collect(Collectors.joining(", "));
        return (brokers.size() == 1 ? "broker %s is restarted: %s" : "brokers %s restart: %s")
            .formatted(numbers, reason);
      }
    }

    /**
     * Nothing can be done now.
     *
     * @param reason one line: what is waited for
     */
    record Wait(String reason) implements Step {}
  }

  /**
   * What is known.
   *
   * @param pods pods of all brokers that there should be
   * @param wanted number of brokers that there should be
   * @param state who is there and votes; empty: not known
   * @param controller the broker that is controller
   * @param rollout what people want
   */
  public record Situation(
      List<BrokerPod> pods,
      int wanted,
      Optional<ClusterState.Status> state,
      OptionalInt controller,
      PodSettings.Rollout rollout) {
    /** Copies. */
    public Situation {
      pods = List.copyOf(pods);
    }
  }

  /** Decides. */
  public static Step next(Situation now) {
    List<BrokerPod> old = now.pods().stream().filter(pod -> !pod.current()).toList();
    if (old.isEmpty()) {
      return new Step.Done();
    }
    if (now.rollout().paused()) {
      return new Step.Wait(old.size() + " brokers run an older version: spec.rollout.paused");
    }
    long updated = now.pods().size() - (long) old.size();
    if (now.rollout().canary().isPresent() && updated >= now.rollout().canary().get()) {
      return new Step.Wait(
          "%d brokers run an older version: spec.rollout.canary is %d"
              .formatted(old.size(), now.rollout().canary().get()));
    }
    return choose(now, old);
  }

  private static Step choose(Situation now, List<BrokerPod> old) {
    Optional<BrokerPod> leaving = now.pods().stream().filter(BrokerPod::leaving).findFirst();
    if (leaving.isPresent()) {
      return new Step.Wait("broker " + leaving.get().broker() + " is stopping");
    }
    Optional<BrokerPod> broken = old.stream().filter(pod -> !pod.ready()).findFirst();
    Optional<BrokerPod> unready = now.pods().stream().filter(pod -> !pod.ready()).findFirst();
    if (unready.isPresent() && unready.get().current()) {
      return new Step.Wait(
          "broker %d runs the newest version and is not ready: nothing is restarted until it is"
              .formatted(unready.get().broker()));
    }
    if (broken.isPresent()) {
      return new Step.Restart(
          List.of(broken.get().broker()), "it is not ready, and has an older version");
    }
    if (now.pods().size() < now.wanted()) {
      return new Step.Wait("not all brokers are there");
    }
    if (now.state().isEmpty()) {
      return new Step.Wait("it is not known yet who votes where");
    }
    ClusterState.Status state = now.state().get();
    List<BrokerPod> inOrder = old.stream().sorted(order(state, now.controller())).toList();
    int first = inOrder.getFirst().broker();
    return Quorums.blocking(state, live(now), first)
        .<Step>map(Step.Wait::new)
        .orElseGet(() -> new Step.Restart(together(now, state, inOrder), "an older version runs"));
  }

  /** The first one, and whoever of its zone can be missed beside it. */
  private static List<Integer> together(
      Situation now, ClusterState.Status state, List<BrokerPod> inOrder) {
    BrokerPod first = inOrder.getFirst();
    Set<Integer> chosen = new LinkedHashSet<>(List.of(first.broker()));
    long updated = now.pods().stream().filter(BrokerPod::current).count();
    if (updated == 0 || first.zone().isEmpty()) {
      return List.copyOf(chosen);
    }
    long most = now.rollout().canary().map(canary -> canary - updated).orElse(Long.MAX_VALUE);
    for (BrokerPod next : inOrder.subList(1, inOrder.size())) {
      boolean isController =
          now.controller().isPresent() && now.controller().getAsInt() == next.broker();
      if (chosen.size() < most && next.zone().equals(first.zone()) && !isController) {
        chosen.add(next.broker());
        if (!Quorums.canMiss(state, live(now), chosen)) {
          chosen.remove(next.broker());
        }
      }
    }
    return List.copyOf(chosen);
  }

  private static Set<Integer> live(Situation now) {
    return now.pods().stream()
        .filter(BrokerPod::ready)
        .map(BrokerPod::broker)
        .collect(Collectors.toSet());
  }

  private static Comparator<BrokerPod> order(ClusterState.Status state, OptionalInt controller) {
    return Comparator.<BrokerPod, Boolean>comparing(
            pod -> controller.isPresent() && controller.getAsInt() == pod.broker())
        .thenComparing(pod -> leads(state, pod.broker()))
        .thenComparing(BrokerPod::broker);
  }

  private static long leads(ClusterState.Status state, int broker) {
    return state.groups().stream().filter(group -> group.leader() == broker).count();
  }
}

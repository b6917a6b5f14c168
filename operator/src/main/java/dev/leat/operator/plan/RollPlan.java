package dev.leat.operator.plan;

import dev.leat.crds.ClusterState;
import dev.leat.crds.PodSettings;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which broker to restart next so that it runs the newest version: one at a time, only while every
 * group can do without it, those that lead least first and the controller last.
 */
public final class RollPlan {
  private RollPlan() {}

  /** What to do next. */
  public sealed interface Step {
    /** Every broker is as it should be. */
    record Done() implements Step {}

    /**
     * This broker is to be restarted.
     *
     * @param broker its number
     * @param reason one line
     */
    record Restart(int broker, String reason) implements Step {}

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
      return new Step.Restart(broken.get().broker(), "it is not ready, and has an older version");
    }
    if (now.pods().size() < now.wanted()) {
      return new Step.Wait("not all brokers are there");
    }
    if (now.state().isEmpty()) {
      return new Step.Wait("it is not known yet who votes where");
    }
    BrokerPod next = old.stream().min(order(now.state().get(), now.controller())).orElseThrow();
    return Quorums.blocking(now.state().get(), live(now), next.broker())
        .<Step>map(Step.Wait::new)
        .orElseGet(() -> new Step.Restart(next.broker(), "it has an older version"));
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

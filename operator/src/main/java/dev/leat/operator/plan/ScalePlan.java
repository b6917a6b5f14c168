package dev.leat.operator.plan;

import dev.leat.crds.ClusterState;
import java.util.Optional;

/** How many pods there should be: brokers go only when they hold nothing any more. */
public final class ScalePlan {
  private ScalePlan() {}

  /**
   * What to do.
   *
   * @param pods number of pods that there should be
   * @param waiting why there are more than the Cluster asks for; empty: there are not
   */
  public record Size(int pods, Optional<String> waiting) {}

  /**
   * Decides.
   *
   * @param wanted brokers that the Cluster asks for
   * @param existing pods that there should be so far, 0 in the beginning
   * @param state who votes; empty: not known
   */
  public static Size next(int wanted, int existing, Optional<ClusterState.Status> state) {
    if (wanted >= existing) {
      return new Size(wanted, Optional.empty());
    }
    int last = existing - 1;
    if (state.isEmpty()) {
      return new Size(
          existing, Optional.of("it is not known whether broker " + last + " is empty"));
    }
    long votes = Quorums.votesOf(state.get(), last);
    return votes == 0
        ? new Size(last, last > wanted ? Optional.of("brokers go one by one") : Optional.empty())
        : new Size(
            existing, Optional.of("broker %d still votes in %d groups".formatted(last, votes)));
  }
}

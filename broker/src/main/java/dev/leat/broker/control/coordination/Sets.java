package dev.leat.broker.control.coordination;

import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.Replica;
import java.util.List;
import java.util.Set;

/** Quorums of a config, as an appointer counts them. */
final class Sets {
  private Sets() {}

  /** Whether {@code some} hold quorums of all sets. */
  static boolean isQuorum(GroupConfig config, Set<Replica> some) {
    return isMajority(config.voters(), some)
        && (!config.isJoint() || isMajority(config.prev(), some));
  }

  private static boolean isMajority(List<Replica> set, Set<Replica> some) {
    return set.stream().filter(some::contains).count() > set.size() / 2;
  }
}

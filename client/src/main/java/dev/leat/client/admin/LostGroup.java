package dev.leat.client.admin;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/**
 * A replica group that has no quorum any more, and what is left of it.
 *
 * @param group number of the group: replicas &lt;&lt; 12 | index
 * @param lost for how long the controller has seen no quorum
 * @param replicas its voters, and whoever else has something of it; by broker
 * @param survivor broker that it would begin again from; empty if none can be reached that has
 *     anything
 * @param outlook one line: what would be kept and what lost, or what to bring back
 */
public record LostGroup(
    int group, Duration lost, List<LostReplica> replicas, OptionalInt survivor, String outlook) {

  /** Keeps an unchangeable list. */
  public LostGroup {
    replicas = List.copyOf(replicas);
  }
}

package dev.leat.broker.log.group;

import dev.leat.broker.log.Replica;
import java.util.List;

/**
 * Which group this is, and which replica of it. On disk before anything else of the group.
 *
 * @param history random number of this history of the group
 * @param self this replica
 * @param firstVoters voters before the first config entry; empty in a replica that joined later and
 *     gets its config with a snapshot
 */
public record GroupIdentity(long history, Replica self, List<Replica> firstVoters) {
  /** No replica any more: the group was dropped from this disk. */
  public static final GroupIdentity NONE = new GroupIdentity(0, new Replica(-1, 0), List.of());

  /** Copies the list. */
  public GroupIdentity {
    firstVoters = List.copyOf(firstVoters);
  }
}

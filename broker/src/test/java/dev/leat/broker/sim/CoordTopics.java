package dev.leat.broker.sim;

import dev.leat.broker.control.TopicEvent;
import dev.leat.broker.control.coordination.CoordinationEvent;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.TopicId;
import dev.leat.broker.log.TopicPartition;
import dev.leat.broker.replication.GroupEvent;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The topic controller's part: wants groups, and partitions in them. */
final class CoordTopics {
  private final CoordSim sim;
  private final CoordNode node;
  private final Set<GroupId> reported = new HashSet<>();
  private final Set<GroupId> asked = new HashSet<>();
  private boolean listed;

  CoordTopics(CoordSim sim, CoordNode node) {
    this.sim = sim;
    this.node = node;
  }

  boolean isListed() {
    return listed;
  }

  void on(TopicEvent event) {
    switch (event) {
      case TopicEvent.GroupsListed(Set<GroupId> groups) -> {
        SimFailure.check(!listed, "TOPICS", "groups are listed twice");
        listed = true;
        reported.addAll(groups);
        sim.wanted().forEach(this::want);
      }
      case TopicEvent.GroupReported held -> {
        SimFailure.check(listed, "TOPICS", "a report before the list");
        sim.sometimes().happened("group reported");
        reported.add(held.group());
      }
      case TopicEvent.GroupFailed failed -> {
        sim.sometimes().happened("group failed");
        asked.remove(failed.group());
        sim.clock()
            .after(
                300_000,
                () -> {
                  if (node.topics() == this) {
                    want(failed.group());
                  }
                });
      }
      case TopicEvent.GroupDone done -> {
        sim.sometimes().happened("partitions changed");
        asked.remove(done.group());
      }
      default -> {}
    }
  }

  void want(GroupId group) {
    if (listed && !reported.contains(group) && asked.add(group)) {
      node.coordinate(new CoordinationEvent.CreateGroup(group));
    }
  }

  /** Creates a partition by way of the controller. */
  void createPartition(GroupId group, long number) {
    if (listed && reported.contains(group) && asked.add(group)) {
      TopicPartition id = new TopicPartition(new TopicId(2, number), 0);
      node.coordinate(
          new CoordinationEvent.ChangePartitions(
              group, List.of(new GroupEvent.NewPartition(id, "t" + number)), List.of()));
    }
  }
}

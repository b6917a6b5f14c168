package dev.leat.broker.control.coordination;

import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.PartitionInfo;
import dev.leat.broker.replication.GroupStatus;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The replicas on this broker's disk, as they are now. Read during a step only. */
public interface LocalGroups {
  /** All that exist. */
  Collection<GroupId> all();

  /** Groups whose replica here has withdrawn. */
  Collection<GroupId> lastResorts();

  /** UNCLEAN: what a replica had that has withdrawn; empty if there is none. */
  Optional<GroupStatus> lastResort(GroupId group);

  /** What a replica is and has; empty if it is not on this disk. */
  Optional<GroupStatus> status(GroupId group);

  /** What a replica holds, committed. */
  List<PartitionInfo> partitions(GroupId group);
}

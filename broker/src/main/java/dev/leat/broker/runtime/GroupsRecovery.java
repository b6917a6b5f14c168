package dev.leat.broker.runtime;

import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Recovery;
import dev.leat.broker.replication.GroupMachine;
import dev.leat.broker.replication.GroupOptions;
import dev.leat.broker.replication.GroupRecovery;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Makes the machines of all groups from what the journal found. */
final class GroupsRecovery {
  private final GroupOptions options;
  private final Map<GroupId, GroupRecovery> found = new HashMap<>();

  GroupsRecovery(GroupOptions options) {
    this.options = options;
  }

  /**
   * All groups that the journal knows, and {@code groupsPerClass} of the class of one replica,
   * known or not.
   *
   * @throws dev.leat.broker.log.CorruptEntryException if what a group needs is damaged
   */
  Map<GroupId, GroupRunner> recover(Recovery recovery, int groupsPerClass) {
    recovery.checkpoints().forEach((id, bytes) -> group(id).checkpoint(bytes));
    recovery.tail().accept(entry -> group(entry.header().group()).entry(entry));
    for (int i = 0; i < groupsPerClass; i++) {
      group(GroupId.of(1, i));
    }
    Map<GroupId, GroupRunner> groups = new TreeMap<>();
    found.forEach((id, group) -> groups.put(id, runner(id, group.finish())));
    return groups;
  }

  private GroupRecovery group(GroupId id) {
    return found.computeIfAbsent(id, missing -> new GroupRecovery(missing, options));
  }

  private static GroupRunner runner(GroupId id, GroupMachine machine) {
    GroupRunner runner = new GroupRunner(machine, new GroupView(id));
    runner.restore();
    return runner;
  }
}

package dev.leat.broker.runtime;

import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Recovery;
import dev.leat.broker.replication.GroupMachine;
import dev.leat.broker.replication.GroupOptions;
import dev.leat.broker.replication.GroupRecovery;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** Makes the machines of all groups from what the journal found. */
final class GroupsRecovery {
  private final GroupOptions options;
  private final GroupViews views;
  private final Map<GroupId, GroupRecovery> found = new HashMap<>();

  /** Groups with these options, whose leaders show in {@code views}. */
  GroupsRecovery(GroupOptions options, GroupViews views) {
    this.options = options;
    this.views = views;
  }

  /**
   * All groups that the journal knows, in a map that any thread may read.
   *
   * @throws dev.leat.broker.log.CorruptEntryException if what a group needs is damaged
   */
  Map<GroupId, GroupRunner> recover(Recovery recovery) {
    recovery.checkpoints().forEach((id, bytes) -> group(id).checkpoint(bytes));
    recovery.tail().accept(entry -> group(entry.header().group()).entry(entry));
    Map<GroupId, GroupRunner> groups = new ConcurrentSkipListMap<>();
    found.forEach((id, group) -> groups.put(id, runner(id, group.finish())));
    return groups;
  }

  /** A group that is not on the disk. */
  GroupRunner absent(GroupId id) {
    return runner(id, new GroupRecovery(id, options).finish());
  }

  private GroupRecovery group(GroupId id) {
    return found.computeIfAbsent(id, missing -> new GroupRecovery(missing, options));
  }

  private GroupRunner runner(GroupId id, GroupMachine machine) {
    GroupRunner runner = new GroupRunner(machine, views.of(id));
    runner.restore();
    return runner;
  }
}

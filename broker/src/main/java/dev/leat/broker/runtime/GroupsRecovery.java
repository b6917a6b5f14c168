package dev.leat.broker.runtime;

import dev.leat.broker.log.Entry;
import dev.leat.broker.log.EntryHeader;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Recovery;
import dev.leat.broker.replication.GroupMachine;
import dev.leat.broker.replication.GroupOptions;
import dev.leat.broker.replication.GroupRecovery;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the machines of all groups from what the journal found. */
final class GroupsRecovery {
  private static final Logger LOG = LoggerFactory.getLogger(GroupsRecovery.class);

  private final GroupOptions options;
  private final Map<GroupId, GroupRecovery> found = new HashMap<>();

  GroupsRecovery(GroupOptions options) {
    this.options = options;
  }

  /**
   * All groups that the journal knows, and {@code groupsPerClass} of the class of one replica,
   * known or not.
   *
   * <p>A group that has lost something has withdrawn: the others go on.
   *
   * @throws dev.leat.broker.log.CorruptEntryException if a newer release wrote what a group needs
   */
  Map<GroupId, GroupRunner> recover(Recovery recovery, int groupsPerClass) {
    recovery.checkpoints().forEach((id, bytes) -> group(id).checkpoint(bytes));
    recovery.tail().accept(new Tail());
    for (int i = 0; i < groupsPerClass; i++) {
      group(GroupId.of(1, i));
    }
    Map<GroupId, GroupRunner> groups = new TreeMap<>();
    found.forEach(
        (id, group) -> {
          String gap = group.gap();
          if (gap != null) {
            LOG.error("{}", gap);
          }
          groups.put(id, runner(id, group.finish()));
        });
    return groups;
  }

  private final class Tail implements Recovery.Visitor {
    @Override
    public void entry(Entry entry) {
      group(entry.header().group()).entry(entry);
    }

    @Override
    public void lost(EntryHeader header, String what) {
      group(header.group()).lost(header, what);
    }
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

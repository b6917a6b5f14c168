package dev.leat.broker.runtime;

import dev.leat.broker.log.Entry;
import dev.leat.broker.log.EntryHeader;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Recovery;
import dev.leat.broker.replication.GroupMachine;
import dev.leat.broker.replication.GroupOptions;
import dev.leat.broker.replication.GroupRecovery;
import dev.leat.broker.runtime.view.GroupViews;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the machines of all groups from what the journal found. */
final class GroupsRecovery {
  private static final Logger LOG = LoggerFactory.getLogger(GroupsRecovery.class);

  private final GroupOptions options;
  private final GroupViews views;
  private final Map<GroupId, GroupRecovery> found = new HashMap<>();

  /** Groups with these options, whose leaders show in {@code views}. */
  GroupsRecovery(GroupOptions options, GroupViews views) {
    this.options = options;
    this.views = views;
  }

  /**
   * All groups that the journal knows, in a map that any thread may read. A group that has lost
   * something has withdrawn: the others go on.
   *
   * @throws dev.leat.broker.log.CorruptEntryException if a newer release wrote what a group needs
   */
  Map<GroupId, GroupRunner> recover(Recovery recovery) {
    recovery.checkpoints().forEach((id, bytes) -> group(id).checkpoint(bytes));
    recovery.tail().accept(new Tail());
    Map<GroupId, GroupRunner> groups = new ConcurrentSkipListMap<>();
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

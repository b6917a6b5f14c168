package dev.leat.broker.runtime;

import dev.leat.broker.control.coordination.CoordinationEvent;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.replication.GroupStatus;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Notices new voters of groups, which no effect tells of. On the core loop only. */
final class ConfigWatcher {
  private final Map<GroupId, GroupRunner> groups;
  private final Consumer<CoordinationEvent> events;
  private final Map<GroupId, Seen> seen = new HashMap<>();

  /** Watches these groups. */
  ConfigWatcher(Map<GroupId, GroupRunner> groups, Consumer<CoordinationEvent> events) {
    this.groups = groups;
    this.events = events;
  }

  private record Seen(long history, long configSeq, int configEpoch) {}

  /** Looks at all groups. */
  void onTick() {
    groups.forEach((id, group) -> group.machine().status().ifPresent(now -> look(id, now)));
  }

  private void look(GroupId id, GroupStatus status) {
    Seen now = new Seen(status.history(), status.configSeq(), status.configEpoch());
    if (!now.equals(seen.put(id, now))) {
      events.accept(new CoordinationEvent.GroupChanged(id));
    }
  }
}

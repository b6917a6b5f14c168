package dev.leat.broker.runtime.view;

import dev.leat.broker.log.GroupId;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** Who leads each group of the cluster, those that are not on this broker included. Any thread. */
public final class GroupViews {
  private final Map<GroupId, GroupView> views = new ConcurrentSkipListMap<>();

  /** The view of this group, the same every time. */
  public GroupView of(GroupId id) {
    return views.computeIfAbsent(id, GroupView::new);
  }

  /** All views, in order of their groups. */
  public Collection<GroupView> all() {
    return views.values();
  }
}

package dev.leat.broker.runtime;

import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.replication.GroupEvent;
import dev.leat.broker.replication.GroupStatus;
import dev.leat.broker.replication.Outcome;
import java.util.Collection;
import java.util.List;

/**
 * Brings the groups of which this broker is the only voter to life after a restart: appoints it for
 * each, in a new epoch. Nobody else could lead them, so nobody needs to be asked. On the core loop
 * only.
 */
final class GroupStarter {
  private final CoreLoop core;

  GroupStarter(CoreLoop core) {
    this.core = core;
  }

  void start(Collection<GroupRunner> groups) {
    groups.forEach(group -> group.machine().status().ifPresent(now -> start(group, now)));
  }

  private void start(GroupRunner group, GroupStatus status) {
    GroupConfig config = status.config();
    if (config != null && !config.isJoint() && config.voters().equals(List.of(status.self()))) {
      CoreLoop.OutcomeListener listener = GroupStarter::checkAccepted;
      core.step(group, new GroupEvent.Appoint(status.promised().epoch() + 1, listener));
    }
  }

  private static void checkAccepted(Outcome outcome) {
    if (!(outcome instanceof Outcome.Appointment.Accepted)) {
      throw new IllegalStateException("the only voter refuses to lead: " + outcome);
    }
  }
}

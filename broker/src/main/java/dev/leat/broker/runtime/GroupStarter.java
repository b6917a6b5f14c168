package dev.leat.broker.runtime;

import dev.leat.broker.log.Replica;
import dev.leat.broker.replication.GroupEvent;
import dev.leat.broker.replication.GroupStatus;
import dev.leat.broker.replication.Outcome;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Brings the groups of one voter to life: creates those that are new on this disk, and appoints
 * this broker for each, in a new epoch. With one voter nobody else could lead, so nobody needs to
 * be asked. On the core loop only.
 */
final class GroupStarter {
  private final CoreLoop core;
  private final int brokerId;
  private final RandomGenerator random;

  GroupStarter(CoreLoop core, int brokerId, RandomGenerator random) {
    this.core = core;
    this.brokerId = brokerId;
    this.random = random;
  }

  void start(Collection<GroupRunner> groups) {
    groups.forEach(this::start);
  }

  private void start(GroupRunner group) {
    Optional<GroupStatus> status = group.machine().status();
    if (status.isPresent()) {
      appoint(group);
      return;
    }
    Replica self = new Replica(brokerId, random.nextLong());
    core.step(
        group,
        new GroupEvent.Create(
            random.nextLong(), self, List.of(self), listener(outcome -> appoint(group))));
  }

  private void appoint(GroupRunner group) {
    int epoch = group.machine().status().orElseThrow().promised().epoch() + 1;
    core.step(group, new GroupEvent.Appoint(epoch, listener(GroupStarter::checkAccepted)));
  }

  private static void checkAccepted(Outcome outcome) {
    if (!(outcome instanceof Outcome.Appointment.Accepted)) {
      throw new IllegalStateException("the only voter refuses to lead: " + outcome);
    }
  }

  private static CoreLoop.OutcomeListener listener(CoreLoop.OutcomeListener listener) {
    return listener;
  }
}

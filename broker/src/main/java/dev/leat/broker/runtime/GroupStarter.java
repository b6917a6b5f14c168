package dev.leat.broker.runtime;

import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.Replica;
import dev.leat.broker.log.Withdrawal;
import dev.leat.broker.log.disk.BrokerDisk;
import dev.leat.broker.replication.GroupEvent;
import dev.leat.broker.replication.GroupMachine;
import dev.leat.broker.replication.GroupStatus;
import dev.leat.broker.replication.Outcome;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * Brings the groups of one voter to life: creates those that are new on this disk, and appoints
 * this broker for each, in a new epoch. With one voter nobody else could lead, so nobody needs to
 * be asked. On the core loop only.
 *
 * <p>DISK: if the disk is in doubt, all groups withdraw first.
 */
final class GroupStarter {
  private final CoreLoop core;
  private final int brokerId;
  private final RandomGenerator random;
  private final BrokerDisk disk;
  private final Executor blocking;
  private final Runnable onStarted;
  private int withdrawing;

  /**
   * A starter.
   *
   * @param blocking where it may wait for the disk
   * @param onStarted called when all groups have been told to start
   */
  GroupStarter(
      CoreLoop core,
      int brokerId,
      RandomGenerator random,
      BrokerDisk disk,
      Executor blocking,
      Runnable onStarted) {
    this.core = core;
    this.brokerId = brokerId;
    this.random = random;
    this.disk = disk;
    this.blocking = blocking;
    this.onStarted = onStarted;
  }

  void start(Collection<GroupRunner> groups) {
    Optional<Withdrawal> doubt = disk.doubt();
    if (doubt.isEmpty()) {
      start(groups, false);
      return;
    }
    boolean lossAccepted = disk.lossAccepted();
    withdrawing = groups.size();
    CoreLoop.OutcomeListener withdrawn =
        outcome -> {
          if (--withdrawing == 0) {
            blocking.execute(() -> settle(groups, lossAccepted));
          }
        };
    groups.forEach(group -> core.step(group, new GroupEvent.Withdraw(doubt.get(), withdrawn)));
  }

  private void settle(Collection<GroupRunner> groups, boolean lossAccepted) {
    // What was accepted has to be done before that is forgotten: doing it again does no harm.
    if (lossAccepted) {
      core.call(() -> start(groups, true));
      core.call(() -> blocking.execute(disk::settle));
    } else {
      disk.settle();
      core.call(() -> start(groups, false));
    }
  }

  private void start(Collection<GroupRunner> groups, boolean lossAccepted) {
    groups.forEach(group -> start(group, lossAccepted));
    onStarted.run();
  }

  private void start(GroupRunner group, boolean lossAccepted) {
    GroupMachine machine = group.machine();
    if (machine.status().isPresent()) {
      appoint(group);
    } else if (machine.lastResort().isEmpty()) {
      Replica self = newReplica();
      core.step(
          group,
          new GroupEvent.Create(
              random.nextLong(), self, List.of(self), listener(outcome -> appoint(group))));
    } else if (lossAccepted && isAlone(machine.lastResort().get())) {
      core.step(
          group,
          group.fork(random.nextLong(), newReplica(), outcome -> appoint(group)));
    }
  }

  private Replica newReplica() {
    return new Replica(brokerId, random.nextLong());
  }

  /** UNCLEAN: nobody else has voted, so there is nobody to get anything from. */
  private static boolean isAlone(GroupStatus status) {
    GroupConfig config = status.config();
    return config != null && config.all().equals(List.of(status.self()));
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

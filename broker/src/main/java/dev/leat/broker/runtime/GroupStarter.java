package dev.leat.broker.runtime;

import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.Replica;
import dev.leat.broker.log.Withdrawal;
import dev.leat.broker.log.disk.BrokerDisk;
import dev.leat.broker.replication.GroupEvent;
import dev.leat.broker.replication.GroupStatus;
import dev.leat.broker.replication.Outcome;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * Brings the groups of which this broker is the only voter to life after a restart: appoints it for
 * each, in a new epoch. Nobody else could lead them, so nobody needs to be asked. On the core loop
 * only.
 *
 * <p>DISK: if the disk is in doubt, all groups withdraw first.
 */
final class GroupStarter {
  private final CoreLoop core;
  private final BrokerDisk disk;
  private final RandomGenerator random;
  private final Executor blocking;
  private final Runnable onStarted;
  private int withdrawing;

  /**
   * A starter.
   *
   * @param blocking where it may wait for the disk
   * @param onStarted called when what the disk holds can be counted on, or has withdrawn: before
   *     that nothing may be said to other brokers
   */
  GroupStarter(
      CoreLoop core,
      BrokerDisk disk,
      RandomGenerator random,
      Executor blocking,
      Runnable onStarted) {
    this.core = core;
    this.disk = disk;
    this.random = random;
    this.blocking = blocking;
    this.onStarted = onStarted;
  }

  void start(Collection<GroupRunner> groups) {
    Optional<Withdrawal> doubt = disk.doubt();
    if (doubt.isEmpty()) {
      groups.forEach(group -> group.machine().status().ifPresent(now -> start(group, now)));
      onStarted.run();
      return;
    }
    boolean lossAccepted = disk.lossAccepted();
    withdrawing = groups.size();
    if (groups.isEmpty()) {
      blocking.execute(() -> settle(groups, lossAccepted));
    }
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
      core.call(() -> groups.forEach(this::begin));
      core.call(() -> blocking.execute(this::settle));
    } else {
      settle();
    }
  }

  private void settle() {
    disk.settle();
    core.call(onStarted);
  }

  private void start(GroupRunner group, GroupStatus status) {
    if (isAlone(status)) {
      appoint(group, status);
    }
  }

  /** UNCLEAN: nobody else has voted, so there is nobody to get anything from. */
  private void begin(GroupRunner group) {
    Optional<GroupStatus> last = group.machine().lastResort();
    if (last.isPresent() && isAlone(last.get())) {
      Replica self = new Replica(disk.identity().brokerId(), random.nextLong());
      core.step(
          group,
          group.fork(
              random.nextLong(),
              self,
              outcome -> group.machine().status().ifPresent(now -> appoint(group, now))));
    }
  }

  private static boolean isAlone(GroupStatus status) {
    GroupConfig config = status.config();
    return config != null && config.all().equals(List.of(status.self()));
  }

  private void appoint(GroupRunner group, GroupStatus status) {
    CoreLoop.OutcomeListener listener = GroupStarter::checkAccepted;
    core.step(group, new GroupEvent.Appoint(status.promised().epoch() + 1, listener));
  }

  private static void checkAccepted(Outcome outcome) {
    if (!(outcome instanceof Outcome.Appointment.Accepted)) {
      throw new IllegalStateException("the only voter refuses to lead: " + outcome);
    }
  }
}

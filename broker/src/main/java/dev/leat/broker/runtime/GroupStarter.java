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
 * Brings the groups of which this broker is the only voter to life after a restart: appoints it for
 * each, in a new epoch. Nobody else could lead them, so nobody needs to be asked. On the core loop
 * only.
 *
 * <p>DISK: if the disk is in doubt, all its groups withdraw before this broker says a word.
 */
final class GroupStarter {
  private final CoreLoop core;
  private final BrokerDisk disk;
  private final Executor blocking;
  private final RandomGenerator random;
  private int withdrawing;

  /**
   * A starter.
   *
   * @param blocking where it may wait for the disk
   */
  GroupStarter(CoreLoop core, BrokerDisk disk, Executor blocking, RandomGenerator random) {
    this.core = core;
    this.disk = disk;
    this.blocking = blocking;
    this.random = random;
  }

  /**
   * Starts them.
   *
   * @param then runs on the core loop, once what the disk holds can be counted on
   */
  void start(Collection<GroupRunner> groups, Runnable then) {
    Optional<Withdrawal> doubt = disk.doubt();
    if (doubt.isEmpty() || groups.isEmpty()) {
      groups.forEach(group -> start(group, false));
      then.run();
    } else {
      withdraw(groups, doubt.get(), then);
    }
  }

  private void withdraw(Collection<GroupRunner> groups, Withdrawal doubt, Runnable then) {
    boolean lossAccepted = disk.lossAccepted();
    List<GroupRunner> all = List.copyOf(groups);
    withdrawing = all.size();
    CoreLoop.OutcomeListener withdrawn =
        outcome -> {
          if (--withdrawing == 0) {
            all.forEach(group -> start(group, lossAccepted));
            blocking.execute(
                () -> {
                  disk.settle();
                  core.call(then);
                });
          }
        };
    all.forEach(group -> core.step(group, new GroupEvent.Withdraw(doubt, withdrawn)));
  }

  private void start(GroupRunner group, boolean lossAccepted) {
    GroupMachine machine = group.machine();
    machine.status().filter(GroupStarter::isAlone).ifPresent(status -> appoint(group));
    if (lossAccepted) {
      machine.lastResort().filter(GroupStarter::isAlone).ifPresent(status -> fork(group, status));
    }
  }

  /** Nobody else votes. */
  private static boolean isAlone(GroupStatus status) {
    GroupConfig config = status.config();
    return config != null && config.all().equals(List.of(status.self()));
  }

  /** UNCLEAN: nobody else has voted, so there is nobody to get anything from. */
  private void fork(GroupRunner group, GroupStatus status) {
    Replica self = new Replica(status.self().broker(), random.nextLong());
    CoreLoop.OutcomeListener forked = outcome -> appoint(group);
    core.step(group, new GroupEvent.Fork(random.nextLong(), self, forked));
  }

  private void appoint(GroupRunner group) {
    int epoch = group.machine().status().orElseThrow().promised().epoch() + 1;
    CoreLoop.OutcomeListener listener = GroupStarter::checkAccepted;
    core.step(group, new GroupEvent.Appoint(epoch, listener));
  }

  private static void checkAccepted(Outcome outcome) {
    if (!(outcome instanceof Outcome.Appointment.Accepted)) {
      throw new IllegalStateException("the only voter refuses to lead: " + outcome);
    }
  }
}

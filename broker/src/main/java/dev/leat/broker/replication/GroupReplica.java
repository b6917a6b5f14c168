package dev.leat.broker.replication;

import dev.leat.broker.log.EntryKind;
import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.Promise;
import dev.leat.broker.log.Replica;
import dev.leat.broker.log.Withdrawal;
import dev.leat.broker.log.group.EntryBodies;
import dev.leat.broker.log.group.GroupCheckpoint;
import dev.leat.broker.log.group.GroupIdentity;
import dev.leat.broker.log.group.GroupState;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A replica that exists: its log, and its role in the epoch that it has promised. */
final class GroupReplica {
  /** An appointment may not be further ahead than this: epochs must never run out. */
  static final int MAX_EPOCH_STEP = 1 << 20;

  private final GroupCore core;
  private final SnapshotIntake intake;
  private RoleState role;
  private @Nullable Ending ending;

  GroupReplica(GroupCore core) {
    this.core = core;
    this.intake = new SnapshotIntake(core);
    this.role = new Follower(core);
  }

  GroupCore core() {
    return core;
  }

  RoleState role() {
    return role;
  }

  void handle(GroupEvent event) {
    switch (event) {
      case GroupEvent.Durable durable -> {
        core.onDurable(durable.write());
        completeSnapshot();
        role.onDurable();
      }
      case GroupEvent.Receive receive -> receive(receive.envelope());
      case GroupEvent.Tick tick -> {
        core.setWallClockMs(tick.wallClockMs());
        role.onTick();
      }
      case GroupEvent.WriteFormat format -> core.setFormats(core.formats(), format.version());
      case GroupEvent.Space space -> core.setSpace(space.space());
      case GroupEvent.Appoint appoint -> core.reply(appoint.token(), appoint(appoint.epoch()));
      case GroupEvent.Create create -> createdAgain(create);
      case GroupEvent.Withdraw withdraw -> {
        withdraw(withdraw.reason());
        core.emitWhenDurable(new Effect.Reply(withdraw.token(), new Outcome.Done()));
      }
      case GroupEvent.Damaged damaged -> onDamage();
      case GroupEvent.Heard heard -> hear(heard);
      case GroupEvent.Fork fork -> fork(fork, core.log.state());
      case GroupEvent.Join join ->
          core.reply(
              join.token(), core.refused(Refusal.INVALID_REQUEST, "the group is here already"));
      case GroupEvent.LogMissing missing -> {
        if (role instanceof Leader leader) {
          leader.onLogMissing(missing);
        } else {
          core.send(missing.to(), new PeerMessage.Gone(core.log.promise().epoch()));
        }
      }
      case GroupEvent.Request request -> {
        if (role instanceof Leader leader) {
          ask(leader, request);
        } else {
          refuse(request);
        }
      }
    }
    if (ending == null) {
      settle();
    }
  }

  private static void ask(Leader leader, GroupEvent.Request request) {
    switch (request) {
      case GroupEvent.Append append -> leader.append(append.parts());
      case GroupEvent.ChangePartitions change -> leader.changePartitions(change);
      case GroupEvent.MoveStarts move -> leader.moveStarts(move);
      case GroupEvent.ChangeVoters change -> leader.changeVoters(change);
      case GroupEvent.HandOver handOver -> leader.handOver(handOver);
      case GroupEvent.ConfirmLeadership confirm -> leader.confirm(confirm.token());
    }
  }

  private void refuse(GroupEvent.Request request) {
    boolean collecting = role.role() == Role.COLLECTING;
    Outcome.Refused refused =
        collecting || core.log.promise().leader() == null
            ? core.refused(Refusal.LEADER_NOT_AVAILABLE, "the group has no leader yet; ask again")
            : core.refused(Refusal.NOT_LEADER, "this broker does not lead the group");
    request.tokens().forEach(token -> core.reply(token, refused));
  }

  /** CREATE: a replica of an attempt that was replaced gives way, if it has promised nothing. */
  private void createdAgain(GroupEvent.Create create) {
    GroupIdentity own = core.log.state().identity();
    if (create.history() == own.history()) {
      core.emitWhenDurable(new Effect.Reply(create.token(), new Outcome.Done()));
      return;
    }
    boolean promised = !core.log.promise().equals(Promise.NONE) || core.log.lastSeq() > 0;
    if ((promised && !core.isDropped(Rule.CREATE)) || own.firstVoters().isEmpty()) {
      core.reply(
          create.token(),
          core.refused(Refusal.INVALID_REQUEST, "the group exists here with another history"));
      return;
    }
    end(new Ending.Replaced(create));
    core.log.writeAside(EntryKind.REPLICA, 0, EntryBodies.identity(create.identity()));
    core.emitWhenDurable(new Effect.Reply(create.token(), new Outcome.Done()));
  }

  /** APPOINT. */
  private Outcome appoint(int epoch) {
    Promise promised = core.log.promise();
    GroupConfig config = core.log.config();
    if (config == null) {
      return new Outcome.Appointment.NoGroup();
    }
    boolean mine = core.self().equals(promised.leader()) && promised.epoch() == epoch;
    if (mine && role.role() != Role.FOLLOWER) {
      return new Outcome.Appointment.Accepted(epoch);
    }
    // RESUME: not even its own promise lets a restarted leader go on.
    boolean busy = intake.isPending();
    if (busy || (epoch <= promised.epoch() && !(mine && core.isDropped(Rule.RESUME)))) {
      return new Outcome.Appointment.Fenced(promised);
    }
    if (epoch - promised.epoch() > MAX_EPOCH_STEP) {
      return new Outcome.Appointment.TooFar(promised);
    }
    if (!config.contains(core.self())) {
      return new Outcome.Appointment.NotVoter(config);
    }
    if (mine) {
      transition(new Leader(core));
      return new Outcome.Appointment.Accepted(epoch);
    }
    become(epoch, core.self());
    transition(new Collector(core));
    return new Outcome.Appointment.Accepted(epoch);
  }

  private void receive(PeerEnvelope envelope) {
    if (!envelope.to().equals(core.self())
        || envelope.history() != core.log.state().identity().history()
        || intake.isPending()) {
      return;
    }
    Replica from = envelope.from();
    Promise promised = core.log.promise();
    switch (envelope.message()) {
      case PeerMessage.Copy copy -> {
        boolean fetched = role instanceof Collector && copy.epoch() == promised.epoch();
        if (fetched && core.self().equals(promised.leader())) {
          role.onAnswer(from, copy);
        } else if (core.log.config() == null) {
          core.send(from, new PeerMessage.Lacking(copy.epoch(), copy.round()));
        } else if (obey(from, copy.epoch()) && role instanceof Follower follower) {
          follower.onCopy(from, copy);
        }
      }
      case PeerMessage.Collect collect -> {
        if (obey(from, collect.epoch())) {
          answerCollect(from, collect);
        }
      }
      case PeerMessage.Fetch fetch -> {
        if (obey(from, fetch.epoch())) {
          answerFetch(from, fetch);
        }
      }
      case PeerMessage.SnapshotPart part -> {
        if (obeysOrHasNothing(from, part.epoch())) {
          intake.onPart(from, part);
        }
      }
      case PeerMessage.SnapshotEnd end -> {
        if (obeysOrHasNothing(from, end.epoch())) {
          intake.onEnd(from, end);
          if (core.isDropped(Rule.RETAIN)) {
            completeSnapshot();
          }
        }
      }
      case PeerMessage.Removed removed -> {
        if (obey(from, removed.epoch())) {
          drop();
        }
      }
      case PeerMessage.Collected answer -> answered(from, answer);
      case PeerMessage.Copied answer -> answered(from, answer);
      case PeerMessage.GoBack answer -> answered(from, answer);
      case PeerMessage.Fenced answer -> answered(from, answer);
      case PeerMessage.Lacking answer -> answered(from, answer);
      case PeerMessage.Gone answer -> answered(from, answer);
      case PeerMessage.SnapshotTaken answer -> answered(from, answer);
    }
  }

  private void answered(Replica from, PeerMessage answer) {
    Promise promised = core.log.promise();
    if (answer.epoch() == promised.epoch() && core.self().equals(promised.leader())) {
      role.onAnswer(from, answer);
    }
  }

  /** OBEY: promises what is newer; whoever is older gets the promise as its answer. */
  private boolean obey(Replica leader, int epoch) {
    Promise promised = core.log.promise();
    boolean allowed =
        promised.allows(epoch, leader)
            || (core.isDropped(Rule.NOVOTE) && epoch >= promised.epoch());
    if (!allowed) {
      core.send(leader, new PeerMessage.Fenced(epoch, promised));
      return false;
    }
    if (core.log.config() == null) {
      // Who has nothing promises nothing.
      return false;
    }
    if (epoch > promised.epoch() || !leader.equals(promised.leader())) {
      become(epoch, leader);
      transition(new Follower(core));
    }
    return true;
  }

  /** Who has nothing promises nothing, and takes a snapshot from whoever leads. */
  private boolean obeysOrHasNothing(Replica leader, int epoch) {
    return core.log.config() == null || obey(leader, epoch);
  }

  private void completeSnapshot() {
    boolean fresh = core.log.config() == null;
    Replica leader = intake.complete();
    if (leader != null && fresh) {
      transition(new Follower(core));
    }
    if (leader != null && role instanceof Follower follower) {
      follower.onInstalled(leader);
    }
  }

  /** What becomes of this replica once its disk says so; null while it takes part. */
  @Nullable Ending ending() {
    return ending;
  }

  private void end(Ending next) {
    role.close();
    role = new Follower(core);
    core.forgetDeferred();
    core.emit(new Effect.LeaderChanged(core.log.promise().epoch(), null, Role.FOLLOWER));
    ending = next;
  }

  /** FORGET: the disk says that this replica is gone. */
  private void drop() {
    end(new Ending.Dropped());
    core.log.writeAside(EntryKind.REPLICA, 0, EntryBodies.identity(GroupIdentity.NONE));
    core.emitWhenDurable(new Effect.Dropped(core.self()));
  }

  /** DISK: what it has may be less than it has acked; so it is nobody's voter any more. */
  private void withdraw(Withdrawal reason) {
    end(new Ending.Withdrawn(reason));
    Promise nobody = Promise.withdrawn(reason);
    Replica none = Objects.requireNonNull(nobody.leader());
    core.log.writeAside(
        EntryKind.PROMISE, nobody.epoch(), EntryBodies.promise(nobody.epoch(), none));
    String detail = LastResort.detail(core.log.group(), reason, core.log.state());
    core.emitWhenDurable(new Effect.Withdrawn(core.self(), reason, detail));
  }

  /** DISK: others have what is damaged here. The only voter has nobody to get it from. */
  private void onDamage() {
    GroupConfig config = core.log.config();
    if (config != null && !config.all().equals(List.of(core.self()))) {
      withdraw(Withdrawal.DAMAGED);
    }
  }

  /** UNCLEAN: the group goes on in a history that comes from this one. */
  private void hear(GroupEvent.Heard heard) {
    long own = core.log.state().identity().history();
    boolean gone = heard.forks().stream().anyMatch(fork -> fork.parent() == own);
    if (gone && heard.history() != own && !core.isDropped(Rule.UNCLEAN)) {
      withdraw(Withdrawal.FORKED);
    }
  }

  /**
   * UNCLEAN: a new history with this replica as its only voter; its base is its log.
   *
   * @param shown what readers have seen of it
   */
  void fork(GroupEvent.Fork fork, GroupState shown) {
    GroupConfig config = core.log.config();
    if (config == null || intake.isPending() || isLed()) {
      core.reply(
          fork.token(),
          core.refused(
              Refusal.INVALID_REQUEST,
              config == null ? "this replica has nothing" : "the group has a leader"));
      return;
    }
    GroupCheckpoint base = core.log.fork(fork.history(), fork.self());
    end(new Ending.Forked(shown, base, fork.token()));
    core.log.writeAside(EntryKind.BASE, base.promise().epoch(), base.encode());
  }

  /** Whether this replica knows that a leader is at work: then nothing needs to be given up. */
  private boolean isLed() {
    return switch (role) {
      case Leader leader -> leader.hasContact();
      case Follower follower -> follower.contactMs() > core.nowMs() - core.options.contactMs();
      case Collector collector -> false;
    };
  }

  private void answerCollect(Replica from, PeerMessage.Collect collect) {
    GroupConfig config = core.log.config();
    if (config != null) {
      core.emitWhenDurable(
          new Effect.Send(
              from,
              new PeerMessage.Collected(
                  collect.epoch(), core.log.lastEpoch(), core.log.lastSeq(), config)));
    }
  }

  private void answerFetch(Replica from, PeerMessage.Fetch fetch) {
    GroupLog log = core.log;
    if (log.has(fetch.prevSeq(), fetch.prevEpoch())) {
      LogCopy.give(core, from, fetch.prevSeq(), 0);
      return;
    }
    long seq =
        fetch.prevSeq() > log.lastSeq()
            ? log.lastSeq()
            : log.lastNotAbove(fetch.prevSeq() - 1, fetch.prevEpoch());
    core.send(from, new PeerMessage.GoBack(fetch.epoch(), seq, log.epochAt(seq), 0));
  }

  private void become(int epoch, Replica leader) {
    role.close();
    core.log.promise(epoch, leader, core.isDropped(Rule.VOLVOTE));
  }

  /** The only door between roles. */
  private void transition(RoleState next) {
    role = next;
    Promise promised = core.log.promise();
    core.emit(new Effect.LeaderChanged(promised.epoch(), promised.leader(), next.role()));
  }

  private void settle() {
    switch (role.verdict()) {
      case STAY -> {}
      case LEAD -> transition(new Leader(core));
      case FOLLOW -> {
        role.close();
        transition(new Follower(core));
      }
    }
  }
}

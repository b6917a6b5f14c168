package dev.leat.broker.replication;

import dev.leat.broker.log.EntryKind;
import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.Promise;
import dev.leat.broker.log.Replica;
import dev.leat.broker.log.group.EntryBodies;
import dev.leat.broker.log.group.GroupIdentity;

/** A replica that exists: its log, and its role in the epoch that it has promised. */
final class GroupReplica {
  /** An appointment may not be further ahead than this: epochs must never run out. */
  static final int MAX_EPOCH_STEP = 1 << 20;

  private final GroupCore core;
  private final SnapshotIntake intake;
  private RoleState role;
  private boolean dropped;

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
      case GroupEvent.Space space -> core.setSpace(space.space());
      case GroupEvent.Appoint appoint -> core.reply(appoint.token(), appoint(appoint.epoch()));
      case GroupEvent.Create create -> core.reply(create.token(), createdAgain(create));
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
    settle();
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

  private Outcome createdAgain(GroupEvent.Create create) {
    if (create.history() == core.log.state().identity().history()) {
      return new Outcome.Done();
    }
    if (core.log.promise().epoch() == 0 && core.log.lastSeq() == 0) {
      // CREATE: of an attempt that was replaced. It has promised nothing, so it gives way.
      drop();
      return core.refused(Refusal.NOT_READY, "an earlier attempt gives way; ask again");
    }
    return core.refused(Refusal.INVALID_REQUEST, "the group exists here with another history");
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

  /** FORGET: the disk says that this replica is gone. */
  private void drop() {
    role.close();
    core.forgetDeferred();
    core.log.writeAside(EntryKind.REPLICA, 0, EntryBodies.identity(GroupIdentity.NONE));
    core.emitWhenDurable(new Effect.Dropped(core.self()));
    dropped = true;
  }

  /** Whether this replica is no part of the group any more. */
  boolean isDropped() {
    return dropped;
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

package dev.leat.broker.replication;

import dev.leat.broker.log.Entry;
import dev.leat.broker.log.EntryHeader;
import dev.leat.broker.log.EntryKind;
import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.Replica;
import dev.leat.broker.log.group.EntryBodies;
import dev.leat.broker.log.group.EpochStarts;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Leads: ACTIVE in its epoch. Feeds followers, commits, answers. */
final class Leader implements RoleState {
  private final GroupCore core;
  private final int epoch;
  private final long barrierSeq;
  private final Proposals proposals;
  private final Map<Replica, Progress> followers = new TreeMap<>();
  private final VoterChange change;
  private final List<Confirmation> confirmations = new ArrayList<>();
  private @Nullable HandingOver handingOver;
  private boolean fenced;
  private long askedRound;
  private long confirmedRound;

  private record Confirmation(long round, long seq, Object token, Outcome outcome) {}

  private record HandingOver(Replica target, Object token, boolean answered, long sinceMs) {}

  /** Begins with a barrier: the first entry of its own epoch. */
  Leader(GroupCore core) {
    this.core = core;
    this.epoch = core.log.promise().epoch();
    this.proposals = new Proposals(core, this::replyWhenConfirmed);
    this.change = new VoterChange(core, this);
    core.log.keepBodies();
    append(EntryKind.BARRIER, ByteBuffer.allocate(0));
    this.barrierSeq = core.log.lastSeq();
    followConfig();
    replicate();
  }

  @Override
  public Role role() {
    return Role.ACTIVE;
  }

  int epoch() {
    return epoch;
  }

  Proposals proposals() {
    return proposals;
  }

  GroupConfig config() {
    return Objects.requireNonNull(core.log.config(), "a leader without config");
  }

  @Nullable Progress progress(Replica replica) {
    return followers.get(replica);
  }

  /** Feeds all of the config, and those that are to come into it. */
  void followConfig() {
    List<Replica> wanted = new ArrayList<>(config().all());
    wanted.addAll(change.learners());
    for (Replica replica : wanted) {
      if (!replica.equals(core.self())) {
        followers.computeIfAbsent(replica, r -> new Progress(r, core.log.lastSeq(), core.nowMs()));
      }
    }
    followers.keySet().retainAll(wanted);
  }

  /** Appends an entry that is not batches. APPEND: with the leader's epoch. */
  void append(EntryKind kind, ByteBuffer body) {
    EntryHeader header = EntryHeader.plain(core.log.group(), core.log.lastSeq() + 1, epoch, kind);
    core.log.append(new Entry(header, List.of(EntryBodies.stamp(body, core.log.format()))));
  }

  void append(List<AppendPart> parts) {
    Outcome.Refused refused = refusal();
    if (refused != null) {
      parts.forEach(part -> core.reply(part.token(), refused));
      return;
    }
    proposals.append(parts);
    afterAppend();
  }

  void changePartitions(GroupEvent.ChangePartitions wanted) {
    proposals.changePartitions(wanted);
    afterAppend();
  }

  void moveStarts(GroupEvent.MoveStarts wanted) {
    proposals.moveStarts(wanted);
    afterAppend();
  }

  void changeVoters(GroupEvent.ChangeVoters wanted) {
    change.begin(wanted);
    followConfig();
    afterAppend();
  }

  /**
   * After appends: whoever waits for what is committed already, followers, the change under way.
   */
  void afterAppend() {
    proposals.answerUpTo(core.log.state().seq());
    greetAll();
    replicate();
    commit();
  }

  /** Why nothing is taken now, or null. READ: without a quorum, produce fails fast. */
  private Outcome.@Nullable Refused refusal() {
    if (handingOver != null) {
      return core.refused(Refusal.UNAVAILABLE, "the leader is handing over; ask again");
    }
    if (!hasContact()) {
      return core.refused(
          Refusal.LEADER_NOT_AVAILABLE, "the leader does not reach a quorum of replicas");
    }
    return null;
  }

  /** READ: whether quorums have answered of late. */
  boolean hasContact() {
    long round = contactedRound();
    return core.nowMs() - GroupCore.timeOfRound(round) <= core.options.contactMs();
  }

  /** Highest round that quorums have answered. */
  private long contactedRound() {
    GroupConfig config = config();
    long round = Quorum.reachedBy(config.voters(), this::contactOf);
    return config.isJoint()
        ? Math.min(round, Quorum.reachedBy(config.prev(), this::contactOf))
        : round;
  }

  private long contactOf(Replica replica) {
    Progress progress = followers.get(replica);
    return progress == null ? Long.MAX_VALUE : progress.contactRound();
  }

  private void replicate() {
    for (Progress progress : followers.values()) {
      replicate(progress);
    }
  }

  private void replicate(Progress progress) {
    while (progress.next() <= core.log.lastSeq()
        && progress.isOpen(core.options.maxInFlightBytes())) {
      send(progress);
    }
  }

  private void send(Progress progress) {
    long before = core.log.lastSeq();
    long prev = Math.min(progress.next() - 1, before);
    long bytes = 0;
    long last = LogCopy.give(core, progress.replica, prev, core.nextRound());
    for (long seq = prev + 1; seq <= last; seq++) {
      bytes += core.log.entry(seq).sizeBytes();
    }
    progress.onSent(last, bytes, core.nowMs());
    if (last == prev && prev < before) {
      // Comes from the journal: one message at a time, until it is acked.
      progress.awaitAck();
    }
  }

  /** COMMIT: what quorums have on disk, up to an entry of the leader's own epoch. */
  private void commit() {
    GroupConfig config = config();
    long seq = Quorum.reachedBy(config.voters(), this::ackedBy);
    if (config.isJoint() && !core.isDropped(Rule.NOJOINT)) {
      seq = Math.min(seq, Quorum.reachedBy(config.prev(), this::ackedBy));
    }
    if (seq >= barrierSeq || core.isDropped(Rule.OLDEPOCH)) {
      core.commit(seq, proposals::onCommitted);
      proposals.answerUpTo(core.log.state().seq());
      change.onCommitted();
    }
    answerConfirmations();
  }

  /** The leader counts its own durable end. LEADERSYNC. */
  private long ackedBy(Replica replica) {
    if (replica.equals(core.self())) {
      return core.isDropped(Rule.LEADERSYNC) ? core.log.lastSeq() : core.log.durableSeq();
    }
    Progress progress = followers.get(replica);
    return progress == null ? 0 : progress.acked();
  }

  @Override
  public void onDurable() {
    commit();
  }

  @Override
  public void onTick() {
    proposals.onTick();
    expireHandOver();
    for (Progress progress : followers.values()) {
      progress.onLogEnd(core.log.lastSeq(), core.nowMs());
      if (progress.isStuck(core.log.lastSeq(), core.nowMs(), core.options.resendMs())) {
        progress.rewind(progress.restartAt(), core.nextRound(), core.nowMs());
      }
      Snapshot snapshot = progress.snapshot();
      if (snapshot != null) {
        snapshot.onTick();
      }
      replicate(progress);
      if (core.nowMs() - progress.sentMs() >= core.options.heartbeatMs()) {
        long prev = Math.min(progress.next() - 1, core.log.lastSeq());
        LogCopy.greet(core, progress.replica, prev, core.nextRound());
        progress.onSent(prev, 0, core.nowMs());
      }
    }
    change.onTick();
    followConfig();
    afterAppend();
  }

  @Override
  public void onAnswer(Replica from, PeerMessage answer) {
    Progress progress = followers.get(from);
    if (progress == null) {
      return;
    }
    switch (answer) {
      case PeerMessage.Copied copied -> {
        progress.onContact(copied.round());
        if (progress.onAcked(copied, core.newestRound(), core.nowMs())) {
          progress.onLogEnd(core.log.lastSeq(), core.nowMs());
          commit();
          replicate(progress);
          checkHandOver();
        } else {
          distrust(progress, "acks " + copied.acked());
        }
      }
      case PeerMessage.GoBack goBack -> {
        progress.onContact(goBack.round());
        if (progress.isNews(goBack.round())) {
          goBack(progress, goBack);
        }
        answerConfirmations();
      }
      case PeerMessage.Lacking lacking -> {
        progress.onContact(lacking.round());
        if (progress.isNews(lacking.round()) && progress.snapshot() == null) {
          beginSnapshot(progress);
        }
      }
      case PeerMessage.SnapshotTaken taken -> {
        Snapshot snapshot = progress.snapshot();
        if (snapshot != null) {
          snapshot.onTaken(taken);
        }
      }
      case PeerMessage.Fenced refusal -> fenced |= refusal.promised().epoch() > epoch;
      default -> {}
    }
  }

  private void goBack(Progress progress, PeerMessage.GoBack goBack) {
    long seq =
        core.log.has(goBack.seq(), goBack.seqEpoch())
            ? goBack.seq()
            : core.log.lastNotAbove(goBack.seq() - 1, goBack.seqEpoch());
    if (goBack.seq() < progress.acked() && progress.isAfterAck(goBack.round())) {
      distrust(progress, "has " + goBack.seq());
      return;
    }
    if (core.log.epochAt(seq) == EpochStarts.UNKNOWN) {
      beginSnapshot(progress);
      return;
    }
    progress.rewind(Math.max(seq, progress.acked()) + 1, core.nextRound(), core.nowMs());
    replicate(progress);
  }

  /** READ: one round to quorums after the barrier is committed. */
  void confirm(Object token) {
    replyWhenConfirmed(token, new Outcome.Done());
    greetAll();
    answerConfirmations();
  }

  /**
   * Replies once it is sure that this was the leader when it was asked: another leader may know
   * better what to refuse for good.
   */
  void replyWhenConfirmed(Object token, Outcome outcome) {
    if (askedRound <= confirmedRound) {
      askedRound = core.nextRound();
    }
    // Committed may be ahead of what is on this disk: then it is shown a little later.
    confirmations.add(new Confirmation(askedRound, core.committed(), token, outcome));
  }

  /** Begins the round that confirmations of this step wait for. */
  private void greetAll() {
    if (askedRound > confirmedRound) {
      confirmedRound = askedRound;
      for (Progress progress : followers.values()) {
        long prev = Math.min(progress.next() - 1, core.log.lastSeq());
        LogCopy.greet(core, progress.replica, prev, core.nextRound());
      }
    }
  }

  private void answerConfirmations() {
    if (confirmations.isEmpty() || core.log.state().seq() < barrierSeq) {
      return;
    }
    long contacted = contactedRound();
    confirmations.removeIf(
        confirmation -> {
          boolean confirmed =
              (contacted > confirmation.round() || core.isDropped(Rule.READ))
                  && core.log.state().seq() >= confirmation.seq();
          if (confirmed) {
            core.reply(confirmation.token(), confirmation.outcome());
          }
          return confirmed;
        });
  }

  /** GRACEFUL: nothing more is appended; answered when the target has everything. */
  void handOver(GroupEvent.HandOver wanted) {
    if (!followers.containsKey(wanted.target()) || !config().contains(wanted.target())) {
      core.reply(
          wanted.token(),
          core.refused(Refusal.INVALID_REQUEST, wanted.target() + " does not vote here"));
      return;
    }
    if (handingOver != null && !handingOver.answered()) {
      core.reply(
          handingOver.token(), core.refused(Refusal.NOT_READY, "another hand-over was asked for"));
    }
    handingOver = new HandingOver(wanted.target(), wanted.token(), false, core.nowMs());
    checkHandOver();
  }

  /** A hand-over that comes to nothing ends: the leader takes records again. */
  private void expireHandOver() {
    HandingOver wanted = handingOver;
    if (wanted != null && core.nowMs() - wanted.sinceMs() > core.options.contactMs()) {
      handingOver = null;
      if (!wanted.answered()) {
        core.reply(wanted.token(), core.refused(Refusal.NOT_READY, "the target does not catch up"));
      }
    }
  }

  private void checkHandOver() {
    HandingOver wanted = handingOver;
    if (wanted != null && !wanted.answered()) {
      Progress target = followers.get(wanted.target());
      boolean caughtUp = target != null && target.acked() == core.log.lastSeq();
      if (caughtUp || core.isDropped(Rule.GRACEFUL)) {
        handingOver = new HandingOver(wanted.target(), wanted.token(), true, core.nowMs());
        core.reply(wanted.token(), new Outcome.Done());
      }
    }
  }

  void onLogMissing(GroupEvent.LogMissing missing) {
    Progress progress = followers.get(missing.to());
    if (progress != null && progress.snapshot() == null) {
      beginSnapshot(progress);
    }
  }

  /** RETAIN: what the follower needs next is not in the log any more. */
  private void beginSnapshot(Progress progress) {
    progress.rewind(core.log.state().seq() + 1, core.nextRound(), core.nowMs());
    progress.setSnapshot(new Snapshot(core, progress.replica));
  }

  /** DISK: an answer below what it had acked. */
  private void distrust(Progress progress, String now) {
    if (!progress.isDistrusted()) {
      String detail =
          String.format(
              "%s %s of group %s, and had acked %d: its disk was exchanged or set back;"
                  + " it has to come back as a new replica",
              progress.replica, now, core.log.group(), progress.acked());
      progress.distrust();
      core.emit(new Effect.DiskWentBack(progress.replica, detail));
    }
  }

  /** READ: who knows of a higher epoch leads no more. A leader outside its final config neither. */
  @Override
  public Verdict verdict() {
    boolean left =
        !config().contains(core.self()) && core.log.state().seq() >= core.log.configSeq();
    return fenced || left ? Verdict.FOLLOW : Verdict.STAY;
  }

  @Override
  public void close() {
    core.log.forgetBodies();
    Outcome.Refused refused =
        core.refused(Refusal.NOT_LEADER, "the leader lost its epoch; it may still get committed");
    proposals.refuseAll(refused);
    change.refuseAll(refused);
    confirmations.forEach(waiting -> core.reply(waiting.token(), refused));
    if (handingOver != null && !handingOver.answered()) {
      core.reply(handingOver.token(), refused);
    }
  }
}

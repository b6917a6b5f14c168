package dev.leat.broker.replication;

import dev.leat.broker.log.Entry;
import dev.leat.broker.log.Replica;
import org.jspecify.annotations.Nullable;

/**
 * Takes the log of the leader that it has promised its epoch to. COPY.
 *
 * <p>A new one for each epoch: what it has compared counts for one leader and epoch only.
 */
final class Follower implements RoleState {
  private final GroupCore core;
  private long compared;
  private long lastAcked = -1;
  private long round;
  private long contactMs = Long.MIN_VALUE;
  private @Nullable Replica leader;

  Follower(GroupCore core) {
    this.core = core;
  }

  @Override
  public Role role() {
    return Role.FOLLOWER;
  }

  /** When a leader at work was last heard of, or {@code Long.MIN_VALUE}. */
  long contactMs() {
    return contactMs;
  }

  void onCopy(Replica from, PeerMessage.Copy copy) {
    leader = from;
    contactMs = core.nowMs();
    GroupLog log = core.log;
    if (!log.has(copy.prevSeq(), copy.prevEpoch())) {
      goBack(from, copy);
      return;
    }
    if (core.hasNoRoomFor(copy.entries())) {
      // As if the message had been lost: the leader sends it again.
      return;
    }
    long before = log.lastSeq();
    for (Entry entry : copy.entries()) {
      if (!LogCopy.take(core, entry)) {
        return;
      }
    }
    // Only of what was compared: an older message may come after one that was refused.
    round = Math.max(round, copy.round());
    compared = Math.max(compared, copy.prevSeq() + copy.entries().size());
    if (core.isDropped(Rule.RAWACK)) {
      compared = Math.max(compared, log.lastSeq());
    }
    core.commit(Math.min(copy.committed(), compared), entry -> {});
    boolean nothingNew = log.lastSeq() == before;
    if (core.isDropped(Rule.NOSYNC) || (core.isDropped(Rule.CMPNOSYNC) && nothingNew)) {
      core.send(from, new PeerMessage.Copied(copy.epoch(), compared, compared, round));
    }
    answer();
  }

  /** A base is the log now: that much is equal to the leader's. */
  void onInstalled(Replica from) {
    leader = from;
    contactMs = core.nowMs();
    compared = Math.max(compared, core.log.state().seq());
    answer();
  }

  private void goBack(Replica from, PeerMessage.Copy copy) {
    GroupLog log = core.log;
    long seq =
        copy.prevSeq() > log.lastSeq()
            ? log.lastSeq()
            : log.lastNotAbove(copy.prevSeq() - 1, copy.prevEpoch());
    core.emitWhenDurable(
        new Effect.Send(
            from, new PeerMessage.GoBack(copy.epoch(), seq, log.epochAt(seq), copy.round())));
  }

  /** Acks min(compared, durable end), once the promise is on disk. */
  private void answer() {
    Replica to = leader;
    if (to == null || !core.log.isPromiseDurable()) {
      return;
    }
    long acked = Math.min(compared, core.log.durableSeq());
    if (acked == compared || acked > lastAcked) {
      lastAcked = acked;
      core.send(to, new PeerMessage.Copied(core.log.promise().epoch(), acked, compared, round));
    }
  }

  @Override
  public void onDurable() {
    core.commit(core.committed(), entry -> {});
    if (compared > lastAcked) {
      answer();
    }
  }

  @Override
  public void onTick() {}

  @Override
  public void onAnswer(Replica from, PeerMessage answer) {}

  @Override
  public Verdict verdict() {
    return Verdict.STAY;
  }

  @Override
  public void close() {}
}

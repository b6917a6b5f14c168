package dev.leat.broker.replication;

import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.Replica;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Appointed; collects promises, and the best log behind them, from a quorum. COLLECT.
 *
 * <p>Whoever has answered keeps its log as it is, because it obeys nobody but this replica from
 * then on. So the best of the answered logs can be fetched in pieces: what of the own log conflicts
 * with it cannot be committed.
 */
final class Collector implements RoleState {
  private final GroupCore core;
  private final int epoch;
  private final Map<Replica, PeerMessage.Collected> answers = new TreeMap<>();
  private final Set<Replica> refused = new HashSet<>();
  private boolean asked;
  private @Nullable Replica source;
  private long askedMs;
  private @Nullable GroupConfig configAtStart;

  Collector(GroupCore core) {
    this.core = core;
    this.epoch = core.log.promise().epoch();
    this.configAtStart = core.log.config();
  }

  @Override
  public Role role() {
    return Role.COLLECTING;
  }

  @Override
  public void onDurable() {
    core.commit(core.committed(), entry -> {});
    if (!asked && core.log.isPromiseDurable()) {
      ask();
    }
  }

  @Override
  public void onTick() {
    if (asked && core.nowMs() - askedMs >= core.options.heartbeatMs()) {
      ask();
      fetch();
    }
  }

  private void ask() {
    asked = true;
    askedMs = core.nowMs();
    for (Replica voter : config().all()) {
      if (!voter.equals(core.self()) && !answers.containsKey(voter)) {
        core.send(voter, new PeerMessage.Collect(epoch));
      }
    }
  }

  private GroupConfig config() {
    GroupConfig newest = core.log.config();
    GroupConfig used = core.isDropped(Rule.ADOPTCONFIG) ? configAtStart : newest;
    return Objects.requireNonNull(used, "a replica without config was appointed");
  }

  @Override
  public void onAnswer(Replica from, PeerMessage answer) {
    switch (answer) {
      case PeerMessage.Collected collected -> {
        refused.remove(from);
        if (answers.put(from, collected) == null) {
          fetch();
        }
      }
      case PeerMessage.Copy copy -> onFetched(from, copy);
      case PeerMessage.GoBack goBack -> {
        if (from.equals(source)) {
          fetchAfter(from, agreed(goBack.seq(), goBack.seqEpoch()));
        }
      }
      case PeerMessage.Fenced fenced -> {
        if (fenced.promised().epoch() > epoch) {
          refused.add(from);
        }
      }
      case PeerMessage.Gone gone -> {
        // Whoever has that log should lead.
        answers.remove(from);
        refused.add(from);
        fetch();
      }
      default -> {}
    }
  }

  private long agreed(long seq, int seqEpoch) {
    return core.log.has(seq, seqEpoch) ? seq : core.log.lastNotAbove(seq - 1, seqEpoch);
  }

  /** Asks whoever has the best log, if that is better than the own one, for what is missing. */
  private void fetch() {
    Replica best = null;
    PeerMessage.Collected bestAnswer = null;
    for (Map.Entry<Replica, PeerMessage.Collected> answer : answers.entrySet()) {
      if (isBehind(answer.getValue()) && isBetter(answer.getValue(), bestAnswer)) {
        best = answer.getKey();
        bestAnswer = answer.getValue();
      }
    }
    source = best;
    if (best != null && bestAnswer != null) {
      fetchAfter(best, Math.min(core.log.lastSeq(), bestAnswer.lastSeq()));
    }
  }

  private void fetchAfter(Replica from, long seq) {
    core.send(from, new PeerMessage.Fetch(epoch, seq, core.log.epochAt(seq)));
  }

  private void onFetched(Replica from, PeerMessage.Copy copy) {
    PeerMessage.Collected answer = answers.get(from);
    if (!from.equals(source) || answer == null || !isBehind(answer)) {
      return;
    }
    if (!core.log.has(copy.prevSeq(), copy.prevEpoch())) {
      fetch();
      return;
    }
    for (var entry : copy.entries()) {
      if (!LogCopy.take(core, entry)) {
        return;
      }
    }
    fetch();
  }

  /** Whether the own log is not as good as the answered one yet. */
  private boolean isBehind(PeerMessage.Collected answer) {
    return isBetter(answer.lastEpoch(), answer.lastSeq(), core.log.lastEpoch(), core.log.lastSeq());
  }

  private boolean isBetter(PeerMessage.Collected one, PeerMessage.@Nullable Collected other) {
    return other == null
        || isBetter(one.lastEpoch(), one.lastSeq(), other.lastEpoch(), other.lastSeq());
  }

  private boolean isBetter(int epoch, long seq, int otherEpoch, long otherSeq) {
    return core.isDropped(Rule.LONGEST)
        ? seq > otherSeq
        : epoch > otherEpoch || (epoch == otherEpoch && seq > otherSeq);
  }

  @Override
  public Verdict verdict() {
    GroupConfig config = config();
    if (!config.contains(core.self())) {
      return Verdict.FOLLOW;
    }
    if (core.isDropped(Rule.NOCOLLECT)) {
      return Verdict.LEAD;
    }
    if (!core.log.isPromiseDurable()) {
      return Verdict.STAY;
    }
    if (reaches(config.voters()) && (reachesPrev(config))) {
      // Log on disk, then ACTIVE.
      return core.log.durableSeq() == core.log.lastSeq() ? Verdict.LEAD : Verdict.STAY;
    }
    return canReach(config.voters()) && (!config.isJoint() || canReach(config.prev()))
        ? Verdict.STAY
        : Verdict.FOLLOW;
  }

  private boolean reachesPrev(GroupConfig config) {
    return !config.isJoint() || core.isDropped(Rule.COLLECTNEW) || reaches(config.prev());
  }

  /** Whether a quorum of the set has answered, and what they have is here. */
  private boolean reaches(List<Replica> set) {
    int count = core.isDropped(Rule.SELF) && !set.contains(core.self()) ? 1 : 0;
    for (Replica voter : set) {
      PeerMessage.Collected answer = answers.get(voter);
      boolean answered = answer != null && (core.isDropped(Rule.COUNTFIRST) || !isBehind(answer));
      count += voter.equals(core.self()) || answered ? 1 : 0;
    }
    return count >= Quorum.of(set);
  }

  private boolean canReach(List<Replica> set) {
    long possible = set.stream().filter(voter -> !refused.contains(voter)).count();
    return possible >= Quorum.of(set);
  }

  @Override
  public void close() {}
}

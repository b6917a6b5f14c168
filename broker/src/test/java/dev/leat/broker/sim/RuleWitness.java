package dev.leat.broker.sim;

import dev.leat.broker.log.Entry;
import dev.leat.broker.log.EntryHeader;
import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.Promise;
import dev.leat.broker.replication.Effect;
import dev.leat.broker.replication.GroupStatus;
import dev.leat.broker.replication.Outcome;
import dev.leat.broker.replication.PeerMessage;
import dev.leat.broker.replication.Refusal;
import dev.leat.broker.replication.Role;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Notes that rules of the protocol have made a difference: what never happens is not tested. */
final class RuleWitness {
  /** What happens, at least sometimes, where a rule is needed. */
  static final Map<String, String> EVIDENCE =
      Map.ofEntries(
          Map.entry("NOVOTE", "sent Fenced"),
          Map.entry("VOLVOTE", "promise lost in a crash"),
          Map.entry("RESUME", "own epoch again"),
          Map.entry("LONGEST", "fetches below its own end"),
          Map.entry("ADOPTCONFIG", "config fetched"),
          Map.entry("COUNTFIRST", "sent Fetch"),
          Map.entry("NOCOLLECT", "begins with uncommitted entries"),
          Map.entry("COLLECTNEW", "begins in a joint config"),
          Map.entry("SELF", "begins outside the voters"),
          Map.entry("RAWACK", "acks less than it has"),
          Map.entry("NOSYNC", "acks less than it compared"),
          Map.entry("CMPNOSYNC", "acks less than it compared"),
          Map.entry("LEADERSYNC", "committed, not on the leader's disk"),
          Map.entry("OLDEPOCH", "begins with uncommitted entries"),
          Map.entry("NOJOINT", "change begun"),
          Map.entry("EARLYFINAL", "change done"),
          Map.entry("BACKANY", "not taken back"),
          Map.entry("FORGET", "replica dropped"),
          Map.entry("READD", "not added again"),
          Map.entry("DISK", "disk lost"),
          Map.entry("WENTBACK", "went back"),
          Map.entry("DAMAGE", "withdrawn DAMAGED"),
          Map.entry("SHOWN", "committed, not shown yet"),
          Map.entry("RETAIN", "snapshot installed"),
          Map.entry("ALIVE", "snapshot installed"),
          Map.entry("CREATE", "create Refused"),
          Map.entry("READ", "read confirmed"),
          Map.entry("GRACEFUL", "hand-over Done"),
          Map.entry("UNCLEAN", "withdrawn FORKED"),
          Map.entry("DEDUPLICATE", "late ack"),
          Map.entry("CUTONLYCONFLICT", "copy of what is there"),
          Map.entry("VERSION", "upgraded"));

  private final SimCluster cluster;
  private final Map<Integer, GroupStatus> before = new HashMap<>();

  RuleWitness(SimCluster cluster) {
    this.cluster = cluster;
  }

  private void when(boolean happened, String what) {
    if (happened) {
      cluster.sometimes().happened(what);
    }
  }

  void onAppoint(SimNode node, int epoch) {
    GroupStatus status = node.status();
    when(
        status != null
            && status.role() == Role.FOLLOWER
            && status.promised().equals(new Promise(epoch, status.self())),
        "own epoch again");
  }

  void onCrash(SimNode node, Promise written) {
    when(!node.disk.onDisk().promise().equals(written), "promise lost in a crash");
    before.remove(node.broker);
  }

  void onArrived(SimNode node, PeerMessage message) {
    if (message instanceof PeerMessage.Copy copy && !copy.entries().isEmpty()) {
      EntryHeader last = last(copy.entries());
      SimDisk.LogView log = node.disk.written();
      when(
          log.epochAt(last.seq()) == last.epoch() && log.lastSeq() > last.seq(),
          "copy of what is there");
    }
  }

  private static EntryHeader last(List<Entry> entries) {
    return entries.getLast().header();
  }

  void onSend(SimNode node, PeerMessage message) {
    long lastSeq = node.disk.written().lastSeq();
    switch (message) {
      case PeerMessage.Fetch fetch -> when(fetch.prevSeq() < lastSeq, "fetches below its own end");
      case PeerMessage.Copied copied -> {
        when(copied.compared() < lastSeq, "acks less than it has");
        when(copied.acked() < copied.compared(), "acks less than it compared");
      }
      default -> {}
    }
  }

  void onLeaderChanged(SimNode node, Effect.LeaderChanged changed) {
    GroupStatus status = node.status();
    if (changed.role() != Role.ACTIVE || status == null || status.config() == null) {
      return;
    }
    GroupConfig config = status.config();
    when(config.isJoint(), "begins in a joint config");
    when(!config.voters().contains(status.self()), "begins outside the voters");
    // One more is its barrier.
    when(status.committedSeq() < status.lastSeq() - 1, "begins with uncommitted entries");
  }

  void onChange(Outcome outcome, boolean back) {
    if (outcome instanceof Outcome.Refused refused) {
      when(back && refused.detail().contains("earlier leader"), "not taken back");
      when(
          refused.reason() == Refusal.INVALID_REQUEST && refused.detail().contains("removed"),
          "not added again");
    }
  }

  void afterStep(SimNode node) {
    GroupStatus now = node.status();
    GroupStatus then = now == null ? before.remove(node.broker) : before.put(node.broker, now);
    if (now == null) {
      return;
    }
    boolean ahead = now.committedSeq() > now.appliedSeq();
    when(ahead, "committed, not shown yet");
    when(ahead && now.role() == Role.ACTIVE, "committed, not on the leader's disk");
    when(
        then != null
            && then.role() == Role.COLLECTING
            && then.promised().equals(now.promised())
            && !Objects.equals(then.config(), now.config()),
        "config fetched");
  }
}

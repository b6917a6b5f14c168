package dev.leat.broker.sim;

import dev.leat.broker.log.Entry;
import dev.leat.broker.log.EntryHeader;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Replica;
import dev.leat.broker.log.TopicPartition;
import dev.leat.broker.replication.Effect;
import dev.leat.broker.replication.Role;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Safety of all groups, after every event: coordination may do what it likes, nothing is lost. */
final class CoordChecker {
  private record Term(GroupId group, long history, int epoch) {}

  private record Log(GroupId group, long history) {}

  private final Map<Term, Replica> leaders = new HashMap<>();
  private final Map<Log, List<EntryHeader>> committed = new HashMap<>();
  private final Map<GroupId, Map<Long, Set<Long>>> ledHistories = new HashMap<>();
  private final Map<Log, Set<TopicPartition>> acked = new HashMap<>();
  private final Map<String, Long> applied = new HashMap<>();

  private List<EntryHeader> log(GroupId group, long history) {
    return committed.computeIfAbsent(new Log(group, history), log -> new ArrayList<>());
  }

  /** I1: one leader per history and epoch. I3: it has all that was committed below its epoch. */
  void onLeaderChanged(CoordNode node, CoordGroup group, Effect.LeaderChanged changed) {
    if (changed.role() != Role.ACTIVE) {
      return;
    }
    long history = group.status().history();
    Term term = new Term(group.id(), history, changed.epoch());
    Replica before = leaders.putIfAbsent(term, group.status().self());
    SimFailure.check(
        before == null || before.equals(group.status().self()),
        "I1",
        "%s is led by %s and %s",
        term,
        before,
        group.status().self());
    checkHistories(group, history);
    List<EntryHeader> log = log(group.id(), history);
    for (int i = 0; i < log.size(); i++) {
      Entry entry = group.disk.written().get(i + 1L);
      // A leader that was paused while it collected may become active under a later one.
      boolean later = log.get(i) != null && log.get(i).epoch() >= changed.epoch();
      boolean has =
          later
              || i + 1L <= group.disk.written().base()
              || (entry != null && entry.header().equals(log.get(i)));
      SimFailure.check(
          has, "I3", "leader %s of %s lacks committed entry %d", node.broker, term, i + 1);
    }
  }

  /** CREATE, UNCLEAN: of two histories that are led, one comes from the other. */
  private void checkHistories(CoordGroup group, long history) {
    Map<Long, Set<Long>> led = ledHistories.computeIfAbsent(group.id(), id -> new HashMap<>());
    Set<Long> parents = new HashSet<>();
    group.machine().forks().forEach(fork -> parents.add(fork.parent()));
    led.put(history, parents);
    for (Map.Entry<Long, Set<Long>> other : led.entrySet()) {
      boolean related =
          other.getKey() == history
              || parents.contains(other.getKey())
              || other.getValue().contains(history);
      SimFailure.check(
          related, "CREATE", "group %s was led in histories %s", group.id(), led.keySet());
    }
  }

  /** I4: everybody applies the same. */
  void onAdvanced(CoordNode node, CoordGroup group, long seq) {
    long history = group.status().history();
    List<EntryHeader> log = log(group.id(), history);
    String key = node.broker + "/" + group.id() + "/" + group.status().self();
    for (long s = applied.getOrDefault(key, 0L) + 1; s <= seq; s++) {
      Entry entry = group.disk.written().get(s);
      if (entry == null) {
        SimFailure.check(
            s <= group.disk.written().base(), "I4", "broker %d applied %d", node.broker, s);
        if (s == log.size() + 1 && !group.machine().forks().isEmpty()) {
          // UNCLEAN: the history begins with a base, and nobody has its entries.
          log.add(null);
        }
        continue;
      }
      if (s == log.size() + 1) {
        log.add(entry.header());
      }
      SimFailure.check(
          s <= log.size() && log.get((int) s - 1).equals(entry.header()),
          "I4",
          "broker %d applies %s as %d of %s",
          node.broker,
          entry.header(),
          s,
          group.id());
    }
    applied.merge(key, seq, Math::max);
  }

  void onAcked(GroupId group, long history, TopicPartition partition) {
    acked.computeIfAbsent(new Log(group, history), log -> new HashSet<>()).add(partition);
  }

  /** I6 at the end: what was acked is there. */
  void checkReadable(CoordGroup leader) {
    Set<TopicPartition> there = new HashSet<>();
    leader.machine().partitions().forEach(info -> there.add(info.id()));
    Set<TopicPartition> wanted =
        acked.getOrDefault(new Log(leader.id(), leader.status().history()), Set.of());
    SimFailure.check(
        there.containsAll(wanted),
        "I6",
        "group %s has %d of %d acked partitions",
        leader.id(),
        there.size(),
        wanted.size());
  }
}

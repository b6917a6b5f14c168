package dev.leat.broker.control.coordination;

import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Replica;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings voters to where they shall be, one replica of a group at a time, and replaces replicas
 * that their disk has lost.
 *
 * <pre>
 *   join at the new broker --> the leader changes the voters --> (next, or done)
 *   a leader that shall go hands over first
 *   one voter only: by way of three, because two survive no more than one
 *   more voters than before (UNCLEAN left one of them): two at a time
 * </pre>
 */
final class Mover {
  private static final long JOIN_MS = 10_000;
  private static final long CHANGE_MS = 600_000;
  private static final long AGAIN_MS = 2_000;

  /** A replica is missing if its broker has not reported it for so long. */
  private static final long MISSING_MS = 5_000;

  private final Outbox out;
  private final Members members;
  private final Fences fences;
  private final GroupBook book;
  private final Intents intents;
  private final Requests requests;
  private final Map<GroupId, Long> busyUntil = new TreeMap<>();
  private final Map<GroupId, Integer> joining = new TreeMap<>();
  private final Map<Replica, Long> missingSince = new HashMap<>();

  Mover(
      Outbox out,
      Members members,
      Fences fences,
      GroupBook book,
      Intents intents,
      Requests requests) {
    this.out = out;
    this.members = members;
    this.fences = fences;
    this.book = book;
    this.intents = intents;
    this.requests = requests;
  }

  /** Brokers on their way into the voters of a group. */
  List<Integer> joining(GroupId group) {
    Integer broker = joining.get(group);
    return broker == null ? List.of() : List.of(broker);
  }

  boolean isBusy() {
    return !joining.isEmpty();
  }

  void run() {
    for (Map.Entry<GroupId, Intents.Intent> each : intents.all().entrySet()) {
      GroupId group = each.getKey();
      GroupConfig config = book.config(group);
      Leaderships.Known leader = book.leader(group);
      if (config != null && leader != null && each.getValue().isCreated()) {
        boolean due = out.now() >= busyUntil.getOrDefault(group, 0L);
        if (due && joining.size() < out.timing().maxMoves()) {
          proceed(group, each.getValue(), config, leader);
        }
      }
    }
  }

  private void proceed(
      GroupId group, Intents.Intent intent, GroupConfig config, Leaderships.Known leader) {
    Set<Replica> missing = missing(group, config);
    List<Integer> wanted = intent.voters();
    boolean settled =
        missing.isEmpty()
            && config.voters().size() == wanted.size()
            && config.voters().stream().allMatch(voter -> wanted.contains(voter.broker()));
    if (settled || config.isJoint()) {
      joining.remove(group);
      return;
    }
    List<Replica> staying =
        config.voters().stream()
            .filter(voter -> wanted.contains(voter.broker()) && !missing.contains(voter))
            .toList();
    List<Integer> coming = new ArrayList<>(wanted);
    staying.forEach(voter -> coming.remove((Integer) voter.broker()));
    boolean leaderStays = staying.stream().anyMatch(voter -> voter.broker() == leader.broker());
    if (leaderStays) {
      exchange(group, config, staying, coming, leader);
    } else if (!staying.isEmpty()) {
      handOver(group, leader, staying);
    } else if (config.voters().size() == 1 && !coming.isEmpty()) {
      grow(group, config, coming.getFirst(), leader);
    }
  }

  /** DISK: voters that their brokers, though well, have not got any more. */
  private Set<Replica> missing(GroupId group, GroupConfig config) {
    Set<Replica> missing = new HashSet<>();
    for (Replica voter : config.voters()) {
      Member member = members.find(voter.broker());
      GroupReport report = member == null ? null : member.reports().get(group);
      boolean away = member == null || !member.isLinked();
      boolean there = report != null && report.self().equals(voter);
      if (away || there) {
        missingSince.remove(voter);
      } else if (out.isDue(missingSince.computeIfAbsent(voter, v -> out.now()) + MISSING_MS)) {
        missing.add(voter);
      }
    }
    return missing;
  }

  private void exchange(
      GroupId group,
      GroupConfig config,
      List<Replica> staying,
      List<Integer> coming,
      Leaderships.Known leader) {
    if (coming.isEmpty()) {
      change(group, staying, leader);
      return;
    }
    List<Replica> leaving = new ArrayList<>(config.voters());
    leaving.removeAll(staying);
    if (leaving.isEmpty()) {
      widen(group, config, coming, leader);
      return;
    }
    int next = coming.getFirst();
    if (!isUsable(next)) {
      pause(group);
      return;
    }
    join(
        group,
        next,
        leader,
        replica -> {
          List<Replica> voters = new ArrayList<>(config.voters());
          voters.remove(leaving.getFirst());
          voters.add(replica);
          change(group, voters, leader);
        });
  }

  /** One voter: another and a helper come in; then it can hand over, and leave with the helper. */
  private void grow(GroupId group, GroupConfig config, int next, Leaderships.Known leader) {
    int helper =
        members.linked().stream()
            .map(Member::id)
            .filter(id -> id != next && id != leader.broker() && isUsable(id))
            .findFirst()
            .orElse(-1);
    if (helper < 0 || !isUsable(next)) {
      pause(group);
      return;
    }
    joinBoth(group, config, next, helper, leader);
  }

  /** UNCLEAN: a group that began again from one replica gets the others back. */
  private void widen(
      GroupId group, GroupConfig config, List<Integer> coming, Leaderships.Known leader) {
    List<Integer> usable = coming.stream().filter(this::isUsable).limit(2).toList();
    if (usable.size() < 2) {
      pause(group);
      return;
    }
    joinBoth(group, config, usable.getFirst(), usable.getLast(), leader);
  }

  private void joinBoth(
      GroupId group, GroupConfig config, int next, int other, Leaderships.Known leader) {
    Consumer<Replica> withNext =
        first ->
            join(
                group,
                other,
                leader,
                second -> {
                  List<Replica> voters = new ArrayList<>(config.voters());
                  voters.add(first);
                  voters.add(second);
                  change(group, voters, leader);
                });
    join(group, next, leader, withNext);
  }

  private boolean isUsable(int broker) {
    Member member = members.find(broker);
    return member != null && member.isLinked() && fences.stateOf(broker) == BrokerState.UP;
  }

  private void join(GroupId group, int broker, Leaderships.Known leader, Consumer<Replica> next) {
    joining.put(group, broker);
    busyUntil.put(group, out.now() + JOIN_MS);
    long request =
        requests.begin(
            broker,
            group,
            JOIN_MS,
            done -> {
              Replica replica = done.replica();
              if (done.done() && replica != null) {
                next.accept(replica);
              } else {
                end(group, done);
              }
            });
    out.send(broker, new CoordinationMessage.JoinGroup(request, group, leader.history()));
  }

  private void change(GroupId group, List<Replica> voters, Leaderships.Known leader) {
    if (voters.size() % 2 == 0) {
      pause(group);
      return;
    }
    busyUntil.put(group, out.now() + CHANGE_MS);
    long request = requests.begin(leader.broker(), group, CHANGE_MS, done -> end(group, done));
    out.send(
        leader.broker(),
        new CoordinationMessage.ChangeVoters(request, group, leader.history(), voters));
  }

  private void handOver(GroupId group, Leaderships.Known leader, List<Replica> staying) {
    Replica target =
        staying.stream().filter(voter -> isUsable(voter.broker())).findFirst().orElse(null);
    pause(group);
    if (target != null) {
      handOver(group, leader, target);
    }
  }

  private void handOver(GroupId group, Leaderships.Known leader, Replica target) {
    long request = requests.begin(leader.broker(), group, AGAIN_MS, done -> {});
    out.send(
        leader.broker(),
        new CoordinationMessage.HandOver(
            List.of(new CoordinationMessage.Move(request, group, leader.history(), target))));
  }

  private void end(GroupId group, CoordinationMessage.@Nullable Done done) {
    joining.remove(group);
    if (done != null && !done.done()) {
      pause(group);
    } else {
      busyUntil.put(group, out.now() + out.timing().heartbeat());
      out.wakeAt(out.now() + out.timing().heartbeat());
    }
  }

  private void pause(GroupId group) {
    joining.remove(group);
    busyUntil.put(group, out.now() + AGAIN_MS);
    out.wakeAt(out.now() + AGAIN_MS);
  }
}

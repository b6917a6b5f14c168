package dev.leat.broker.control.coordination;

import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Replica;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Spreads leaders evenly, by hand-overs, once the cluster has been stable for a while: at most 10 %
 * of the groups per second.
 */
final class Balancer {
  private static final long PACE_MS = 1_000;

  private final Outbox out;
  private final Members members;
  private final Fences fences;
  private final GroupBook book;
  private final Requests requests;
  private long nextMs;

  Balancer(Outbox out, Members members, Fences fences, GroupBook book, Requests requests) {
    this.out = out;
    this.members = members;
    this.fences = fences;
    this.book = book;
    this.requests = requests;
  }

  void run(Iterable<GroupId> groups) {
    if (fences.stableMs() < out.timing().stable() || !out.isDue(nextMs)) {
      return;
    }
    nextMs = out.now() + PACE_MS;
    Map<Integer, List<GroupId>> led = new TreeMap<>();
    for (Member member : members.linked()) {
      if (fences.stateOf(member.id()) == BrokerState.UP) {
        led.put(member.id(), new ArrayList<>());
      }
    }
    int count = 0;
    for (GroupId group : groups) {
      count++;
      Leaderships.Known leader = book.leader(group);
      if (leader == null) {
        return;
      }
      if (led.containsKey(leader.broker())) {
        led.get(leader.broker()).add(group);
      }
    }
    moveSome(led, Math.max(1, count / 10));
  }

  private void moveSome(Map<Integer, List<GroupId>> led, int quota) {
    Map<Integer, List<CoordinationMessage.Move>> moves = new HashMap<>();
    int left = quota;
    boolean moved = true;
    while (left > 0 && moved) {
      moved = moveOne(led, moves);
      left--;
    }
    moves.forEach((broker, some) -> out.send(broker, new CoordinationMessage.HandOver(some)));
  }

  private boolean moveOne(
      Map<Integer, List<GroupId>> led, Map<Integer, List<CoordinationMessage.Move>> moves) {
    List<Integer> byLoad = new ArrayList<>(led.keySet());
    byLoad.sort(Comparator.comparing(broker -> -load(led, broker)));
    for (int from : byLoad) {
      for (GroupId group : led.getOrDefault(from, List.of())) {
        Replica target = lighter(group, led, load(led, from));
        Leaderships.Known leader = book.leader(group);
        if (target != null && leader != null) {
          led.computeIfAbsent(from, broker -> new ArrayList<>()).remove(group);
          led.computeIfAbsent(target.broker(), broker -> new ArrayList<>()).add(group);
          long request = requests.begin(from, group, PACE_MS, done -> {});
          moves
              .computeIfAbsent(from, broker -> new ArrayList<>())
              .add(new CoordinationMessage.Move(request, group, leader.history(), target));
          return true;
        }
      }
    }
    return false;
  }

  private static int load(Map<Integer, List<GroupId>> led, int broker) {
    return led.getOrDefault(broker, List.of()).size();
  }

  /** A voter that keeps up, on a broker that leads at least two groups less. */
  private @Nullable Replica lighter(GroupId group, Map<Integer, List<GroupId>> led, int load) {
    GroupConfig config = book.config(group);
    if (config == null || config.isJoint()) {
      return null;
    }
    List<Integer> lagging = book.lagging(group, fences);
    return config.voters().stream()
        .filter(voter -> led.containsKey(voter.broker()) && !lagging.contains(voter.broker()))
        .filter(voter -> load(led, voter.broker()) <= load - 2)
        .min(Comparator.comparing(voter -> load(led, voter.broker())))
        .orElse(null);
  }
}

package dev.leat.broker.control.coordination;

import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Replica;
import dev.leat.crds.ClusterState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Decides which brokers shall vote where: none that leaves or is dead for long, and all of them
 * evenly. A few groups at a time; {@link Mover} makes it true.
 */
final class Planner {
  /** A broker that has been dead for so long is replaced elsewhere. */
  static final long REPLACE_AFTER_MS = 900_000;

  private static final long PACE_MS = 1_000;

  private final Outbox out;
  private final Members members;
  private final Fences fences;
  private final GroupBook book;
  private final Intents intents;
  private long nextMs;

  Planner(Outbox out, Members members, Fences fences, GroupBook book, Intents intents) {
    this.out = out;
    this.members = members;
    this.fences = fences;
    this.book = book;
    this.intents = intents;
  }

  /**
   * Groups whose voters are not where they shall be.
   *
   * @param lost without these: nothing can be done about them
   */
  Set<GroupId> open(Set<GroupId> lost) {
    Set<GroupId> open = new TreeSet<>();
    for (Map.Entry<GroupId, Intents.Intent> each : intents.all().entrySet()) {
      GroupConfig config = lost.contains(each.getKey()) ? null : book.config(each.getKey());
      if (each.getValue().isCreated() && config != null) {
        List<Integer> actual = config.voters().stream().map(Replica::broker).toList();
        if (config.isJoint() || !Set.copyOf(actual).equals(Set.copyOf(each.getValue().voters()))) {
          open.add(each.getKey());
        }
      }
    }
    return open;
  }

  /**
   * Plans what is due.
   *
   * @param lost groups that have lost a quorum: their voters stay what they are
   */
  void run(Set<GroupId> lost) {
    if (!out.isDue(nextMs)) {
      return;
    }
    nextMs = out.now() + PACE_MS;
    Set<GroupId> open = open(lost);
    int room = out.timing().maxMoves() - open.size();
    for (Map.Entry<GroupId, Intents.Intent> each : intents.all().entrySet()) {
      GroupId group = each.getKey();
      Intents.Intent intent = each.getValue();
      // One that moves already may wait for a broker that is dead: it is no further move.
      boolean moves = open.contains(group);
      boolean canMove = intent.isCreated() && !lost.contains(group) && (moves || room > 0);
      if (canMove && (complete(group, intent) || evacuate(group, intent)) && !moves) {
        room--;
      }
    }
    if (room == out.timing().maxMoves() && fences.stableMs() >= out.timing().stable()) {
      spread(room, lost);
    }
  }

  /** UNCLEAN: a group that began again from one replica, and of which nobody knew who voted. */
  private boolean complete(GroupId group, Intents.Intent intent) {
    if (intent.voters().size() >= group.replicas()) {
      return false;
    }
    List<Integer> voters = new ArrayList<>(intent.voters());
    Placement placement = placement(group.replicas());
    while (voters.size() < group.replicas()) {
      int next = placement.chooseBeside(voters);
      if (next < 0 || voters.contains(next)) {
        return false;
      }
      voters.add(next);
    }
    want(group, intent, voters);
    out.info("group %s gets replicas on brokers %s again", group, voters);
    return true;
  }

  private void want(GroupId group, Intents.Intent intent, List<Integer> voters) {
    intents.put(
        group,
        new Intents.Intent(
            ClusterState.GroupPhase.CREATED, intent.history(), voters.stream().sorted().toList()));
  }

  private boolean mustGo(int broker) {
    return fences.isLeaving(broker) || fences.fencedMs(broker) > REPLACE_AFTER_MS;
  }

  private boolean evacuate(GroupId group, Intents.Intent intent) {
    Optional<Integer> going = intent.voters().stream().filter(this::mustGo).findFirst();
    if (going.isEmpty()) {
      return false;
    }
    List<Integer> rest = new ArrayList<>(intent.voters());
    rest.remove(going.get());
    int replacement = placement(group.replicas()).chooseBeside(rest);
    if (replacement < 0 || rest.contains(replacement)) {
      return false;
    }
    replace(group, intent, going.get(), replacement);
    return true;
  }

  private void replace(GroupId group, Intents.Intent intent, int from, int to) {
    List<Integer> voters = new ArrayList<>(intent.voters());
    voters.remove((Integer) from);
    voters.add(to);
    want(group, intent, voters);
    out.info("group %s moves from broker %d to broker %d", group, from, to);
  }

  private Placement placement(int replicas) {
    return Placement.current(replicas, members, fences, intents);
  }

  /** From whoever has most to whoever has least, while they differ by two or more. */
  private void spread(int room, Set<GroupId> lost) {
    Map<Integer, List<GroupId>> classes = new TreeMap<>();
    for (GroupId group : intents.all().keySet()) {
      if (!lost.contains(group)) {
        classes.computeIfAbsent(group.replicas(), replicas -> new ArrayList<>()).add(group);
      }
    }
    int left = room;
    for (Map.Entry<Integer, List<GroupId>> each : classes.entrySet()) {
      Placement placement = placement(each.getKey());
      while (left > 0 && spreadOne(each.getValue(), placement)) {
        left--;
      }
    }
  }

  private boolean spreadOne(List<GroupId> groups, Placement placement) {
    List<Integer> up = placement.brokers();
    if (up.size() < 2) {
      return false;
    }
    int most = up.stream().max(Comparator.comparing(placement::load)).orElseThrow();
    int least = up.stream().min(Comparator.comparing(placement::load)).orElseThrow();
    if (placement.load(most) - placement.load(least) < 2) {
      return false;
    }
    for (GroupId group : groups) {
      Intents.Intent intent = intents.find(group);
      boolean fits =
          intent != null
              && intent.isCreated()
              && intent.voters().contains(most)
              && !intent.voters().contains(least)
              && (group.replicas() > 1 || up.size() > 2)
              && placement.isNoWorse(intent.voters(), most, least);
      if (intent != null && fits) {
        replace(group, intent, most, least);
        placement.remove(most);
        placement.add(least);
        return true;
      }
    }
    return false;
  }
}

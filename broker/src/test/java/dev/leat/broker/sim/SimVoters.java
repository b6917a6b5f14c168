package dev.leat.broker.sim;

import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.Replica;
import dev.leat.broker.replication.GroupEvent;
import dev.leat.broker.replication.GroupStatus;
import dev.leat.broker.replication.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Who votes: changes because somebody wants it, or because a voter is gone for good. */
final class SimVoters {
  private static final Consumer<Outcome> NOBODY = outcome -> {};

  private final SimCluster cluster;
  private final SimClock clock;

  /** Changes under way. */
  private final List<Asked> asked = new ArrayList<>();

  private record Asked(int leader, GroupConfig config) {}

  SimVoters(SimCluster cluster) {
    this.cluster = cluster;
    this.clock = cluster.clock();
  }

  /** Brokers without the group join it; voters that are gone are replaced. */
  void keep() {
    long every =
        cluster.plan().moving() ? clock.between(5_000, 60_000) : clock.between(200_000, 500_000);
    clock.after(cluster.plan().pace(every), this::keep);
    for (SimNode node : cluster.nodes()) {
      if (node.isUp() && !node.isPaused() && !node.machine().exists()) {
        join(node);
      }
    }
    List<SimNode> leaders = cluster.nodes().stream().filter(SimProducer::leads).toList();
    SimNode leader = leaders.isEmpty() ? null : leaders.get(clock.pick(leaders.size()));
    if (leader == null || leader.isPaused()) {
      return;
    }
    GroupConfig config = leader.status().config();
    boolean lost = config.voters().stream().anyMatch(voter -> !isAlive(voter));
    boolean wanted =
        cluster.plan().brokers() > cluster.plan().voters()
            && !cluster.isHealing()
            && clock.chance(cluster.plan().moving() ? 0.9 : 0.5);
    if (lost || wanted) {
      changeVoters(leader, config);
    }
  }

  private void join(SimNode node) {
    boolean forgets = cluster.plan().drops("FORGET") || cluster.plan().drops("DISK");
    if (node.self() == null || !forgets) {
      node.setSelf(new Replica(node.broker, cluster.newReplicaId()));
    }
    if (cluster.plan().drops("DISK") && node.broker < cluster.plan().voters()) {
      node.step(new GroupEvent.Create(SimNode.HISTORY, node.self(), cluster.firstVoters(), NOBODY));
    } else {
      node.step(new GroupEvent.Join(cluster.history(), node.self(), NOBODY));
    }
  }

  /** With a process, the change that it was asked for is gone. */
  void onCrash(SimNode node) {
    asked.removeIf(change -> change.leader() == node.broker);
  }

  boolean isAlive(Replica replica) {
    SimNode node = cluster.node(replica.broker());
    return replica.equals(node.self()) && !node.isDoomed();
  }

  private void changeVoters(SimNode leader, GroupConfig config) {
    if (config.isJoint() && clock.chance(0.5)) {
      ask(leader, config.prev());
      return;
    }
    List<Replica> candidates = new ArrayList<>();
    for (SimNode node : cluster.nodes()) {
      if (node.self() != null && node != leader && !node.isDoomed()) {
        candidates.add(node.self());
      }
    }
    int size = config.voters().size();
    if (clock.chance(0.2) && !cluster.isHealing()) {
      size = 1 + 2 * clock.pick(3);
    }
    size = Math.min(size, (candidates.size() + 1 + 1) / 2 * 2 - 1);
    List<Replica> voters = new ArrayList<>(List.of(leader.self()));
    // Mostly one is replaced: those who vote already come first.
    List<Replica> stay =
        config.voters().stream().filter(v -> isAlive(v) && candidates.contains(v)).toList();
    int leave = clock.chance(0.7) ? 1 : 0;
    for (Replica replica : stay.subList(Math.min(leave, stay.size()), stay.size())) {
      if (voters.size() < size) {
        voters.add(replica);
      }
    }
    candidates.removeAll(voters);
    if (candidates.size() > size - voters.size()) {
      candidates.removeAll(stay.subList(0, Math.min(leave, stay.size())));
    }
    while (voters.size() < size && !candidates.isEmpty()) {
      voters.add(candidates.remove(clock.pick(candidates.size())));
    }
    // Nobody trusts a group to one disk that is bad, though only the simulator knows that it is.
    if (voters.size() % 2 == 1 && (voters.size() > 1 || !leader.isDoomed())) {
      ask(leader, voters);
    }
  }

  void ask(SimNode leader, List<Replica> voters) {
    cluster.trace("change to %s", voters);
    Asked change = new Asked(leader.broker, GroupConfig.of(voters));
    asked.add(change);
    boolean back = leader.status().config().prev().equals(change.config().voters());
    Consumer<Outcome> token =
        outcome -> {
          asked.remove(change);
          cluster.witness().onChange(outcome, back);
          cluster.sometimes().happened("change " + outcome.getClass().getSimpleName());
        };
    leader.step(new GroupEvent.ChangeVoters(voters, token));
  }

  /** Whether this disk may get lost: every quorum of every config that anybody has survives it. */
  boolean canLoseDisk(SimNode node) {
    if (node.self() == null || cluster.isHealing() || cluster.plan().unclean()) {
      return false;
    }
    for (SimNode other : cluster.nodes()) {
      GroupStatus status = other.status();
      if (status == null || (status.config() != null && !canLoseOne(status.config()))) {
        return false;
      }
    }
    return asked.stream().allMatch(change -> canLoseOne(change.config()));
  }

  private boolean canLoseOne(GroupConfig config) {
    boolean allAlive = config.all().stream().allMatch(this::isAlive);
    return allAlive && !config.isJoint() && config.voters().size() >= 3;
  }
}

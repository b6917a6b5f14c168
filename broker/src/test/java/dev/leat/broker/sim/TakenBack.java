package dev.leat.broker.sim;

import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.Replica;
import java.util.ArrayList;
import java.util.List;

/** {@link SimAttacks.Kind#TAKEN_BACK}, step by step. */
final class TakenBack {
  /** Fast enough to be there before any message arrives. */
  private static final long LOOK_US = 20;

  private static final int PATIENCE = 50_000;

  private final SimCluster cluster;
  private final SimAttacks attacks;
  private SimNode first;
  private SimNode second;
  private GroupConfig before;
  private GroupConfig after;

  TakenBack(SimCluster cluster, SimAttacks attacks) {
    this.cluster = cluster;
    this.attacks = attacks;
  }

  void begin() {
    attacks.again(this::change);
  }

  private void change() {
    first = attacks.leader();
    before = first == null ? null : first.status().config();
    Replica joins = before == null ? null : outsider();
    if (joins == null || before.isJoint() || before.voters().size() != 3) {
      begin();
      return;
    }
    List<Replica> others = new ArrayList<>(before.voters());
    if (!others.remove(first.self())) {
      begin();
      return;
    }
    Replica stays = others.get(cluster.clock().pick(2));
    second = cluster.node(stays.broker());
    List<Replica> voters = List.of(first.self(), stays, joins);
    after = GroupConfig.of(voters);
    cluster.voters().ask(first, voters);
    attacks.later(LOOK_US, () -> whenFinal(PATIENCE));
  }

  private Replica outsider() {
    return cluster.nodes().stream()
        .filter(node -> node.isUp() && node.self() != null && !before.contains(node.self()))
        .map(SimNode::self)
        .findFirst()
        .orElse(null);
  }

  /** The first one has appended the final config: from now on it is on its own. */
  private void whenFinal(int patience) {
    if (!SimProducer.leads(first) || patience == 0) {
      begin();
    } else if (!first.status().config().equals(after)) {
      attacks.later(LOOK_US, () -> whenFinal(patience - 1));
    } else {
      for (SimNode other : cluster.nodes()) {
        if (other != first) {
          cluster.network().hold(first.broker, other.broker);
          cluster.network().hold(other.broker, first.broker);
        }
      }
      cluster.appoint(second, cluster.highestEpoch() + 1);
      attacks.later(LOOK_US, () -> whenSecondLeads(PATIENCE));
    }
  }

  private void whenSecondLeads(int patience) {
    if (patience == 0) {
      cluster.network().letAllGo();
      begin();
    } else if (!SimProducer.leads(second)) {
      attacks.later(LOOK_US, () -> whenSecondLeads(patience - 1));
    } else {
      cluster.sometimes().happened("asked to take back what another began");
      cluster.voters().ask(second, before.voters());
      attacks.later(cluster.clock().between(5_000, 50_000), this::strike);
    }
  }

  private void strike() {
    cluster.network().letAllGo();
    if (second.isUp()) {
      cluster.faults().crash(second);
    }
    attacks.later(
        cluster.clock().between(200, 2_000),
        () -> cluster.appoint(first, cluster.highestEpoch() + 1));
    begin();
  }
}

package dev.leat.broker.sim;

import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.JournalSpace;
import dev.leat.broker.log.Replica;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Faults that fit together, as somebody would choose them who has read the protocol and looks for
 * what could be lost if one rule were missing. With all rules nothing comes of them.
 */
final class SimAttacks {
  private static final int ATTEMPTS = 5;

  private final SimCluster cluster;
  private final SimClock clock;
  private boolean over;

  /** What is tried, again and again. */
  enum Kind {
    NONE,
    /**
     * A leader hears nothing for a while; meanwhile another one leads and removes voters. Then it
     * hears the others again, one after the other: those first who vote no more.
     *
     * <p>FORGET: if one of them came back under its old name, with an empty disk, the two would
     * make a quorum of the old voters, in the old epoch.
     */
    DEAF_LEADER,
    /**
     * Voters are removed and do not hear of it. They shall vote again; then the word comes.
     *
     * <p>READD: if they did vote again, they would drop what the leader counts on.
     */
    LATE_WORD,
    /**
     * A leader has the new voters in its log, and nobody else has. Another one takes the change
     * back, and commits with the old voters; then the first one is back, and that one is not.
     *
     * <p>BACKANY: a quorum of the new voters, which the first one asks, need have none of that.
     */
    TAKEN_BACK,
    /**
     * A voter's disk is set back when only that voter and the leader have the newest entries, and
     * the leader is gone.
     *
     * <p>WENTBACK: if the voter were believed, it and the third would make a quorum without them.
     */
    SET_BACK,
    /** Disks take no records for a while, of one broker or of several: others must not wait. */
    FULL_DISK
  }

  SimAttacks(SimCluster cluster) {
    this.cluster = cluster;
    this.clock = cluster.clock();
  }

  void begin() {
    switch (cluster.plan().attack()) {
      case NONE -> {}
      case DEAF_LEADER -> again(this::deafen);
      case LATE_WORD -> again(this::remove);
      case TAKEN_BACK -> new TakenBack(cluster, this).begin();
      case SET_BACK -> again(this::prepareSetBack);
      case FULL_DISK -> again(this::fill);
    }
  }

  void end() {
    over = true;
    cluster.network().letAllGo();
    cluster.nodes().forEach(node -> node.setSpace(new JournalSpace.Available()));
  }

  void again(Runnable attack) {
    later(clock.between(100_000, 500_000), attack);
  }

  /** Unless it is over by then. */
  void later(long delayUs, Runnable step) {
    clock.after(
        delayUs,
        () -> {
          if (!over) {
            step.run();
          }
        });
  }

  SimNode leader() {
    List<SimNode> leaders =
        cluster.nodes().stream()
            .filter(node -> SimProducer.leads(node) && !node.isPaused())
            .toList();
    return leaders.isEmpty() ? null : leaders.get(clock.pick(leaders.size()));
  }

  private void deafen() {
    SimNode deaf = leader();
    if (deaf == null) {
      again(this::deafen);
      return;
    }
    cluster.trace("%d hears nothing", deaf.broker);
    cluster.sometimes().happened("leader deaf");
    for (SimNode other : cluster.nodes()) {
      if (other != deaf) {
        cluster.network().hold(other.broker, deaf.broker);
      }
    }
    later(clock.between(500, 20_000), () -> appointAnother(deaf, ATTEMPTS));
    later(clock.between(200_000, 600_000), () -> hear(deaf));
  }

  private void appointAnother(SimNode deaf, int attempts) {
    List<SimNode> voters =
        cluster.nodes().stream()
            .filter(node -> node != deaf && node.isUp() && node.status() != null)
            .filter(cluster::isVoter)
            .toList();
    boolean led = voters.stream().anyMatch(SimProducer::leads);
    if (led || voters.isEmpty() || attempts == 0) {
      return;
    }
    cluster.appoint(voters.get(clock.pick(voters.size())), cluster.highestEpoch() + 1);
    later(clock.between(20_000, 50_000), () -> appointAnother(deaf, attempts - 1));
  }

  /** One after the other, whoever leads last. */
  private void hear(SimNode deaf) {
    List<SimNode> others = new ArrayList<>();
    for (SimNode node : cluster.nodes()) {
      others.add(clock.pick(others.size() + 1), node);
    }
    others.remove(deaf);
    others.sort(Comparator.comparing(SimProducer::leads));
    long atUs = 0;
    for (SimNode other : others) {
      later(atUs, () -> cluster.network().letGo(other.broker, deaf.broker));
      atUs += clock.between(20_000, 300_000);
    }
    later(atUs, () -> again(this::deafen));
  }

  private void fill() {
    SimNode node = cluster.node(clock.pick(cluster.nodes().size()));
    cluster.trace("%d has a full disk", node.broker);
    cluster.sometimes().happened("disk full");
    node.setSpace(new JournalSpace.Full("full"));
    later(clock.between(50_000, 1_500_000), () -> node.setSpace(new JournalSpace.Available()));
    again(this::fill);
  }

  private void remove() {
    SimNode leader = leader();
    GroupConfig config = leader == null ? null : leader.status().config();
    if (config == null || config.isJoint() || !config.contains(leader.self())) {
      again(this::remove);
    } else if (leader.isDoomed()) {
      // Its disk is damaged, and it does not know: alone it would rightly be lost.
      again(this::remove);
    } else if (config.voters().size() == 1) {
      cluster.voters().ask(leader, withTwoOthers(leader));
      again(this::remove);
    } else {
      cluster.voters().ask(leader, List.of(leader.self()));
      later(100, () -> whenAlone(leader, config.voters(), 1_000));
    }
  }

  private List<Replica> withTwoOthers(SimNode leader) {
    List<Replica> voters = new ArrayList<>(List.of(leader.self()));
    for (SimNode node : cluster.nodes()) {
      if (node != leader && node.isUp() && node.self() != null && voters.size() < 3) {
        voters.add(node.self());
      }
    }
    return voters.size() == 3 ? voters : List.of(leader.self());
  }

  /** The leader is the only voter in its log, and has told nobody yet. */
  private void whenAlone(SimNode leader, List<Replica> before, int patience) {
    if (!SimProducer.leads(leader) || patience == 0) {
      again(this::remove);
    } else if (leader.status().config().all().size() > 1) {
      later(100, () -> whenAlone(leader, before, patience - 1));
    } else {
      cluster.sometimes().happened("removed unheard");
      for (SimNode other : cluster.nodes()) {
        if (other != leader) {
          cluster.network().hold(leader.broker, other.broker);
        }
      }
      later(clock.between(3_000, 20_000), () -> addAgain(leader, before));
    }
  }

  private void addAgain(SimNode leader, List<Replica> before) {
    cluster.network().letAllGo();
    if (SimProducer.leads(leader)) {
      cluster.voters().ask(leader, before);
    }
    again(this::remove);
  }

  private void prepareSetBack() {
    SimNode victim = cluster.node(clock.pick(cluster.nodes().size()));
    later(clock.between(700_000, 1_200_000), () -> isolateThird(victim));
    if (victim.isUp() && !victim.isPaused()) {
      victim.takeSnapshot();
      later(clock.between(20_000, 200_000), () -> restart(victim));
    }
  }

  private void restart(SimNode node) {
    if (node.isUp()) {
      node.crash();
      node.start();
      node.sayHello();
    }
  }

  private void isolateThird(SimNode victim) {
    SimNode leader = leader();
    if (leader == null || leader == victim || !canSetBack(victim)) {
      again(this::prepareSetBack);
      return;
    }
    List<SimNode> rest = new ArrayList<>(cluster.nodes());
    rest.removeAll(List.of(leader, victim));
    for (SimNode third : rest) {
      cluster.network().hold(third.broker, leader.broker);
      cluster.network().hold(leader.broker, third.broker);
      cluster.network().hold(third.broker, victim.broker);
      cluster.network().hold(victim.broker, third.broker);
    }
    later(clock.between(20_000, 200_000), () -> setBack(victim, leader, rest));
  }

  private boolean canSetBack(SimNode victim) {
    return victim.isUp()
        && cluster.voters().canLoseDisk(victim)
        && cluster.disks().wouldBeNoticed(victim);
  }

  private void setBack(SimNode victim, SimNode leader, List<SimNode> rest) {
    cluster.network().letAllGo();
    if (SimProducer.leads(leader) && canSetBack(victim)) {
      cluster.disks().setBack(victim, true);
      cluster.faults().crash(leader);
      SimNode third = rest.get(clock.pick(rest.size()));
      later(clock.between(500, 5_000), () -> cluster.appoint(third, cluster.highestEpoch() + 1));
    }
    again(this::prepareSetBack);
  }
}

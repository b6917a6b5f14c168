package dev.leat.broker.sim;

/** What goes wrong, how often, by seed. */
final class SimFaults {
  private final SimCluster cluster;
  private final SimClock clock;
  private final double crashes;
  private final double pauses;
  private final double cuts;
  private final double appointments;
  private final double slowDisks;
  private final double lostDisks;
  private boolean over = true;

  SimFaults(SimCluster cluster) {
    this.cluster = cluster;
    this.clock = cluster.clock();
    crashes = intensity();
    pauses = intensity();
    cuts = intensity();
    appointments = intensity();
    slowDisks = intensity() / 2;
    boolean many = cluster.plan().brokers() >= 3 && !cluster.plan().moving();
    double often = intensity() / 5;
    lostDisks = many ? often : 0;
  }

  /** Some seeds are quiet in some respect, others stormy. */
  private double intensity() {
    return switch (clock.pick(4)) {
      case 0 -> 0;
      case 1 -> 0.1;
      case 2 -> 0.3;
      default -> 0.6;
    };
  }

  void begin() {
    over = false;
    cluster.network().setWeather(clock.pick(3) * 0.03, clock.pick(3) * 0.05, clock.pick(3) * 0.15);
    clock.after(clock.between(1_000, 100_000), this::next);
  }

  void end() {
    over = true;
    cluster.network().setWeather(0, 0, 0);
    cluster.network().mendAll();
    for (SimNode node : cluster.nodes()) {
      node.setSlowDisk(false);
      node.resume();
      if (!node.isUp() && !node.isGone()) {
        node.start();
      }
    }
  }

  private void next() {
    if (over) {
      return;
    }
    clock.after(cluster.plan().pace(clock.between(5_000, 120_000)), this::next);
    SimNode node = cluster.node(clock.pick(cluster.nodes().size()));
    if (clock.chance(crashes) && node.isUp()) {
      crash(node);
    }
    if (clock.chance(pauses / 2) && node.isUp() && !node.isPaused()) {
      pause(node);
    }
    if (clock.chance(cuts)) {
      cut();
    }
    if (clock.chance(appointments)) {
      appoint();
    }
    if (clock.chance(slowDisks)) {
      node.setSlowDisk(true);
      clock.after(clock.between(100_000, 2_000_000), () -> node.setSlowDisk(false));
    }
    if (clock.chance(lostDisks) && node.isUp() && cluster.voters().canLoseDisk(node)) {
      cluster.disks().lose(node);
    }
    if (clock.chance(lostDisks) && node.isUp()) {
      node.takeSnapshot();
    }
    if (clock.chance(lostDisks) && node.isUp() && cluster.voters().canLoseDisk(node)) {
      cluster.disks().rollBack(node);
    }
    if (clock.chance(lostDisks) && node.isUp() && cluster.voters().canLoseDisk(node)) {
      cluster.disks().damage(node);
    }
    if (clock.chance(lostDisks) && node.isUp() && hasPromised(node)) {
      cluster.createAgain(node);
    }
    if (clock.chance(0.005)) {
      cluster.sometimes().happened("all crashed");
      cluster.nodes().stream().filter(SimNode::isUp).forEach(this::crash);
    }
  }

  /** Who has promised nothing gives way to another attempt, and rightly. */
  private static boolean hasPromised(SimNode node) {
    return node.status() != null && node.status().promised().epoch() > 0;
  }

  /** In a storm, things go wrong just when a leader begins or commits. */
  void atCriticalPoint(SimNode node) {
    if (over || !cluster.plan().stormy() || !clock.chance(0.15)) {
      return;
    }
    clock.after(
        clock.between(0, 3_000),
        () -> {
          if (!over && node.isUp() && clock.chance(0.5)) {
            crash(node);
          }
          appoint();
        });
  }

  void crash(SimNode node) {
    cluster.trace("%d crashes", node.broker);
    cluster.sometimes().happened("crash");
    node.crash();
    clock.after(
        cluster.plan().pace(clock.between(1_000, 800_000)),
        () -> {
          if (!node.isUp() && !node.isGone()) {
            cluster.trace("%d starts", node.broker);
            node.start();
          }
        });
  }

  private void pause(SimNode node) {
    cluster.sometimes().happened("pause");
    node.pause();
    clock.after(cluster.plan().pace(clock.between(10_000, 2_000_000)), node::resume);
  }

  /** A link, one way or both, or a whole broker, for a while. */
  private void cut() {
    int a = clock.pick(cluster.nodes().size());
    int b = clock.pick(cluster.nodes().size());
    boolean whole = clock.chance(0.3);
    for (int other = 0; other < cluster.nodes().size(); other++) {
      if (other == b || whole) {
        cluster.network().cut(a, other);
        if (clock.chance(0.5)) {
          cluster.network().cut(other, a);
        }
      }
    }
    cluster.sometimes().happened("link cut");
    clock.after(cluster.plan().pace(clock.between(10_000, 1_500_000)), cluster.network()::mendAll);
  }

  /** Anybody, any epoch: stale watches, two controllers, restored objects. */
  private void appoint() {
    SimNode node = cluster.node(clock.pick(cluster.nodes().size()));
    int epoch = Math.max(1, cluster.highestEpoch() + 1 - (clock.chance(0.4) ? clock.pick(3) : 0));
    cluster.appoint(node, epoch);
    if (clock.chance(0.3)) {
      cluster.appoint(cluster.node(clock.pick(cluster.nodes().size())), epoch);
    }
  }
}

package dev.leat.broker.sim;

import dev.leat.broker.control.coordination.CoordinationEvent;
import java.util.List;

/** What goes wrong in a cluster. */
final class CoordFaults {
  private final CoordSim sim;
  private final SimClock clock;
  private boolean ended;

  CoordFaults(CoordSim sim) {
    this.sim = sim;
    this.clock = sim.clock();
  }

  void begin() {
    if (sim.plan().stormy()) {
      sim.links().setWeather(0.02, 0.02, 0.05);
      sim.api().setWeather(0.05, 0.05, 0.2);
    }
    next();
  }

  private void next() {
    long most = sim.plan().stormy() ? 1_000_000 : 4_000_000;
    clock.after(
        clock.between(most / 10, most),
        () -> {
          if (!ended) {
            happen();
            next();
          }
        });
  }

  private CoordNode any() {
    List<CoordNode> up =
        sim.nodes().stream().filter(node -> node.isUp() && !node.isPaused()).toList();
    return up.isEmpty() ? null : up.get(clock.pick(up.size()));
  }

  private void happen() {
    CoordNode node = any();
    if (node == null) {
      return;
    }
    switch (clock.pick(17)) {
      case 0, 1, 2 -> kill(node, false, clock.between(100_000, 8_000_000));
      case 3 -> kill(node, true, clock.between(1_000_000, 8_000_000));
      case 4, 5 -> pause(node, clock.between(300_000, 8_000_000));
      case 6 -> isolate(node, true, true);
      case 7 -> isolate(node, clock.chance(0.5), clock.chance(0.5));
      case 8 -> cutOneWay(node);
      case 9 -> breakLinks(node);
      case 10 -> stop(node);
      case 11 -> slowDisk(node);
      case 12 -> apiDown();
      case 13 -> apiCutOff(node);
      case 14 -> objects();
      case 15 -> killAll();
      default -> weather();
    }
  }

  /** kill -9, or the power goes; it comes back after a while. */
  void kill(CoordNode node, boolean silently, long backUs) {
    happened(silently ? "power off" : "kill", node);
    node.crash(silently);
    clock.after(backUs, () -> startAgain(node));
  }

  private void startAgain(CoordNode node) {
    if (!node.isUp() && !ended) {
      node.start();
    }
  }

  private void killAll() {
    if (clock.chance(0.5)) {
      List.copyOf(sim.nodes()).stream()
          .filter(CoordNode::isUp)
          .forEach(node -> kill(node, false, clock.between(100_000, 2_000_000)));
    }
  }

  private void pause(CoordNode node, long us) {
    happened("pause", node);
    node.pause();
    clock.after(us, node::resume);
  }

  private void isolate(CoordNode node, boolean in, boolean out) {
    happened("partition", node);
    for (CoordNode other : sim.nodes()) {
      if (other != node && in) {
        sim.links().cut(other.broker, node.broker);
      }
      if (other != node && out) {
        sim.links().cut(node.broker, other.broker);
      }
    }
    clock.after(clock.between(500_000, 8_000_000), () -> sim.links().mendAll());
  }

  private void cutOneWay(CoordNode node) {
    int other = clock.pick(sim.nodes().size());
    happened("one way cut", node);
    sim.links().cut(node.broker, other);
    clock.after(clock.between(500_000, 8_000_000), () -> sim.links().mendAll());
  }

  private void breakLinks(CoordNode node) {
    happened("links break", node);
    for (CoordNode other : sim.nodes()) {
      if (other != node && clock.chance(0.7)) {
        sim.links().breakLink(node.broker, other.broker);
      }
    }
  }

  /** SIGTERM, as in a rolling restart. */
  private void stop(CoordNode node) {
    happened("stop", node);
    node.coordinate(new CoordinationEvent.Stop());
    waitForDrain(node);
  }

  private void waitForDrain(CoordNode node) {
    clock.after(
        100_000,
        () -> {
          // At the end of the faults those that are drained are started again by it.
          if (ended || !node.isUp()) {
            return;
          }
          if (node.isDrained()) {
            kill(node, false, clock.between(300_000, 3_000_000));
          } else {
            waitForDrain(node);
          }
        });
  }

  private void slowDisk(CoordNode node) {
    happened("slow disk", node);
    node.setSlowDisk(true);
    clock.after(clock.between(500_000, 4_000_000), () -> node.setSlowDisk(false));
  }

  private void apiDown() {
    sim.trace("api down");
    sim.sometimes().happened("api down");
    sim.api().setDown(true);
    clock.after(clock.between(500_000, 6_000_000), () -> sim.api().setDown(false));
  }

  private void apiCutOff(CoordNode node) {
    happened("api cut off", node);
    sim.api().cutOff(node.broker);
    clock.after(
        clock.between(500_000, 6_000_000),
        () -> {
          boolean down = sim.api().isDown();
          if (!down) {
            sim.api().mend();
          }
        });
  }

  private void objects() {
    switch (clock.pick(5)) {
      case 0 -> sim.api().deleteState(CoordSim.CLUSTER);
      case 1, 2 -> sim.api().restoreState(CoordSim.CLUSTER);
      case 3 -> sim.api().editState(CoordSim.CLUSTER);
      default ->
          sim.api()
              .deleteLease(
                  new dev.leat.crds.ResourceName(
                      CoordSim.CLUSTER.namespace(), CoordSim.CLUSTER.name() + "-controller"));
    }
  }

  private void weather() {
    sim.links().setWeather(0.1, 0.1, 0.2);
    sim.api().setWeather(0.2, 0.1, 0.3);
    sim.sometimes().happened("bad weather");
    clock.after(
        clock.between(500_000, 3_000_000),
        () -> {
          sim.links().setWeather(0, 0, 0);
          sim.api().setWeather(0, 0, 0);
        });
  }

  private void happened(String what, CoordNode node) {
    sim.trace("--- %s: broker %d", what, node.broker);
    sim.sometimes().happened(what);
  }

  /** Everything is well from now on. */
  void end() {
    ended = true;
    sim.links().mendAll();
    sim.links().setWeather(0, 0, 0);
    sim.api().mend();
    for (CoordNode node : sim.nodes()) {
      sim.links().setPower(node.broker, true);
      node.setSlowDisk(false);
      node.resume();
      if (node.isUp() && node.isDrained()) {
        node.crash(false);
      }
      if (!node.isUp()) {
        node.start();
      }
    }
    clock.after(6_000_000, this::restartDrained);
  }

  private void restartDrained() {
    for (CoordNode node : sim.nodes()) {
      if (node.isUp() && node.isDrained()) {
        node.crash(false);
        node.start();
      }
    }
  }
}

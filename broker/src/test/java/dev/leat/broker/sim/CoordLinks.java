package dev.leat.broker.sim;

import dev.leat.broker.control.coordination.CoordinationEvent;
import dev.leat.broker.control.coordination.Hello;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Links between brokers, as TCP has them: a process that ends closes them, a cut wire says nothing,
 * and nobody listens where no process is. Messages on them may get lost, late, repeated and
 * overtaken all the same.
 */
final class CoordLinks {
  private final CoordSim sim;
  private final SimClock clock;
  private final Map<Long, Link> links = new TreeMap<>();
  private final Set<Long> cut = new HashSet<>();
  private final Set<Integer> powerless = new HashSet<>();
  private final Map<Long, Long> retry = new HashMap<>();
  private final Map<Long, Long> greeted = new HashMap<>();
  private double loss;
  private double repeat;
  private double slow;
  private long nextId;

  /** One link: which processes it is between, and who holds it for working. */
  private record Link(long id, int a, long nonceA, int b, long nonceB) {}

  CoordLinks(CoordSim sim) {
    this.sim = sim;
    this.clock = sim.clock();
  }

  private static long pair(int a, int b) {
    return (long) Math.min(a, b) << 32 | Math.max(a, b);
  }

  private static long way(int from, int to) {
    return (long) from << 32 | to;
  }

  void setWeather(double lossRate, double repeatRate, double slowRate) {
    loss = lossRate;
    repeat = repeatRate;
    slow = slowRate;
  }

  /** Nothing arrives this way any more. */
  void cut(int from, int to) {
    cut.add(way(from, to));
  }

  /** A broker hears nobody any more, and is heard. */
  void deafen(int broker) {
    sim.nodes().stream()
        .filter(other -> other.broker != broker)
        .forEach(other -> cut(other.broker, broker));
  }

  /** A broker is heard by nobody any more, and hears all. */
  void mute(int broker) {
    sim.nodes().stream()
        .filter(other -> other.broker != broker)
        .forEach(other -> cut(broker, other.broker));
  }

  void mendAll() {
    cut.clear();
  }

  boolean isOpen(int from, int to) {
    return !cut.contains(way(from, to)) && !powerless.contains(from) && !powerless.contains(to);
  }

  /** A machine is without power: nobody answers for it. */
  void setPower(int broker, boolean on) {
    if (on) {
      powerless.remove(broker);
    } else {
      powerless.add(broker);
    }
  }

  /** A broker wants a link: now, and again until there is one. */
  void connect(int from, int to) {
    long pair = pair(from, to);
    if (links.containsKey(pair)) {
      return;
    }
    long pause = retry.getOrDefault(way(from, to), 0L);
    clock.after(100 + pause, () -> attempt(from, to));
  }

  private void attempt(int from, int to) {
    CoordNode one = sim.node(from);
    CoordNode other = sim.node(to);
    long pair = pair(from, to);
    if (!one.isUp() || links.containsKey(pair) || !one.wants(to)) {
      return;
    }
    long next = Math.min(1_000_000, Math.max(50_000, 2 * retry.getOrDefault(way(from, to), 0L)));
    boolean asleep = one.isPaused() || (other.isUp() && other.isPaused());
    if (!isOpen(from, to) || !isOpen(to, from) || asleep) {
      retry.put(way(from, to), next);
      connect(from, to);
      return;
    }
    if (!other.isUp()) {
      retry.put(way(from, to), next);
      clock.after(
          clock.between(100, 1_000),
          () -> {
            if (!sim.node(to).isUp()) {
              one.coordinate(new CoordinationEvent.ConnectRefused(to));
            }
          });
      connect(from, to);
      return;
    }
    retry.remove(way(from, to));
    retry.remove(way(to, from));
    Link link = new Link(++nextId, from, one.nonce(), to, other.nonce());
    links.put(pair, link);
    greet(link, from, to);
    greet(link, to, from);
  }

  private void greet(Link link, int from, int to) {
    Hello hello = sim.node(from).hello();
    clock.after(
        clock.between(100, 1_500),
        () -> {
          if (links.get(pair(from, to)) == link && sim.node(to).nonce() == nonceOf(link, to)) {
            greeted.put(way(from, to), link.id());
            sim.node(to).coordinate(new CoordinationEvent.LinkUp(hello));
          }
        });
  }

  private static long nonceOf(Link link, int broker) {
    return link.a() == broker ? link.nonceA() : link.nonceB();
  }

  /** A process has ended: whoever can hear of it hears of it. */
  void processEnded(int broker, boolean silently) {
    for (Link link : new LinkedHashSet<>(links.values())) {
      if (link.a() == broker || link.b() == broker) {
        int peer = link.a() == broker ? link.b() : link.a();
        links.remove(pair(broker, peer));
        boolean tells = !silently && isOpen(broker, peer);
        long after = tells ? clock.between(200, 2_000) : clock.between(3_000_000, 10_000_000);
        down(link, broker, peer, tells, after);
      }
    }
  }

  /** Both ends give a link up. */
  void breakLink(int a, int b) {
    Link link = links.remove(pair(a, b));
    if (link != null) {
      down(link, b, a, true, clock.between(100, 2_000));
      down(link, a, b, true, clock.between(100, 2_000));
    }
  }

  private void down(Link link, int lost, int at, boolean byPeer, long after) {
    clock.after(
        after,
        () -> {
          CoordNode node = sim.node(at);
          boolean replaced = greeted.getOrDefault(way(lost, at), 0L) > link.id();
          if (node.isUp() && node.nonce() == nonceOf(link, at) && !replaced) {
            node.coordinate(new CoordinationEvent.LinkDown(lost, nonceOf(link, lost), byPeer));
            connect(at, lost);
          }
        });
  }

  /** Sends something on the link that there is now. */
  void send(int from, int to, Runnable arrive) {
    Link link = links.get(pair(from, to));
    if (link == null || nonceOf(link, from) != sim.node(from).nonce()) {
      return;
    }
    int copies = clock.chance(repeat) ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      if (!clock.chance(loss)) {
        long delay = clock.chance(slow) ? clock.between(200, 60_000) : clock.between(50, 800);
        clock.after(
            delay,
            () -> {
              CoordNode node = sim.node(to);
              boolean there = node.isUp() && node.nonce() == nonceOf(link, to);
              if (there && links.get(pair(from, to)) == link && isOpen(from, to)) {
                arrive.run();
              }
            });
      }
    }
  }
}

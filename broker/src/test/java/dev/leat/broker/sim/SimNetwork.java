package dev.leat.broker.sim;

import dev.leat.broker.log.Replica;
import dev.leat.broker.log.disk.DiskIdentity;
import dev.leat.broker.replication.PeerEnvelope;
import java.util.HashSet;
import java.util.Set;

/** Messages get lost, late, repeated, overtaken; links break in one direction or both. */
final class SimNetwork {
  private static final long FAST_US = 200;
  private static final long SLOW_US = 60_000;

  private final SimClock clock;
  private final Delivery deliver;
  private final Set<Long> cut = new HashSet<>();
  private final Set<Long> held = new HashSet<>();
  private double loss;
  private double repeat;
  private double slow;

  /** Takes a message that has arrived. */
  interface Delivery {
    void arrived(int to, DiskIdentity sender, PeerEnvelope envelope);
  }

  SimNetwork(SimClock clock, Delivery deliver) {
    this.clock = clock;
    this.deliver = deliver;
  }

  void send(DiskIdentity sender, PeerEnvelope envelope) {
    int from = envelope.from().broker();
    int to = envelope.to().broker();
    int copies = clock.chance(repeat) ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      if (!clock.chance(loss)) {
        long delay =
            clock.chance(slow) ? clock.between(FAST_US, SLOW_US) : clock.between(50, FAST_US * 5);
        clock.after(delay, () -> arrive(from, to, sender, envelope));
      }
    }
  }

  private void arrive(int from, int to, DiskIdentity sender, PeerEnvelope envelope) {
    if (isOpen(from, to)) {
      deliver.arrived(to, sender, envelope);
    }
  }

  boolean isOpen(int from, int to) {
    return !cut.contains(link(from, to)) && !held.contains(link(from, to));
  }

  /** Nothing arrives this way, whatever else is mended, until it is let go. */
  void hold(int from, int to) {
    held.add(link(from, to));
  }

  void letGo(int from, int to) {
    held.remove(link(from, to));
  }

  void letAllGo() {
    held.clear();
  }

  void setWeather(double lossRate, double repeatRate, double slowRate) {
    loss = lossRate;
    repeat = repeatRate;
    slow = slowRate;
  }

  void cut(int from, int to) {
    cut.add(link(from, to));
  }

  void mendAll() {
    cut.clear();
  }

  private static long link(int from, int to) {
    return (long) from << 32 | to;
  }

  /** So that the direction of a message reads well in traces. */
  static String arrow(Replica from, Replica to) {
    return from.broker() + "->" + to.broker();
  }
}

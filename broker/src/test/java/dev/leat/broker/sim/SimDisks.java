package dev.leat.broker.sim;

import dev.leat.broker.log.Entry;
import dev.leat.broker.log.Replica;
import dev.leat.broker.log.Withdrawal;
import dev.leat.broker.replication.Effect;
import java.util.HashSet;
import java.util.Set;

/** What becomes of disks, and whether those who say that one lacks something are right. */
final class SimDisks {
  private final SimCluster cluster;
  private final SimClock clock;
  private final Set<Replica> lost = new HashSet<>();
  private int count;

  SimDisks(SimCluster cluster) {
    this.cluster = cluster;
    this.clock = cluster.clock();
  }

  /** How many disks have lost something. */
  int lostDisks() {
    return count;
  }

  void lose(SimNode node) {
    cluster.trace("%d loses its disk", node.broker);
    cluster.sometimes().happened("disk lost");
    count++;
    node.loseDisk();
    if (!cluster.plan().drops("DISK")) {
      node.setSelf(null);
    }
    node.start();
  }

  /**
   * The disk is set back to a copy: to one of an earlier start, which peers notice if all of them
   * have heard of a later one, or to one of this start, of which a person has to tell.
   */
  void rollBack(SimNode node) {
    boolean noticed = wouldBeNoticed(node);
    if (noticed || !clock.chance(0.7)) {
      setBack(node, noticed);
    }
  }

  /** Whether there is a copy of an earlier start, and all peers have heard of the present one. */
  boolean wouldBeNoticed(SimNode node) {
    return node.snapshot() != null
        && cluster.nodes().stream().allMatch(peer -> peer == node || node.isKnownBy(peer));
  }

  void setBack(SimNode node, boolean noticed) {
    cluster.trace("%d is set back", node.broker);
    count++;
    lost.add(node.self());
    cluster.sometimes().happened(noticed ? "disk set back" : "disk restored");
    SimDisk copy = noticed ? node.snapshot() : node.disk.copy();
    if (!noticed) {
      copy.doubt(Withdrawal.DISK_RESTORED);
    }
    node.rollBack(copy);
    node.start();
  }

  /** Bits flip on the disk. */
  void damage(SimNode node) {
    Entry hit = node.disk.damage(clock);
    if (hit != null) {
      cluster.trace("%d: bits flip in %s", node.broker, hit.header());
      cluster.sometimes().happened("bits flipped in " + hit.header().kind());
      count++;
      node.doom();
    }
  }

  /** FORGET: a removed replica has dropped what it had. */
  void dropped(Replica replica) {
    lost.add(replica);
  }

  boolean hasLost(Replica replica) {
    return lost.contains(replica);
  }

  /** A leader says that a follower lacks what it had acked. Told so, it withdraws. */
  void wentBack(Effect.DiskWentBack found) {
    Replica replica = found.replica();
    SimNode node = cluster.node(replica.broker());
    SimFailure.check(
        lost.contains(replica) || node.isDoomed(), "DISK", "false alarm: %s", found.detail());
    cluster.sometimes().happened("leader noticed a loss");
    clock.after(1_000, () -> node.onLossNoticed(replica));
  }
}

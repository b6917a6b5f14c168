package dev.leat.client.internal.net;

/**
 * Who leads a replica group, shared by all partitions of the group: a change of the leader is one
 * change, however many partitions there are. Written by the loop, read by any thread.
 */
public final class GroupRoute {

  /** No broker leads. */
  public static final int NO_LEADER = -1;

  private volatile int leader = NO_LEADER;
  private int epoch = -1;

  /** Number of the broker that leads, {@link #NO_LEADER} if none is known. */
  public int leader() {
    return leader;
  }

  /** Takes news, unless they are older than what is known; says whether the leader is another. */
  boolean update(int newLeader, int newEpoch) {
    if (newEpoch < epoch) {
      return false;
    }
    epoch = newEpoch;
    if (newLeader == leader) {
      return false;
    }
    leader = newLeader;
    return true;
  }

  /** Forgets everything: another cluster, or the same one restored. */
  void reset() {
    epoch = -1;
    leader = NO_LEADER;
  }
}

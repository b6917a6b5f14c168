package dev.leat.broker.log;

import java.util.HexFormat;

/**
 * One copy of a group: a broker and the disk state it has. A broker that comes back without that
 * state is another replica.
 *
 * @param broker number of the broker, from 0
 * @param replicaId random, made when a disk first gets the group
 */
public record Replica(int broker, long replicaId) implements Comparable<Replica> {

  @Override
  public int compareTo(Replica other) {
    int order = Integer.compare(broker, other.broker);
    return order != 0 ? order : Long.compareUnsigned(replicaId, other.replicaId);
  }

  @Override
  public String toString() {
    return broker + ":" + HexFormat.of().toHexDigits(replicaId, 8);
  }
}

package dev.leat.broker.control.coordination;

import java.util.List;
import java.util.UUID;

/**
 * The first message on every link, each way: who I am and what my disk holds. Also what a broker
 * knows of itself when it starts.
 *
 * @param clusterId id of the cluster that the disk belongs to; another one's is refused
 * @param broker number of the broker, from 0
 * @param disk which disk it has: another one after it was emptied or exchanged
 * @param starts how often the broker was started; higher is newer, counted on its disk
 * @param nonce random, of this process: tells two processes with equal {@code starts} apart
 * @param minFormat oldest format version that it reads
 * @param maxFormat newest format version that it reads and writes
 * @param addresses where it is reached
 * @param zone failure domain; empty if unknown
 * @param groups all replicas on its disk
 */
public record Hello(
    String clusterId,
    int broker,
    UUID disk,
    long starts,
    long nonce,
    int minFormat,
    int maxFormat,
    Addresses addresses,
    String zone,
    List<GroupReport> groups) {
  /** Copies. */
  public Hello {
    groups = List.copyOf(groups);
  }

  /** Whether both come from one process. */
  public boolean isSameProcess(Hello other) {
    return broker == other.broker && starts == other.starts && nonce == other.nonce;
  }

  /** The same with what the disk holds now. */
  public Hello withGroups(List<GroupReport> held) {
    return new Hello(
        clusterId, broker, disk, starts, nonce, minFormat, maxFormat, addresses, zone, held);
  }

  /**
   * Where a broker is reached, each host:port.
   *
   * @param peer by other brokers
   * @param client by gRPC clients
   * @param kafka by Kafka clients; empty if it has no such listener
   */
  public record Addresses(String peer, String client, String kafka) {}
}

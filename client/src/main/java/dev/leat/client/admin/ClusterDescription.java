package dev.leat.client.admin;

import java.util.List;

/**
 * State of a cluster.
 *
 * @param id id of the cluster: another id means other data
 * @param controller broker that controls, -1 if none
 * @param brokers by number
 * @param groups replica groups in all
 * @param leaderless groups without a leader
 * @param lagging groups with a replica that is behind
 * @param moving groups with a replica on its way to another broker
 * @param lost numbers of groups that have lost a quorum of their replicas
 * @param possibleDataLoss numbers of groups that once began again without a quorum: records that
 *     were acknowledged before may be lost
 * @param version version of the broker that answered
 */
public record ClusterDescription(
    String id,
    int controller,
    List<BrokerDescription> brokers,
    int groups,
    int leaderless,
    int lagging,
    int moving,
    List<Integer> lost,
    List<Integer> possibleDataLoss,
    String version) {

  /** Keeps unchangeable lists. */
  public ClusterDescription {
    brokers = List.copyOf(brokers);
    lost = List.copyOf(lost);
    possibleDataLoss = List.copyOf(possibleDataLoss);
  }
}

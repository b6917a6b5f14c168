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
    String version) {

  /** Keeps an unchangeable list. */
  public ClusterDescription {
    brokers = List.copyOf(brokers);
  }
}

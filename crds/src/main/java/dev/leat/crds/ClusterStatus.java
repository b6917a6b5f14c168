package dev.leat.crds;

import java.util.List;
import java.util.Optional;

/**
 * What a cluster is.
 *
 * @param observedGeneration generation of the spec that all of this is about
 * @param brokers brokers that exist (for the scale subresource)
 * @param readyBrokers brokers that serve
 * @param updatedBrokers brokers that run the newest version and configuration
 * @param image container image that all brokers run or are to run
 * @param selector labels of the brokers' pods (for the scale subresource)
 * @param bootstrap where clients find each listener
 * @param conditions statements, one of each type
 */
public record ClusterStatus(
    long observedGeneration,
    int brokers,
    int readyBrokers,
    int updatedBrokers,
    Optional<String> image,
    Optional<String> selector,
    List<Bootstrap> bootstrap,
    List<Condition> conditions) {
  /** Nothing known. */
  public static final ClusterStatus NONE =
      new ClusterStatus(0, 0, 0, 0, Optional.empty(), Optional.empty(), List.of(), List.of());

  /** Copies. */
  public ClusterStatus {
    bootstrap = List.copyOf(bootstrap);
    conditions = List.copyOf(conditions);
  }

  /** The condition of this type, if any. */
  public Optional<Condition> condition(String type) {
    return conditions.stream().filter(condition -> condition.type().equals(type)).findFirst();
  }

  /**
   * Where clients find a listener.
   *
   * @param listener name of the listener
   * @param grpc host:port
   * @param kafka host:port; empty: it does not speak Kafka's protocol
   * @param brokers what clients that come in by an external listener are told of each broker, as
   *     far as it is known; empty for the internal one, whose names follow from the Cluster's
   */
  public record Bootstrap(
      String listener, String grpc, Optional<String> kafka, List<Advertised> brokers) {
    /** Copies. */
    public Bootstrap {
      brokers = List.copyOf(brokers);
    }
  }

  /**
   * Where a broker is, as seen from outside.
   *
   * @param id its number
   * @param grpc host:port
   * @param kafka host:port; empty: it does not speak Kafka's protocol there
   */
  public record Advertised(int id, String grpc, Optional<String> kafka) {}
}

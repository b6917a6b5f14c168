package dev.leat.broker.runtime.view;

/**
 * A broker as clients see it.
 *
 * @param id its number
 * @param host where its gRPC listener is
 * @param grpcPort its gRPC port
 * @param kafka host:port of its Kafka listener, empty if it has none
 * @param status whether to use it
 * @param pid its process, 0 if not known
 * @param zone its failure domain, empty if not known
 */
public record BrokerView(
    int id, String host, int grpcPort, String kafka, Status status, long pid, String zone) {

  /** Whether a broker can be used. */
  public enum Status {
    /** Serves. */
    UP,
    /** Is handing over and will stop. */
    DRAINING,
    /** Dead or cut off. */
    FENCED
  }
}

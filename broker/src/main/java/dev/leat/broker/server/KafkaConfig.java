package dev.leat.broker.server;

/**
 * What the Kafka listener is told.
 *
 * @param port its port; 0: any free one; -1: no listener
 * @param autoCreateTopics whether a topic is created when a client asks for one that does not exist
 */
public record KafkaConfig(int port, boolean autoCreateTopics) {
  /** No Kafka listener. */
  public static final KafkaConfig NONE = new KafkaConfig(-1, false);

  /** A listener on this port with defaults. */
  public static KafkaConfig onPort(int port) {
    return new KafkaConfig(port, false);
  }

  /** Whether there is a listener. */
  public boolean isEnabled() {
    return port >= 0;
  }
}

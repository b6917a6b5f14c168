package dev.leat.kafka.coordinator;

import java.util.Map;
import org.apache.kafka.clients.ApiVersions;
import org.apache.kafka.clients.BootstrapConfiguration;
import org.apache.kafka.clients.KafkaClient;
import org.apache.kafka.clients.ManualMetadataUpdater;
import org.apache.kafka.clients.MetadataRecoveryStrategy;
import org.apache.kafka.clients.NetworkClient;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.network.PlaintextChannelBuilder;
import org.apache.kafka.common.network.Selector;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.internals.LogContext;

/** Kafka's own network client, for what coordinators ask of each other at Kafka listeners. */
public final class PeerClients {
  /** A request that gets no answer in this time fails. */
  public static final int REQUEST_TIMEOUT_MS = 5_000;

  private static final int MAX_IN_FLIGHT = 100;
  private static final int BUFFER_BYTES = 64 << 10;
  private static final long IDLE_MS = 60_000;
  private static final long BACKOFF_MS = 50;
  private static final long MAX_BACKOFF_MS = 1_000;
  private static final long CONNECT_MS = 2_000;

  private PeerClients() {}

  /**
   * A client without connections; whoever sends says where to.
   *
   * @param name for logs, and as the other broker gets to see it
   */
  public static KafkaClient open(String name) {
    PlaintextChannelBuilder channels =
        new PlaintextChannelBuilder(ListenerName.forSecurityProtocol(SecurityProtocol.PLAINTEXT));
    channels.configure(Map.of());
    LogContext context = new LogContext(name + ": ");
    Selector selector = new Selector(IDLE_MS, new Metrics(), Time.SYSTEM, name, channels, context);
    return new NetworkClient(
        selector,
        new ManualMetadataUpdater(),
        name,
        MAX_IN_FLIGHT,
        BACKOFF_MS,
        MAX_BACKOFF_MS,
        BUFFER_BYTES,
        BUFFER_BYTES,
        REQUEST_TIMEOUT_MS,
        CONNECT_MS,
        CONNECT_MS,
        Time.SYSTEM,
        true,
        new ApiVersions(),
        context,
        MetadataRecoveryStrategy.NONE,
        BootstrapConfiguration.DISABLED,
        false);
  }
}

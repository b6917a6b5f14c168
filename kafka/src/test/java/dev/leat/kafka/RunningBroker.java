package dev.leat.kafka;

import dev.leat.broker.server.Broker;
import dev.leat.broker.server.BrokerConfig;
import dev.leat.broker.server.BrokerStartException;
import dev.leat.broker.server.KafkaConfig;
import dev.leat.broker.state.LocalStateStore;
import dev.leat.crds.Cluster;
import dev.leat.crds.ClusterSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.kafka.clients.admin.Admin;

/** A broker with a Kafka listener in this process. */
public final class RunningBroker implements AutoCloseable {
  private static final UUID CLUSTER = new UUID(1, 2);

  /** Kafka's clients print their whole configuration. Held here, as loggers are weakly held. */
  private static final Logger KAFKA_LOG = Logger.getLogger("org.apache.kafka");

  static {
    KAFKA_LOG.setLevel(Level.SEVERE);
  }

  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final LocalStateStore store;
  private final Broker broker;

  public RunningBroker(Path directory) throws IOException, BrokerStartException {
    this(directory, KafkaConfig.onPort(0));
  }

  public RunningBroker(Path directory, KafkaConfig kafka) throws IOException, BrokerStartException {
    this(directory, config -> config.withKafka(kafka));
  }

  public RunningBroker(Path directory, UnaryOperator<BrokerConfig> change)
      throws IOException, BrokerStartException {
    store =
        LocalStateStore.open(
            directory,
            new LocalStateStore.Context(
                executor, InstantSource.system(), () -> UUID.randomUUID().toString()));
    // Ok the first time, AlreadyExists after a restart.
    store
        .create(Cluster.of(BrokerConfig.EMBEDDED_CLUSTER, ClusterSpec.ofBrokers(1)))
        .toCompletableFuture()
        .join();
    broker =
        Broker.start(
            change.apply(
                BrokerConfig.embedded(0, directory.resolve("broker-0"), "127.0.0.1", 0, 0)
                    .withKafka(KafkaConfig.onPort(0))),
            CLUSTER,
            store);
  }

  public int port() {
    return broker.kafkaPort();
  }

  public int grpcPort() {
    return broker.grpcPort();
  }

  /** Sum of what /metrics says of a name, whatever the labels. */
  public double metric(String name) throws IOException {
    return Scrape.sum(broker.httpPort(), name);
  }

  public Broker broker() {
    return broker;
  }

  public String bootstrap() {
    return "127.0.0.1:" + port();
  }

  public Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", bootstrap(), "request.timeout.ms", "10000"));
  }

  @Override
  public void close() {
    broker.close();
    store.close();
    executor.shutdown();
  }
}

package dev.leat.client.real;

import dev.leat.broker.server.Broker;
import dev.leat.broker.server.BrokerConfig;
import dev.leat.broker.server.BrokerStartException;
import dev.leat.broker.state.LocalStateStore;
import dev.leat.crds.Cluster;
import dev.leat.crds.ClusterSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A real broker in this process, which can be stopped and started again at the same port. */
final class LocalBroker implements AutoCloseable {

  private static final UUID CLUSTER = new UUID(3, 4);

  private final Path directory;
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final LocalStateStore store;
  private final int port;
  private Broker broker;

  LocalBroker(Path directory) throws IOException, BrokerStartException {
    this.directory = directory;
    store =
        LocalStateStore.open(
            directory,
            new LocalStateStore.Context(
                executor, InstantSource.system(), () -> UUID.randomUUID().toString()));
    store
        .create(Cluster.of(BrokerConfig.EMBEDDED_CLUSTER, ClusterSpec.ofBrokers(1)))
        .toCompletableFuture()
        .join();
    broker = start(0);
    port = broker.grpcPort();
  }

  private Broker start(int atPort) throws BrokerStartException {
    return Broker.start(
        BrokerConfig.embedded(0, directory.resolve("broker-0"), "127.0.0.1", atPort, -1),
        CLUSTER,
        store);
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  void restart() throws BrokerStartException {
    broker.close();
    broker = start(port);
  }

  @Override
  public void close() {
    broker.close();
    store.close();
    executor.shutdown();
  }
}

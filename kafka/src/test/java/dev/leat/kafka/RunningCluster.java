package dev.leat.kafka;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;

/** Brokers with Kafka listeners in this process, over one store. */
public final class RunningCluster implements AutoCloseable {
  private static final UUID CLUSTER = new UUID(1, 2);
  private static final int DEADLINE_S = 60;
  private static final int POLL_MS = 5;

  private final Path directory;
  private final Change change;
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final LocalStateStore store;
  private final Map<Integer, Broker> brokers = new ConcurrentSkipListMap<>();

  /** What a broker is told besides the usual. */
  @FunctionalInterface
  public interface Change {
    BrokerConfig of(int id, BrokerConfig usual);
  }

  public RunningCluster(Path directory, int size, Change change)
      throws IOException, BrokerStartException {
    this.directory = directory;
    this.change = change;
    store =
        LocalStateStore.open(
            directory,
            new LocalStateStore.Context(
                executor, InstantSource.system(), () -> UUID.randomUUID().toString()));
    store
        .create(Cluster.of(BrokerConfig.EMBEDDED_CLUSTER, ClusterSpec.ofBrokers(size)))
        .toCompletableFuture()
        .join();
    for (int id = 0; id < size; id++) {
      start(id);
    }
    await(
        "all are ready and know each other",
        () ->
            brokers.values().stream()
                .allMatch(broker -> broker.notReady().isEmpty() && broker.peersUp() == size));
  }

  public void start(int id) throws BrokerStartException {
    BrokerConfig usual =
        BrokerConfig.embedded(id, directory.resolve("broker-" + id), "127.0.0.1", 0, 0)
            .withKafka(KafkaConfig.onPort(0));
    brokers.put(id, Broker.launch(change.of(id, usual), CLUSTER, store));
  }

  public void stop(int id) {
    brokers.remove(id).close();
  }

  public Broker broker(int id) {
    return brokers.get(id);
  }

  public String bootstrap() {
    return brokers.values().stream()
        .map(broker -> "127.0.0.1:" + broker.kafkaPort())
        .collect(Collectors.joining(","));
  }

  public Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", bootstrap(), "request.timeout.ms", "20000"));
  }

  /** Sum of what a broker's /metrics says of a name. */
  public double metric(int id, String name) throws IOException {
    return Scrape.sum(brokers.get(id).httpPort(), name);
  }

  public static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_S);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(POLL_MS));
    }
  }

  @Override
  public void close() {
    brokers.values().forEach(Broker::close);
    store.close();
    executor.shutdownNow();
  }
}

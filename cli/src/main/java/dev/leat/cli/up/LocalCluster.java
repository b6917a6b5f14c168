package dev.leat.cli.up;

import dev.leat.broker.server.Broker;
import dev.leat.broker.server.BrokerConfig;
import dev.leat.broker.server.BrokerStartException;
import dev.leat.broker.state.LocalStateStore;
import dev.leat.cli.console.CommandFailedException;
import dev.leat.crds.Cluster;
import dev.leat.crds.Condition;
import dev.leat.crds.Kind;
import dev.leat.crds.Topic;
import dev.leat.crds.TopicPhase;
import dev.leat.crds.yaml.Manifest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A cluster in this process: resources in files, and a broker. */
final class LocalCluster implements AutoCloseable {
  private static final int DEFAULT_HTTP_PORT = 9490;
  private static final int READY_TIMEOUT_S = 120;
  private static final int POLL_MS = 2;

  private final Settings settings;
  private final ExecutorService storeThreads;
  private final LocalStateStore store;
  private final StoreCalls calls;
  private final Broker broker;
  private final int wantedBrokers;
  private boolean closed;

  /**
   * How a cluster is to run.
   *
   * @param directory where everything is kept
   * @param brokers number of brokers; null: as the stored Cluster says
   * @param host address that the listeners bind to
   * @param grpcPort port of broker 0; 0: any free one
   * @param httpPort port of broker 0 for metrics and probes; null: a good one that is free
   * @param manifests what to apply first
   */
  record Settings(
      Path directory,
      @Nullable Integer brokers,
      String host,
      int grpcPort,
      @Nullable Integer httpPort,
      List<Manifest> manifests) {}

  private LocalCluster(Settings settings) throws IOException, BrokerStartException {
    this.settings = settings;
    storeThreads = Executors.newSingleThreadExecutor(Thread.ofPlatform().name("store").factory());
    store = LocalStateStore.open(settings.directory(), context(storeThreads));
    calls = new StoreCalls(store);
    try {
      LocalResources resources = new LocalResources(calls);
      resources.apply(settings.manifests());
      Cluster cluster = resources.cluster(Optional.ofNullable(settings.brokers()));
      wantedBrokers = cluster.spec().brokers();
      broker = startBroker(cluster, resources.clusterId(cluster));
    } catch (BrokerStartException | RuntimeException e) {
      closeStore();
      throw e;
    }
  }

  /** Starts all of it; says in one line why it cannot. */
  static LocalCluster start(Settings settings) {
    try {
      return new LocalCluster(settings);
    } catch (BrokerStartException e) {
      throw new CommandFailedException(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new CommandFailedException(e.getMessage() + " (--dir " + settings.directory() + ")", e);
    }
  }

  private static LocalStateStore.Context context(ExecutorService threads) {
    return new LocalStateStore.Context(
        threads, InstantSource.system(), () -> UUID.randomUUID().toString());
  }

  private Broker startBroker(Cluster cluster, UUID clusterId) throws BrokerStartException {
    BrokerConfig defaults =
        BrokerConfig.embedded(
            0,
            settings.directory().resolve("broker-0"),
            settings.host(),
            settings.grpcPort(),
            chooseHttpPort());
    return Broker.start(
        defaults.withCluster(cluster.resourceName()).withGroups(cluster.spec().groups()),
        clusterId,
        store);
  }

  private int chooseHttpPort() {
    if (settings.httpPort() != null) {
      return settings.httpPort();
    }
    try (ServerSocket probe = new ServerSocket()) {
      probe.bind(new InetSocketAddress(settings.host(), DEFAULT_HTTP_PORT));
      return DEFAULT_HTTP_PORT;
    } catch (IOException e) {
      return 0;
    }
  }

  /** Number of brokers that the Cluster asks for. */
  int wantedBrokers() {
    return wantedBrokers;
  }

  /** Returns when clients can produce to every topic there is, but for those that are refused. */
  void awaitReady() throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_TIMEOUT_S);
    for (Optional<String> waiting = notReady(); waiting.isPresent(); waiting = notReady()) {
      if (System.nanoTime() > deadline) {
        throw new CommandFailedException(
            "not ready after %d s: %s; see the log above"
                .formatted(READY_TIMEOUT_S, waiting.get()));
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MS);
    }
  }

  private Optional<String> notReady() {
    return broker.notReady().or(this::topicNotReady);
  }

  private Optional<String> topicNotReady() {
    return calls.list(Kind.TOPIC).stream()
        .filter(topic -> topic.spec().cluster().isEmpty() && !topic.metadata().isBeingDeleted())
        .filter(topic -> !isSettled(topic))
        .findFirst()
        .map(topic -> "topic " + topic.topicName() + " is being made");
  }

  private static boolean isSettled(Topic topic) {
    return topic.status().observedGeneration() >= topic.metadata().generation();
  }

  /** Why topics do not exist although their resources do, a line each. */
  List<String> refusedTopics() {
    return calls.list(Kind.TOPIC).stream()
        .filter(topic -> topic.status().phase() == TopicPhase.REFUSED)
        .map(LocalCluster::refusal)
        .toList();
  }

  private static String refusal(Topic topic) {
    String reason = topic.status().condition("Accepted").map(Condition::message).orElse("refused");
    return "topic " + topic.topicName() + ": " + reason;
  }

  /** Where clients find it. */
  String bootstrap() {
    return settings.host() + ":" + broker.grpcPort();
  }

  /** What scripts wait for. */
  String readyLine() {
    String address = settings.host() + ":";
    return "ready grpc=%s http=%s dir=%s"
        .formatted(address + broker.grpcPort(), address + broker.httpPort(), settings.directory());
  }

  /** Returns once the broker has failed: why. */
  CommandFailedException awaitFailure() throws InterruptedException {
    try {
      Exception cause = broker.failure().toCompletableFuture().get();
      return new CommandFailedException(
          "the broker has failed: " + cause.getMessage() + "; see the log above", cause);
    } catch (ExecutionException e) {
      return new CommandFailedException("the broker has failed", e);
    }
  }

  /** Stops the broker, then the store. Once is enough; may be called again. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      broker.close();
      closeStore();
    }
  }

  private void closeStore() {
    store.close();
    storeThreads.shutdown();
  }
}

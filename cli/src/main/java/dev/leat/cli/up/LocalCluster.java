package dev.leat.cli.up;

import dev.leat.broker.server.BrokerStartException;
import dev.leat.broker.server.KafkaConfig;
import dev.leat.broker.server.ListenerLimits;
import dev.leat.broker.state.LocalStateStore;
import dev.leat.broker.state.StateServer;
import dev.leat.cli.console.CommandFailedException;
import dev.leat.crds.Cluster;
import dev.leat.crds.Condition;
import dev.leat.crds.Kind;
import dev.leat.crds.Topic;
import dev.leat.crds.TopicPhase;
import dev.leat.crds.yaml.Manifest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A cluster on this machine: resources in files, and as many brokers as they ask for. */
final class LocalCluster implements AutoCloseable {
  private static final int DEFAULT_HTTP_PORT = 9490;
  private static final int DEFAULT_KAFKA_PORT = 9092;
  private static final int NO_PORT = -1;
  private static final int READY_TIMEOUT_S = 120;
  private static final int POLL_MS = 2;
  private static final int WATCH_MS = 100;

  private final Settings settings;
  private final ExecutorService storeThreads;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final LocalStateStore store;
  private final StoreCalls calls;
  private final @Nullable StateServer server;
  private final String token = UUID.randomUUID().toString();
  private final Cluster cluster;
  private final UUID clusterId;
  private final int firstHttpPort;
  private final int firstKafkaPort;
  private final int share;
  private final Map<Integer, BrokerNode> nodes = new ConcurrentSkipListMap<>();
  private boolean closed;

  /**
   * How a cluster is to run.
   *
   * @param directory where everything is kept
   * @param brokers number of brokers; null: as the stored Cluster says
   * @param processes whether each broker has a process of its own
   * @param host address that the listeners bind to
   * @param grpcPort port of broker 0, the others' follow; 0: any free ones
   * @param peerPort port at which others find broker 0, the others' follow; 0: the gRPC ports
   * @param kafkaPort port of broker 0 for Kafka clients, the others' follow; 0: any free ones;
   *     null: the usual ones, or none if one of them is taken
   * @param autoCreateTopics whether a Kafka client creates a topic by asking for it
   * @param httpPort port of broker 0 for metrics and probes, the others' follow; null: good ones
   *     that are free
   * @param zones of the brokers, in order of their numbers, from the first again when they are used
   *     up; empty: none
   * @param limits what clients may take of each listener
   * @param manifests what to apply first
   */
  record Settings(
      Path directory,
      @Nullable Integer brokers,
      boolean processes,
      String host,
      int grpcPort,
      int peerPort,
      @Nullable Integer kafkaPort,
      boolean autoCreateTopics,
      @Nullable Integer httpPort,
      List<String> zones,
      ListenerLimits limits,
      List<Manifest> manifests) {
    private String zoneOf(int broker) {
      return zones.isEmpty() ? "" : zones.get(broker % zones.size());
    }
  }

  private LocalCluster(Settings settings) throws IOException, BrokerStartException {
    this.settings = settings;
    storeThreads = Executors.newSingleThreadExecutor(Thread.ofPlatform().name("store").factory());
    store = LocalStateStore.open(settings.directory(), context(storeThreads));
    calls = new StoreCalls(store);
    try {
      LocalResources resources = new LocalResources(calls);
      resources.apply(settings.manifests());
      cluster = resources.cluster(Optional.ofNullable(settings.brokers()));
      clusterId = resources.clusterId(cluster);
      server = settings.processes() ? serve() : null;
      firstHttpPort = chooseHttpPort();
      firstKafkaPort = chooseKafkaPort();
      share = Math.max(cluster.spec().brokers(), resources.brokersInUse(cluster));
    } catch (IOException | RuntimeException e) {
      closeStore();
      throw e;
    }
    try {
      for (int id = 0; id < share; id++) {
        start(id);
      }
    } catch (IOException | BrokerStartException | RuntimeException e) {
      close();
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

  private StateServer serve() throws IOException {
    return new StateServer(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), store, token, threads);
  }

  private void start(int id) throws IOException, BrokerStartException {
    BrokerPlan plan =
        new BrokerPlan(
            id,
            cluster.resourceName(),
            clusterId,
            cluster.spec().groups(),
            settings.directory().resolve("broker-" + id),
            settings.host(),
            settings.grpcPort() == 0 ? 0 : settings.grpcPort() + id,
            settings.peerPort() == 0 ? 0 : settings.peerPort() + id,
            firstHttpPort == 0 ? 0 : firstHttpPort + id,
            new KafkaConfig(
                firstKafkaPort <= 0 ? firstKafkaPort : firstKafkaPort + id,
                settings.autoCreateTopics()),
            settings.limits(),
            settings.zoneOf(id),
            share);
    StateServer served = server;
    nodes.put(
        id,
        served == null
            ? new InProcessBroker(plan, store)
            : new ChildBroker(plan, uriOf(served), token, threads));
  }

  private static URI uriOf(StateServer server) {
    InetSocketAddress address = server.address();
    return URI.create("http://127.0.0.1:" + address.getPort());
  }

  private int chooseHttpPort() {
    if (settings.httpPort() != null) {
      return settings.httpPort();
    }
    return areFree(DEFAULT_HTTP_PORT) ? DEFAULT_HTTP_PORT : 0;
  }

  private int chooseKafkaPort() {
    if (settings.kafkaPort() != null) {
      return settings.kafkaPort();
    }
    return areFree(DEFAULT_KAFKA_PORT) ? DEFAULT_KAFKA_PORT : NO_PORT;
  }

  /** Whether there are ports for all brokers from this one on. */
  private boolean areFree(int first) {
    for (int id = 0; id < cluster.spec().brokers(); id++) {
      try (ServerSocket probe = new ServerSocket()) {
        probe.bind(new InetSocketAddress(settings.host(), first + id));
      } catch (IOException e) {
        return false;
      }
    }
    return true;
  }

  /** Whether Kafka clients are not served, as others have their usual ports. */
  boolean isWithoutKafka() {
    return firstKafkaPort == NO_PORT;
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
      checkAlive();
      TimeUnit.MILLISECONDS.sleep(POLL_MS);
    }
  }

  private Optional<String> notReady() {
    for (BrokerNode node : nodes.values()) {
      Optional<String> problem = node.notReady();
      if (problem.isPresent()) {
        return problem.map(why -> "broker " + node.id() + ": " + why);
      }
      if (node.peersUp() < cluster.spec().brokers()) {
        return Optional.of(
            "broker %d knows %d of %d brokers"
                .formatted(node.id(), node.peersUp(), cluster.spec().brokers()));
      }
    }
    return topicNotReady();
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

  /** Where clients find it: host:port of each broker, with commas between. */
  String bootstrap() {
    return addresses(BrokerNode::grpcPort);
  }

  private String addresses(ToIntFunction<BrokerNode> port) {
    return nodes.values().stream()
        .map(node -> settings.host() + ":" + port.applyAsInt(node))
        .collect(Collectors.joining(","));
  }

  /** What scripts wait for. */
  String readyLine() {
    String kafka = isWithoutKafka() ? "" : " kafka=" + addresses(BrokerNode::kafkaPort);
    return "ready grpc=%s%s http=%s dir=%s"
        .formatted(bootstrap(), kafka, addresses(BrokerNode::httpPort), settings.directory());
  }

  /** Port for Kafka clients of the first broker. */
  int kafkaPort() {
    return nodes.values().iterator().next().kafkaPort();
  }

  /** Starts and stops brokers as the Cluster says; returns once one has failed: why. */
  CommandFailedException keep() throws InterruptedException {
    Scaler scaler = new Scaler(calls, cluster.resourceName());
    try {
      while (true) {
        checkAlive();
        for (int id : scaler.missing(nodes.keySet())) {
          start(id);
        }
        for (int id : scaler.idle(nodes)) {
          Objects.requireNonNull(nodes.remove(id)).leave();
        }
        TimeUnit.MILLISECONDS.sleep(WATCH_MS);
      }
    } catch (CommandFailedException e) {
      return e;
    } catch (IOException | BrokerStartException e) {
      return new CommandFailedException(String.valueOf(e.getMessage()), e);
    }
  }

  private void checkAlive() {
    for (BrokerNode node : nodes.values()) {
      Optional<String> failure = node.failure();
      if (failure.isPresent()) {
        throw new CommandFailedException(
            "broker %d has failed: %s; see the log above".formatted(node.id(), failure.get()));
      }
    }
  }

  /** Stops the brokers, then the store. Once is enough; may be called again. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      closeAll(nodes.values());
      closeStore();
    }
  }

  /** All at once: none has to take over from another. */
  private void closeAll(Collection<BrokerNode> brokers) {
    List<? extends Future<?>> closing =
        brokers.stream().map(node -> threads.submit(node::close)).toList();
    for (Future<?> each : closing) {
      try {
        each.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (ExecutionException e) {
        throw new IllegalStateException("a broker could not be closed", e);
      }
    }
  }

  private void closeStore() {
    if (server != null) {
      server.close();
    }
    store.close();
    storeThreads.shutdown();
    threads.shutdown();
  }
}

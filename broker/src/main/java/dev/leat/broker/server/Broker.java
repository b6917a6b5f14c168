package dev.leat.broker.server;

import dev.leat.broker.control.StateStore;
import dev.leat.broker.control.coordination.Hello;
import dev.leat.broker.control.coordination.Settings;
import dev.leat.broker.control.coordination.Timing;
import dev.leat.broker.journal.JournalConfig;
import dev.leat.broker.journal.JournalException;
import dev.leat.broker.journal.JournalHost;
import dev.leat.broker.journal.LmdbJournal;
import dev.leat.broker.journal.StoreIdentity;
import dev.leat.broker.log.CorruptEntryException;
import dev.leat.broker.runtime.Authorizer;
import dev.leat.broker.runtime.BrokerApi;
import dev.leat.broker.runtime.BrokerRuntime;
import dev.leat.broker.runtime.groups.GroupLag;
import dev.leat.broker.runtime.thread.Clock;
import dev.leat.broker.runtime.thread.LoopThreads;
import dev.leat.broker.runtime.view.BrokerView;
import dev.leat.broker.runtime.view.MetadataFeed;
import dev.leat.broker.transport.peer.GrpcPeerLinks;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One broker of a cluster: wiring only. */
public final class Broker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Broker.class);

  private static final int READY_TIMEOUT_S = 60;
  private static final int DRAIN_TIMEOUT_MS = 11_000;

  private final BrokerConfig config;
  private final CompletableFuture<Exception> failure = new CompletableFuture<>();
  private final PrometheusMetrics metrics = new PrometheusMetrics();
  private final ExecutorService httpThreads = Executors.newVirtualThreadPerTaskExecutor();
  private final BrokerRuntime runtime;
  private final Listeners listeners;
  private final @Nullable HttpEndpoint http;
  private volatile Supplier<Optional<String>> readiness =
      () -> Optional.of("the journal is being recovered");

  private Broker(BrokerConfig config, UUID clusterId, StateStore store, Timing timing)
      throws BrokerStartException {
    this.config = config;
    // First: a broker that recovers for minutes is alive.
    http = config.httpPort() < 0 ? null : serveHttp();
    try {
      runtime = openRuntime(clusterId, store, timing);
    } catch (BrokerStartException | RuntimeException e) {
      closeHttp();
      throw e;
    }
    BrokerApi api = runtime.api();
    try {
      listeners = new Listeners(config, runtime, version());
    } catch (BrokerStartException e) {
      closeHttp();
      runtime.close();
      throw e;
    }
    readiness = runtime::notReady;
    registerGauges(api);
    join();
  }

  /**
   * Recovers what the directory holds, and takes part in the cluster. Clients are refused until it
   * is ready.
   *
   * @param clusterId id of the cluster; a directory of another one is refused
   * @param store where Topic resources are
   */
  public static Broker launch(BrokerConfig config, UUID clusterId, StateStore store)
      throws BrokerStartException {
    return launch(config, clusterId, store, Timing.DEFAULT);
  }

  /** As above, at another pace: what production does after half a minute is tested sooner. */
  static Broker launch(BrokerConfig config, UUID clusterId, StateStore store, Timing timing)
      throws BrokerStartException {
    return new Broker(config, clusterId, store, timing);
  }

  /** As {@link #launch}, and returns when clients can use it: a cluster of this broker alone. */
  public static Broker start(BrokerConfig config, UUID clusterId, StateStore store)
      throws BrokerStartException {
    Broker broker = launch(config, clusterId, store);
    broker.awaitReady();
    return broker;
  }

  private BrokerRuntime openRuntime(UUID clusterId, StateStore store, Timing timing)
      throws BrokerStartException {
    JournalConfig journalConfig = JournalConfig.of(config.directory(), config.segmentBytes());
    if (config.journalMaxBytes() > 0) {
      journalConfig = journalConfig.withMaxBytes(config.journalMaxBytes());
    }
    try {
      LmdbJournal journal =
          LmdbJournal.open(
              journalConfig,
              new StoreIdentity(clusterId, config.brokerId(), config.place().volume()),
              new JournalHost(
                  LoopThreads.named("journal"), Clock.SYSTEM::monotonicNanos, UUID::randomUUID));
      return new BrokerRuntime(
          new BrokerRuntime.Options(
              config.cluster(),
              config.groups(),
              config.memory().produceBytes(),
              config.memory().peerBytes(),
              config.retentionIntervalMs(),
              new Settings(config.cluster(), config.seeds(), timing)),
          journal,
          store,
          GrpcPeerLinks::new,
          Authorizer.ALLOW_ALL,
          metrics,
          this::fail);
    } catch (JournalException | CorruptEntryException e) {
      throw new BrokerStartException(String.valueOf(e.getMessage()), e);
    }
  }

  private void join() {
    String client = config.advertisedHost() + ":" + listeners.grpcPort();
    runtime.join(
        new BrokerView(
            config.brokerId(),
            config.advertisedHost(),
            listeners.grpcPort(),
            listeners.kafkaAddress(),
            BrokerView.Status.UP,
            ProcessHandle.current().pid(),
            config.place().zone()),
        new Hello.Addresses(peerAddress(), client, listeners.kafkaAddress()),
        config.place().zone());
  }

  private String peerAddress() {
    String host = config.place().peerHost();
    int port = config.peerPort();
    return (host.isEmpty() ? config.advertisedHost() : host)
        + ":"
        + (port == 0 ? listeners.grpcPort() : port);
  }

  /** Before that, clients would be told that their topics do not exist. */
  private void awaitReady() throws BrokerStartException {
    try {
      CompletableFuture.anyOf(runtime.ready().toCompletableFuture(), failure)
          .get(READY_TIMEOUT_S, TimeUnit.SECONDS);
      if (failure.isDone()) {
        throw notStarted(failure.join().toString(), failure.join());
      }
    } catch (TimeoutException e) {
      throw notStarted(notReady().orElse("it is slow"), e);
    } catch (ExecutionException e) {
      throw notStarted(String.valueOf(e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw notStarted("interrupted", e);
    }
  }

  private BrokerStartException notStarted(String why, Exception cause) {
    close();
    return new BrokerStartException(
        "broker %d did not become ready: %s; see its log".formatted(config.brokerId(), why), cause);
  }

  private HttpEndpoint serveHttp() throws BrokerStartException {
    try {
      return new HttpEndpoint(
          new InetSocketAddress(config.host(), config.httpPort()),
          httpThreads,
          metrics::scrape,
          this::notLive,
          this::notReady);
    } catch (IOException e) {
      throw new BrokerStartException(
          "broker %d cannot listen on %s:%d: %s; stop who uses it, or choose another port"
              .formatted(config.brokerId(), config.host(), config.httpPort(), e.getMessage()),
          e);
    }
  }

  private void closeHttp() {
    if (http != null) {
      http.close();
    }
    httpThreads.close();
  }

  private void registerGauges(BrokerApi api) {
    MetadataFeed feed = api.metadata();
    metrics.gauge("leat.topics", "Topics that take records", () -> feed.current().topics().size());
    GroupLag lag = listeners.lag();
    metrics.gauge(
        "leat.consumer.groups",
        "Consumer groups that lie with this broker",
        () -> lag.current().groups());
    metrics.gauge(
        "leat.consumer.lag.max.records",
        "Lag of the consumer group that lags most",
        () -> lag.current().maxRecords());
    metrics.gauge(
        "leat.consumer.lag.total.records",
        "Lag of all consumer groups",
        () -> lag.current().totalRecords());
    metrics.gauge("leat.groups", "Replica groups on this broker", runtime::groupCount);
    metrics.gauge(
        "leat.groups.lost",
        "Replica groups of the cluster that have lost a quorum",
        () -> feed.current().lost().size());
  }

  private void fail(Exception cause) {
    LOG.error("the broker stops: {}", cause.toString(), cause);
    failure.complete(cause);
  }

  private Optional<String> notLive() {
    return failure.isDone()
        ? Optional.of("the broker has failed: " + failure.join())
        : Optional.empty();
  }

  /**
   * Completes if the broker fails so that it must stop: whoever started it closes it and ends the
   * process.
   */
  public CompletionStage<Exception> failure() {
    return failure;
  }

  /** Why the broker is not ready, or empty if clients can use it. */
  public Optional<String> notReady() {
    return readiness.get();
  }

  /** Number of this broker. */
  public int id() {
    return config.brokerId();
  }

  /**
   * Hands over what this broker leads, so that nobody notices when it stops.
   *
   * @return whether that was done in time
   */
  public boolean drain() {
    return runtime.drain(DRAIN_TIMEOUT_MS);
  }

  /** Brokers that this one knows to be up, itself included. */
  public int peersUp() {
    return (int)
        runtime.api().metadata().current().brokers().values().stream()
            .filter(broker -> broker.status() == BrokerView.Status.UP)
            .count();
  }

  /** Replica groups on the broker's disk. */
  public int groups() {
    return runtime.groupCount();
  }

  /** What stands behind the listeners, for whoever embeds a broker. */
  public BrokerApi api() {
    return runtime.api();
  }

  /** The gRPC port. */
  public int grpcPort() {
    return listeners.grpcPort();
  }

  /** The port for Kafka clients, -1 if there is none. */
  public int kafkaPort() {
    return listeners.kafkaPort();
  }

  /** The port of metrics and probes, -1 if there is none. */
  public int httpPort() {
    return http == null ? -1 : http.port();
  }

  private static String version() {
    String version = Broker.class.getPackage().getImplementationVersion();
    return version == null ? "dev" : version;
  }

  /** Stops serving, finishes what was begun, closes the journal. */
  @Override
  public void close() {
    closeHttp();
    listeners.close();
    runtime.close();
    metrics.close();
  }
}

package dev.leat.broker.server;

import dev.leat.broker.runtime.BrokerApi;
import dev.leat.broker.runtime.BrokerRuntime;
import dev.leat.broker.runtime.groups.GroupCoordination;
import dev.leat.broker.runtime.groups.GroupLag;
import dev.leat.broker.runtime.groups.LazyRoster;
import dev.leat.broker.runtime.groups.QueueCoordination;
import dev.leat.broker.runtime.thread.OnDemand;
import dev.leat.broker.runtime.transactions.TransactionCoordination;
import dev.leat.broker.runtime.view.MetadataFeed;
import dev.leat.broker.transport.ClusterAdapter;
import dev.leat.broker.transport.ConnectionGate;
import dev.leat.broker.transport.Errors;
import dev.leat.broker.transport.GroupAdapter;
import dev.leat.broker.transport.GrpcListener;
import dev.leat.broker.transport.NetworkLoops;
import dev.leat.broker.transport.QueueAdapter;
import dev.leat.broker.transport.ReadyGate;
import dev.leat.broker.transport.RecordAdapter;
import dev.leat.broker.transport.TopicAdapter;
import dev.leat.broker.transport.TransactionAdapter;
import dev.leat.broker.transport.peer.GrpcPeerLinks;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listeners for clients: all of them, or none if one cannot listen. */
final class Listeners implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

  private final BrokerConfig config;
  private final BrokerRuntime runtime;
  private final BrokerApi api;
  private final NetworkLoops loops = new NetworkLoops(Runtime.getRuntime().availableProcessors());
  private final @Nullable ListenerPlugin plugin = ListenerPlugin.find().orElse(null);
  private final GroupLag lag;
  private final GrpcListener grpc;
  private final ListenerPlugin.@Nullable Listener kafka;
  private final List<AutoCloseable> external = new ArrayList<>();
  private final String version;

  Listeners(BrokerConfig config, BrokerRuntime runtime, String version)
      throws BrokerStartException {
    this.config = config;
    this.runtime = runtime;
    this.version = version;
    this.api = runtime.api();
    this.lag = new GroupLag(this::runningGroups, api.topics(), api.readers());
    lag.start();
    try {
      grpc = listenForGrpc(api, config.grpcPort(), true);
    } catch (IOException e) {
      loops.close();
      throw cannotListen(config.grpcPort(), e);
    }
    try {
      kafka = config.kafka().isEnabled() ? listenForKafka(api.metadata(), config.kafka()) : null;
    } catch (IOException e) {
      grpc.close();
      loops.close();
      throw cannotListen(config.kafka().port(), e);
    }
    for (ExternalListener listener : config.external()) {
      try {
        listenOutside(listener);
      } catch (IOException e) {
        close();
        throw cannotListen(listener.grpcPort(), e);
      }
    }
  }

  private void listenOutside(ExternalListener listener) throws IOException {
    MetadataFeed seen = api.metadata().seenFrom(listener.addresses());
    external.add(listenForGrpc(api.withMetadata(seen), listener.grpcPort(), false));
    if (listener.kafka().isEnabled()) {
      external.add(listenForKafka(seen, listener.kafka()));
    }
  }

  /** What its clients are told is what {@code broker} says of the cluster. */
  private GrpcListener listenForGrpc(BrokerApi broker, int port, boolean alsoForPeers)
      throws IOException {
    Errors errors = Errors.withAddresses(broker.metadata());
    OnDemand<TransactionCoordination> transactions =
        new OnDemand<>(this::transactions, broker.readers());
    RecordAdapter records =
        new RecordAdapter(broker, errors, transactions, config.memory().fetchBytes());
    LazyRoster rosters = new LazyRoster(this::groups, broker.readers());
    GrpcListener listener =
        new GrpcListener(
            new InetSocketAddress(config.host(), port),
            loops,
            List.of(
                new TopicAdapter(broker),
                new ClusterAdapter(broker, version),
                new GroupAdapter(broker, errors, rosters),
                new QueueAdapter(
                    broker, errors, rosters, new OnDemand<>(this::queues, broker.readers())),
                new TransactionAdapter(broker, transactions)),
            alsoForPeers
                ? List.of(records.definition(), ((GrpcPeerLinks) runtime.links()).definition())
                : List.of(records.definition()),
            List.of(new ReadyGate(runtime::notReady)),
            new GrpcListener.Limits(gate(), config.limits().idleMs()));
    runtime.ready().thenRun(listener::serving);
    return listener;
  }

  /** Each listener counts for itself. */
  private ConnectionGate gate() {
    return new ConnectionGate(
        config.limits().connections(), config.limits().connectionsPerAddress(), api.metrics());
  }

  /** Called when a group is needed first. */
  private GroupCoordination groups() {
    return plugin == null ? GroupCoordination.NONE : plugin.groups(api, config.brokerId());
  }

  /** Called when a transaction is needed first. */
  private TransactionCoordination transactions() {
    return plugin == null
        ? TransactionCoordination.NONE
        : plugin.transactions(api, config.brokerId());
  }

  /** Called when a queue is needed first. */
  private QueueCoordination queues() {
    return plugin == null ? QueueCoordination.NONE : plugin.queues(api, config.brokerId());
  }

  private Optional<GroupCoordination> runningGroups() {
    return plugin == null ? Optional.empty() : plugin.runningGroups();
  }

  /** How far the groups of this broker lag. */
  GroupLag lag() {
    return lag;
  }

  private ListenerPlugin.Listener listenForKafka(MetadataFeed seen, KafkaConfig told)
      throws IOException {
    if (plugin == null) {
      throw new IOException("the Kafka listener is not on the class path");
    }
    return plugin.start(
        new ListenerPlugin.Settings(
            api,
            seen,
            runtime.ready(),
            config.brokerId(),
            new InetSocketAddress(config.host(), told.port()),
            told,
            config.memory(),
            config.limits(),
            loops.group(),
            loops.serverChannel(),
            gate()));
  }

  private BrokerStartException cannotListen(int port, IOException cause) {
    return new BrokerStartException(
        "broker %d cannot listen on %s:%d: %s; stop who uses it, or choose another port"
            .formatted(config.brokerId(), config.host(), port, cause.getMessage()),
        cause);
  }

  private static void close(AutoCloseable listener) {
    try {
      listener.close();
    } catch (Exception e) {
      LOG.warn("a listener did not close: {}", e.toString());
    }
  }

  int grpcPort() {
    return grpc.port();
  }

  /** -1 if there is none. */
  int kafkaPort() {
    return kafka == null ? -1 : kafka.port();
  }

  /** Where Kafka clients find this broker; empty if nowhere. */
  String kafkaAddress() {
    return kafka == null ? "" : config.advertisedHost() + ":" + kafka.port();
  }

  @Override
  public void close() {
    external.forEach(Listeners::close);
    if (kafka != null) {
      kafka.close();
    }
    grpc.close();
    if (plugin != null) {
      plugin.close();
    }
    loops.close();
  }
}

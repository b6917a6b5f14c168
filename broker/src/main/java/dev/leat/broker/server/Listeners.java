package dev.leat.broker.server;

import dev.leat.broker.runtime.BrokerApi;
import dev.leat.broker.runtime.BrokerRuntime;
import dev.leat.broker.runtime.groups.GroupCoordination;
import dev.leat.broker.runtime.groups.GroupLag;
import dev.leat.broker.runtime.groups.LazyRoster;
import dev.leat.broker.transport.ClusterAdapter;
import dev.leat.broker.transport.Errors;
import dev.leat.broker.transport.GroupAdapter;
import dev.leat.broker.transport.GrpcListener;
import dev.leat.broker.transport.NetworkLoops;
import dev.leat.broker.transport.ReadyGate;
import dev.leat.broker.transport.RecordAdapter;
import dev.leat.broker.transport.TopicAdapter;
import dev.leat.broker.transport.peer.GrpcPeerLinks;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The listeners for clients: all of them, or none if one cannot listen. */
final class Listeners implements AutoCloseable {
  private final BrokerConfig config;
  private final BrokerRuntime runtime;
  private final BrokerApi api;
  private final NetworkLoops loops = new NetworkLoops(Runtime.getRuntime().availableProcessors());
  private final @Nullable ListenerPlugin plugin = ListenerPlugin.find().orElse(null);
  private final GroupLag lag;
  private final GrpcListener grpc;
  private final ListenerPlugin.@Nullable Listener kafka;

  Listeners(BrokerConfig config, BrokerRuntime runtime, String version)
      throws BrokerStartException {
    this.config = config;
    this.runtime = runtime;
    this.api = runtime.api();
    this.lag = new GroupLag(this::runningGroups, api.topics(), api.readers());
    lag.start();
    try {
      grpc = listenForGrpc(version);
    } catch (IOException e) {
      loops.close();
      throw cannotListen(config.grpcPort(), e);
    }
    try {
      kafka = config.kafka().isEnabled() ? listenForKafka() : null;
    } catch (IOException e) {
      grpc.close();
      loops.close();
      throw cannotListen(config.kafka().port(), e);
    }
  }

  private GrpcListener listenForGrpc(String version) throws IOException {
    Errors errors = Errors.withAddresses(api.metadata());
    return new GrpcListener(
        new InetSocketAddress(config.host(), config.grpcPort()),
        loops,
        List.of(
            new TopicAdapter(api),
            new ClusterAdapter(api, version),
            new GroupAdapter(api, errors, new LazyRoster(this::groups, api.readers()))),
        List.of(
            new RecordAdapter(api, errors, config.memory().fetchBytes()).definition(),
            ((GrpcPeerLinks) runtime.links()).definition()),
        List.of(new ReadyGate(runtime::notReady)));
  }

  /** Called when a group is needed first. */
  private GroupCoordination groups() {
    return plugin == null ? GroupCoordination.NONE : plugin.groups(api, config.brokerId());
  }

  private Optional<GroupCoordination> runningGroups() {
    return plugin == null ? Optional.empty() : plugin.runningGroups();
  }

  /** How far the groups of this broker lag. */
  GroupLag lag() {
    return lag;
  }

  private ListenerPlugin.Listener listenForKafka() throws IOException {
    if (plugin == null) {
      throw new IOException("the Kafka listener is not on the class path");
    }
    return plugin.start(
        new ListenerPlugin.Settings(
            api,
            runtime.ready(),
            config.brokerId(),
            new InetSocketAddress(config.host(), config.kafka().port()),
            config.kafka(),
            config.memory(),
            loops.group(),
            loops.serverChannel()));
  }

  private BrokerStartException cannotListen(int port, IOException cause) {
    return new BrokerStartException(
        "broker %d cannot listen on %s:%d: %s; stop who uses it, or choose another port"
            .formatted(config.brokerId(), config.host(), port, cause.getMessage()),
        cause);
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

package dev.leat.broker.transport;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.ServerChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The gRPC listener: services, health, reflection, and limits on everything that a client can send.
 */
public final class GrpcListener implements AutoCloseable {
  /** Largest message that is read, bytes. */
  public static final int MAX_MESSAGE_BYTES = 16 << 20;

  /** Bytes that a peer may send on one stream, or connection, before they are taken. */
  private static final int FLOW_CONTROL_WINDOW_BYTES = 1 << 20;

  private static final int MAX_CALLS_PER_CONNECTION = 1_000;
  private static final int MAX_HEADER_BYTES = 16 << 10;
  private static final int STOP_TIMEOUT_S = 5;

  private final HealthStatusManager health = new HealthStatusManager();
  private final Server server;

  /**
   * Binds and starts. Health says {@code NOT_SERVING} until {@link #serving}.
   *
   * @param gates may refuse calls
   * @param limits of connections
   * @throws IOException if the address cannot be bound: in use, or not of this machine
   */
  public GrpcListener(
      InetSocketAddress address,
      NetworkLoops loops,
      List<BindableService> services,
      List<ServerServiceDefinition> definitions,
      List<ServerInterceptor> gates,
      Limits limits)
      throws IOException {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(address)
            .channelFactory(() -> serverChannel(loops, limits.gate()))
            .bossEventLoopGroup(loops.group())
            .workerEventLoopGroup(loops.group())
            .directExecutor()
            .initialFlowControlWindow(FLOW_CONTROL_WINDOW_BYTES)
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .maxInboundMetadataSize(MAX_HEADER_BYTES)
            .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
            .maxConnectionIdle(limits.idleMs(), TimeUnit.MILLISECONDS)
            .permitKeepAliveTime(1, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .intercept(new PrincipalInterceptor())
            .addService(health.getHealthService())
            .addService(ProtoReflectionServiceV1.newInstance());
    gates.forEach(builder::intercept);
    services.forEach(service -> builder.addService(MalformedGate.before(service.bindService())));
    definitions.forEach(definition -> builder.addService(MalformedGate.before(definition)));
    server = builder.build();
    tellHealth(ServingStatus.NOT_SERVING);
    server.start();
  }

  /** Clients can be served from now on: health says so of the whole, and of each service. */
  public void serving() {
    tellHealth(ServingStatus.SERVING);
  }

  private void tellHealth(ServingStatus status) {
    health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
    server
        .getServices()
        .forEach(service -> health.setStatus(service.getServiceDescriptor().getName(), status));
  }

  /**
   * Limits of connections.
   *
   * @param gate takes connections, or does not
   * @param idleMs a connection without a call is closed after so many milliseconds
   */
  public record Limits(ConnectionGate gate, long idleMs) {}

  private static ServerChannel serverChannel(NetworkLoops loops, ConnectionGate gate) {
    ServerChannel channel = new ReflectiveChannelFactory<>(loops.serverChannel()).newChannel();
    channel.pipeline().addLast(gate);
    return channel;
  }

  /** The bound port. */
  public int port() {
    return server.getPort();
  }

  /** Ends all calls and closes the port. */
  @Override
  public void close() {
    health.enterTerminalState();
    server.shutdown();
    try {
      if (!server.awaitTermination(1, TimeUnit.SECONDS)) {
        server.shutdownNow().awaitTermination(STOP_TIMEOUT_S, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}

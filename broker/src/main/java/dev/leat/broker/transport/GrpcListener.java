package dev.leat.broker.transport;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
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

  private final EventLoopGroup eventLoops;
  private final HealthStatusManager health = new HealthStatusManager();
  private final Server server;

  /**
   * Binds and starts.
   *
   * @param gates may refuse calls
   * @throws IOException if the address cannot be bound: in use, or not of this machine
   */
  public GrpcListener(
      InetSocketAddress address,
      int threads,
      List<BindableService> services,
      List<ServerServiceDefinition> definitions,
      List<ServerInterceptor> gates)
      throws IOException {
    boolean epoll = Epoll.isAvailable();
    IoHandlerFactory handlers = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    Class<? extends ServerChannel> channel =
        epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    eventLoops =
        new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("grpc", true), handlers);
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(address)
            .channelType(channel)
            .bossEventLoopGroup(eventLoops)
            .workerEventLoopGroup(eventLoops)
            .directExecutor()
            .initialFlowControlWindow(FLOW_CONTROL_WINDOW_BYTES)
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .maxInboundMetadataSize(MAX_HEADER_BYTES)
            .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
            .permitKeepAliveTime(1, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .intercept(new PrincipalInterceptor())
            .addService(health.getHealthService())
            .addService(ProtoReflectionServiceV1.newInstance());
    gates.forEach(builder::intercept);
    services.forEach(builder::addService);
    definitions.forEach(builder::addService);
    try {
      server = builder.build().start();
    } catch (IOException e) {
      eventLoops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
      throw e;
    }
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
    eventLoops.shutdownGracefully(0, STOP_TIMEOUT_S, TimeUnit.SECONDS);
  }
}

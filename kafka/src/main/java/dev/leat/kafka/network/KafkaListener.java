package dev.leat.kafka.network;

import dev.leat.broker.server.ListenerPlugin;
import dev.leat.kafka.KafkaService;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** Takes connections of Kafka clients, within limits, on the event loops of the broker. */
public final class KafkaListener implements ListenerPlugin.Listener {
  private static final int BACKLOG = 1_024;
  private static final int MIN_READ_BYTES = 512;
  private static final int FIRST_READ_BYTES = 4 << 10;
  private static final int MAX_READ_BYTES = 256 << 10;

  /** Bytes of responses that wait for a slow client before its next request is not taken. */
  private static final int HIGH_WATER_BYTES = 1 << 20;

  private static final int CLOSE_TIMEOUT_S = 3;

  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final Channel server;
  private final CompletableFuture<KafkaService> service = new CompletableFuture<>();
  private final AtomicBoolean opened = new AtomicBoolean();
  private final Supplier<KafkaService> open;
  private final Allowance allowance;
  private final ListenerPlugin.Settings settings;

  /**
   * Binds and starts.
   *
   * @param open makes what is behind the listener, when the first client connects
   * @throws IOException if the address cannot be bound
   */
  public KafkaListener(ListenerPlugin.Settings settings, Supplier<KafkaService> open)
      throws IOException {
    this.settings = settings;
    this.open = open;
    this.allowance = Allowance.of(settings);
    ChannelFuture bound = bootstrap().bind(settings.address()).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      Throwable cause = bound.cause();
      throw new IOException(cause == null ? "cannot be bound" : cause.getMessage(), cause);
    }
    server = bound.channel();
  }

  private ServerBootstrap bootstrap() {
    return new ServerBootstrap()
        .group(settings.loops())
        .channel(settings.serverChannel())
        .handler(settings.gate())
        .option(ChannelOption.SO_BACKLOG, BACKLOG)
        .option(ChannelOption.SO_REUSEADDR, true)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childOption(ChannelOption.SO_KEEPALIVE, true)
        .childOption(ChannelOption.AUTO_READ, false)
        .childOption(
            ChannelOption.WRITE_BUFFER_WATER_MARK,
            new WriteBufferWaterMark(HIGH_WATER_BYTES / 2, HIGH_WATER_BYTES))
        // One read at a time: what is read and not taken yet stays bounded.
        .childOption(
            ChannelOption.RECVBUF_ALLOCATOR,
            new AdaptiveRecvByteBufAllocator(MIN_READ_BYTES, FIRST_READ_BYTES, MAX_READ_BYTES)
                .maxMessagesPerRead(1))
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                accept(channel);
              }
            });
  }

  private void accept(Channel channel) {
    connections.add(channel);
    Connection connection = new Connection(channel, allowance);
    channel.pipeline().addLast(connection);
    whenOpen()
        .thenCombine(settings.ready(), (kafka, ready) -> kafka)
        .whenComplete(
            (kafka, failure) ->
                channel
                    .eventLoop()
                    .execute(
                        () -> {
                          if (failure == null) {
                            connection.start(kafka.dispatcher(), kafka.throttle());
                          } else {
                            channel.close();
                          }
                        }));
  }

  /** Loading Kafka's classes takes a while: not on an event loop. */
  private CompletableFuture<KafkaService> whenOpen() {
    if (opened.compareAndSet(false, true)) {
      service.completeAsync(open, settings.broker().readers());
    }
    return service;
  }

  @Override
  public int port() {
    return ((InetSocketAddress) server.localAddress()).getPort();
  }

  @Override
  public void close() {
    server.close().awaitUninterruptibly(CLOSE_TIMEOUT_S, TimeUnit.SECONDS);
    connections.close().awaitUninterruptibly(CLOSE_TIMEOUT_S, TimeUnit.SECONDS);
    if (service.isDone() && !service.isCompletedExceptionally()) {
      service.join().close();
    }
  }
}

package dev.leat.client.internal.net;

import dev.leat.api.rpc.WireLimits;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One connection to each broker that somebody wants to talk to. Safe for use by several threads.
 */
public final class Channels implements AutoCloseable {

  /**
   * Bytes that a broker may send on a stream before we take them: as much as a connection carries
   * in the time that news take to the broker and back, and the memory of a consumer that stalls.
   */
  private static final int FLOW_CONTROL_WINDOW_BYTES = 2 * 1024 * 1024;

  /** Room for what a message has beside its batches. */
  private static final int MESSAGE_OVERHEAD_BYTES = 1024 * 1024;

  /**
   * A broker that is silent for so long is asked whether it lives: where a wire is cut nobody says
   * so, and until then nobody else is asked who leads now.
   */
  private static final int KEEP_ALIVE_S = 2;

  /** Time to answer that: more than a busy broker pauses. */
  private static final int KEEP_ALIVE_TIMEOUT_S = 3;

  /** The address of a pod that is gone answers nothing; under its name there may be a new one. */
  private static final int CONNECT_TIMEOUT_MS = 2_000;

  private final ClientLoop loop;
  private final Map<String, ManagedChannel> channels = new HashMap<>();
  private boolean closed;

  /** None yet. */
  public Channels(ClientLoop loop) {
    this.loop = loop;
  }

  /**
   * The connection to an address, made when first used.
   *
   * @param address {@code host:port}
   */
  public synchronized ManagedChannel to(String address) {
    if (closed) {
      throw new IllegalStateException("the client is closed");
    }
    return channels.computeIfAbsent(address, this::open);
  }

  private ManagedChannel open(String address) {
    int colon = address.lastIndexOf(':');
    int port = Integer.parseInt(address.substring(colon + 1));
    return NettyChannelBuilder.forAddress(address.substring(0, colon), port)
        .usePlaintext()
        .channelType(loop.channelType())
        .eventLoopGroup(loop.group())
        .directExecutor()
        .flowControlWindow(FLOW_CONTROL_WINDOW_BYTES)
        .maxInboundMessageSize(WireLimits.MAX_MESSAGE_BYTES + MESSAGE_OVERHEAD_BYTES)
        .keepAliveTime(KEEP_ALIVE_S, TimeUnit.SECONDS)
        .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_S, TimeUnit.SECONDS)
        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS)
        .disableRetry()
        .build();
  }

  @Override
  public synchronized void close() {
    closed = true;
    channels.values().forEach(ManagedChannel::shutdownNow);
  }
}

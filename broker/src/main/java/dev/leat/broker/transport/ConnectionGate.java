package dev.leat.broker.transport;

import dev.leat.broker.runtime.BrokerMetrics;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * The first handler of a server socket: takes connections up to a limit, and up to one for each
 * address of clients. What is above is closed before anything is made for it. Memory: one entry for
 * each address that has a connection.
 */
@Sharable
public final class ConnectionGate extends ChannelInboundHandlerAdapter {
  private final int limit;
  private final int limitPerAddress;
  private final BrokerMetrics metrics;
  private final Map<InetAddress, Integer> byAddress = new HashMap<>();
  private int open;

  /**
   * A gate of one listener.
   *
   * @param limit most connections at a time
   * @param limitPerAddress most of them from one address
   */
  public ConnectionGate(int limit, int limitPerAddress, BrokerMetrics metrics) {
    this.limit = limit;
    this.limitPerAddress = limitPerAddress;
    this.metrics = metrics;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    Channel connection = (Channel) message;
    InetAddress address = addressOf(connection.remoteAddress());
    if (!enter(address)) {
      connection.unsafe().closeForcibly();
      return;
    }
    connection.closeFuture().addListener(closed -> leave(address));
    ctx.fireChannelRead(message);
  }

  /** One that has gone already has none: it goes away by itself, whatever it is counted as. */
  private static InetAddress addressOf(SocketAddress address) {
    return address instanceof InetSocketAddress inet
        ? inet.getAddress()
        : InetAddress.getLoopbackAddress();
  }

  private synchronized boolean enter(InetAddress address) {
    if (open >= limit) {
      metrics.connectionRefused("listener");
      return false;
    }
    int ofAddress = byAddress.getOrDefault(address, 0);
    if (ofAddress >= limitPerAddress) {
      metrics.connectionRefused("address");
      return false;
    }
    byAddress.put(address, ofAddress + 1);
    open++;
    metrics.connections(1);
    return true;
  }

  private synchronized void leave(InetAddress address) {
    if (byAddress.merge(address, -1, Integer::sum) == 0) {
      byAddress.remove(address);
    }
    open--;
    metrics.connections(-1);
  }
}

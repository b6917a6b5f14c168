package dev.leat.broker.transport;

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
import java.util.concurrent.TimeUnit;

/** The event loops of a broker; all listeners share them. */
public final class NetworkLoops implements AutoCloseable {
  private static final int STOP_TIMEOUT_S = 5;

  private final boolean epoll = Epoll.isAvailable();
  private final EventLoopGroup group;

  /** Starts loops, a thread each as soon as it is used. */
  public NetworkLoops(int threads) {
    IoHandlerFactory handlers = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    group =
        new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("net", true), handlers);
  }

  /** The loops. */
  public EventLoopGroup group() {
    return group;
  }

  /** The kind of server sockets that runs on them. */
  public Class<? extends ServerChannel> serverChannel() {
    return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  /** Stops the loops; listeners must be closed before. */
  @Override
  public void close() {
    group.shutdownGracefully(0, STOP_TIMEOUT_S, TimeUnit.SECONDS);
  }
}

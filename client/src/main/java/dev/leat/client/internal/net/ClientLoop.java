package dev.leat.client.internal.net;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client's network thread: it moves bytes, hears what brokers say, decides what is sent to
 * whom, and calls the program's callbacks. Everything that is said to belong to the loop is touched
 * by this thread only, and so needs no locks.
 */
public final class ClientLoop implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ClientLoop.class);

  /** Time for the last bytes to leave when the client is closed. */
  private static final int CLOSE_TIMEOUT_S = 5;

  private final boolean epoll = Epoll.isAvailable();
  private final EventLoopGroup group;
  private final EventLoop loop;

  /** Starts the thread. */
  public ClientLoop() {
    IoHandlerFactory handlers = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    group =
        new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("leat-client", true), handlers);
    loop = group.next();
  }

  EventLoopGroup group() {
    return group;
  }

  Class<? extends SocketChannel> channelType() {
    return epoll ? EpollSocketChannel.class : NioSocketChannel.class;
  }

  /** Whether the calling thread is this one. */
  public boolean isCurrentThread() {
    return loop.inEventLoop();
  }

  /** Runs a task on the thread, soon; at once never. After the end, does nothing. */
  public void execute(Runnable task) {
    try {
      loop.execute(logged(task));
    } catch (RejectedExecutionException closed) {
      LOG.debug("A task came after the end.", closed);
    }
  }

  /** Something that will run later. */
  public static final class Timer {
    private final Future<?> future;

    private Timer(Future<?> future) {
      this.future = future;
    }

    /** It will not run, or not again. */
    public void cancel() {
      future.cancel(false);
    }
  }

  /** Runs a task on the thread, later. */
  public Timer schedule(Runnable task, long delayMs) {
    return new Timer(loop.schedule(logged(task), delayMs, TimeUnit.MILLISECONDS));
  }

  /** Runs a task on the thread again and again. */
  public Timer repeat(Runnable task, long periodMs) {
    return new Timer(
        loop.scheduleWithFixedDelay(logged(task), periodMs, periodMs, TimeUnit.MILLISECONDS));
  }

  private static Runnable logged(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        LOG.error("A defect of the client: please report it.", e);
        throw e;
      }
    };
  }

  @Override
  public void close() {
    var _ = group.shutdownGracefully(0, CLOSE_TIMEOUT_S, TimeUnit.SECONDS);
  }
}

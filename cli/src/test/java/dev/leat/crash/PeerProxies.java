package dev.leat.crash;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy before each broker, for the other brokers: ways between them can be cut, as if a
 * switch dropped what is sent, each way for itself. Where no broker listens, no proxy does.
 */
final class PeerProxies implements AutoCloseable {
  private static final int LOOK_MS = 5;

  private final Ways ways;
  private final List<Door> doors = new ArrayList<>();

  /**
   * Proxies that let everything through.
   *
   * @param port port of the proxy before broker 0, the others' follow
   * @param target port of broker 0, the others' follow
   */
  PeerProxies(int port, int target, int brokers) {
    ways = new Ways(brokers);
    for (int id = 0; id < brokers; id++) {
      Door door = new Door(id, port + id, target + id);
      doors.add(door);
      Thread.ofVirtual().start(door);
    }
  }

  /** Nothing that one broker sends arrives at the other any more, and no connection is made. */
  void cut(int from, int to) {
    ways.cut(from, to);
  }

  /** All ways are open again: what was sent meanwhile arrives. */
  void mend() {
    ways.mend();
  }

  @Override
  public void close() {
    mend();
    doors.forEach(Door::close);
  }

  /** Before one broker. */
  private final class Door implements Runnable, AutoCloseable {
    private final int broker;
    private final int port;
    private final InetSocketAddress target;
    private volatile boolean closed;
    private volatile @Nullable ServerSocket listener;

    Door(int broker, int port, int target) {
      this.broker = broker;
      this.port = port;
      this.target = new InetSocketAddress(InetAddress.getLoopbackAddress(), target);
    }

    @Override
    public void run() {
      try {
        while (!closed) {
          if (isListening()) {
            serve();
          }
          TimeUnit.MILLISECONDS.sleep(LOOK_MS);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private boolean isListening() {
      try (Socket probe = new Socket()) {
        probe.connect(target);
        return true;
      } catch (IOException e) {
        return false;
      }
    }

    /** Until the broker does not listen any more. */
    private void serve() {
      try (ServerSocket open = new ServerSocket()) {
        listener = open;
        open.setReuseAddress(true);
        open.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        while (!closed) {
          pass(open.accept());
        }
      } catch (IOException e) {
        // Closed, or the broker is gone: then the next look finds it again.
      }
    }

    private void pass(Socket dialler) throws IOException {
      Socket dialled = new Socket();
      try {
        dialled.connect(target);
      } catch (IOException e) {
        dialler.close();
        dialled.close();
        throw e;
      }
      new Tunnel(dialler, dialled, broker, ways).start();
    }

    @Override
    public void close() {
      closed = true;
      ServerSocket open = listener;
      if (open != null) {
        try {
          open.close();
        } catch (IOException e) {
          throw new IllegalStateException(e);
        }
      }
    }
  }
}

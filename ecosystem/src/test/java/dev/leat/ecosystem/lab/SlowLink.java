package dev.leat.ecosystem.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A long way to a cluster that is near: whatever goes to the same ports of another address of this
 * machine arrives there later, and the answers as much; and the link can be cut.
 */
public final class SlowLink implements AutoCloseable {
  /** The address of the far end of the link. */
  public static final String ADDRESS = "127.0.0.2";

  private static final int CHUNK_BYTES = 64 << 10;

  /** Bytes on their way, in chunks: those of 100 ms at 100 MB/s. */
  private static final int CHUNKS = 160;

  private final long delayNanos;
  private final List<ServerSocket> doors = new ArrayList<>();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicLong carriedBytes = new AtomicLong();
  private volatile boolean cut;

  /**
   * Opens the link.
   *
   * @param bootstrap of the cluster: {@code host:port,…}
   * @param delay in each direction
   */
  public SlowLink(String bootstrap, Duration delay) throws IOException {
    this.delayNanos = delay.toNanos();
    for (String broker : bootstrap.split(",")) {
      int port = Integer.parseInt(broker.substring(broker.lastIndexOf(':') + 1));
      ServerSocket door = new ServerSocket(port, 50, InetAddress.getByName(ADDRESS));
      doors.add(door);
      Thread.startVirtualThread(() -> accept(door));
    }
  }

  private record Chunk(byte[] bytes, long dueNanos) {
    private static final Chunk END = new Chunk(new byte[0], 0);
  }

  private void accept(ServerSocket door) {
    while (!door.isClosed()) {
      try {
        Socket near = door.accept();
        if (cut) {
          near.close();
        } else {
          Thread.startVirtualThread(() -> connect(near, door.getLocalPort()));
        }
      } catch (IOException closed) {
        // The door is closed, or who knocked is gone.
      }
    }
  }

  private void connect(Socket near, int port) {
    Socket far = new Socket();
    sockets.add(near);
    sockets.add(far);
    try {
      far.connect(new InetSocketAddress("127.0.0.1", port));
      near.setTcpNoDelay(true);
      far.setTcpNoDelay(true);
      if (cut) {
        throw new IOException("the link was cut meanwhile");
      }
      pump(near, far);
      pump(far, near);
    } catch (IOException e) {
      drop(near);
      drop(far);
    }
  }

  /** One direction: one thread reads, another writes what is due. */
  private void pump(Socket from, Socket to) {
    BlockingQueue<Chunk> underWay = new ArrayBlockingQueue<>(CHUNKS);
    Thread.startVirtualThread(() -> read(from, underWay));
    Thread.startVirtualThread(() -> write(underWay, from, to));
  }

  private void read(Socket from, BlockingQueue<Chunk> underWay) {
    byte[] buffer = new byte[CHUNK_BYTES];
    try {
      try {
        InputStream in = from.getInputStream();
        for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
          byte[] bytes = Arrays.copyOf(buffer, length);
          underWay.put(new Chunk(bytes, System.nanoTime() + delayNanos));
        }
      } finally {
        underWay.put(Chunk.END);
      }
    } catch (IOException e) {
      drop(from);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write(BlockingQueue<Chunk> underWay, Socket from, Socket to) {
    try {
      OutputStream out = to.getOutputStream();
      for (Chunk chunk = underWay.take(); chunk != Chunk.END; chunk = underWay.take()) {
        TimeUnit.NANOSECONDS.sleep(chunk.dueNanos - System.nanoTime());
        out.write(chunk.bytes);
        carriedBytes.addAndGet(chunk.bytes.length);
      }
    } catch (IOException e) {
      // The other end is gone: so is this connection.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      drop(from);
      drop(to);
      // Whoever reads must not wait for room that nobody makes.
      underWay.clear();
    }
  }

  private void drop(Socket socket) {
    sockets.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      // Closed all the same.
    }
  }

  /** Bytes that came over the link, both ways. */
  public long carriedBytes() {
    return carriedBytes.get();
  }

  /** Cuts the link for so long: all connections break, and none is made. */
  public void cut(Duration length) throws InterruptedException {
    cut = true;
    List.copyOf(sockets).forEach(this::drop);
    TimeUnit.NANOSECONDS.sleep(length.toNanos());
    cut = false;
  }

  @Override
  public void close() throws IOException {
    for (ServerSocket door : doors) {
      door.close();
    }
    List.copyOf(sockets).forEach(this::drop);
  }
}

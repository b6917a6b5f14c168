package dev.leat.bench.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Ports of the loopback interface that nobody listens on. */
public final class FreePorts {
  private static final int ATTEMPTS = 100;

  private FreePorts() {}

  /** One port. */
  public static int one() {
    return some(1).getFirst();
  }

  /** Different ports. */
  public static List<Integer> some(int count) {
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      return held.stream().map(ServerSocket::getLocalPort).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("no free port on the loopback interface", e);
    } finally {
      held.forEach(FreePorts::close);
    }
  }

  /** The first of some ports in a row. */
  public static int consecutive(int count) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int first = one();
      if (IntStream.range(first, first + count).allMatch(FreePorts::isFree)) {
        return first;
      }
    }
    throw new MeasurementException("found no " + count + " free ports in a row");
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }

  private static void close(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package dev.leat.crash;

import java.io.IOException;
import java.net.Socket;
import java.util.OptionalInt;

/**
 * A connection from one broker to another, through a proxy. What goes a way that is cut stays here
 * until it is mended, as TCP sends it again; so does the end of the connection.
 */
final class Tunnel {
  private static final int BUFFER_BYTES = 64 << 10;
  private static final int UNKNOWN = -1;

  private final Socket dialler;
  private final Socket dialled;
  private final int to;
  private final Ways ways;
  private volatile int from = UNKNOWN;

  /**
   * Between two sockets that are connected.
   *
   * @param to the broker that was dialled
   */
  Tunnel(Socket dialler, Socket dialled, int to, Ways ways) {
    this.dialler = dialler;
    this.dialled = dialled;
    this.to = to;
    this.ways = ways;
  }

  void start() {
    Thread.ofVirtual().start(() -> run(this::forth));
    Thread.ofVirtual().start(() -> run(this::back));
  }

  private interface Pump {
    void run() throws IOException, InterruptedException;
  }

  private void run(Pump pump) {
    try (dialler;
        dialled) {
      pump.run();
    } catch (IOException e) {
      // One end is gone: so is the other.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void forth() throws IOException, InterruptedException {
    FirstFrame first = new FirstFrame();
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int size = read(dialler, buffer); size >= 0; size = read(dialler, buffer)) {
      if (from == UNKNOWN) {
        OptionalInt broker = first.take(buffer, size);
        if (broker.isPresent() && !isMade(broker.getAsInt())) {
          return;
        }
        from = broker.orElse(UNKNOWN);
      }
      await(from, to);
      dialled.getOutputStream().write(buffer, 0, size);
    }
    await(from, to);
  }

  /** No connection is made over a way that is cut: whoever dials waits, and hears of its end. */
  private boolean isMade(int broker) throws InterruptedException {
    boolean made = ways.isOpen(broker, to) && ways.isOpen(to, broker);
    ways.awaitOpen(broker, to);
    ways.awaitOpen(to, broker);
    return made;
  }

  private void back() throws IOException, InterruptedException {
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int size = read(dialled, buffer); size >= 0; size = read(dialled, buffer)) {
      await(to, from);
      dialler.getOutputStream().write(buffer, 0, size);
    }
    await(to, from);
  }

  /** Bytes that have come; an end without a farewell is one. */
  private static int read(Socket socket, byte[] buffer) throws IOException {
    return socket.getInputStream().read(buffer);
  }

  private void await(int sender, int receiver) throws InterruptedException {
    if (sender != UNKNOWN && receiver != UNKNOWN) {
      ways.awaitOpen(sender, receiver);
    }
  }
}

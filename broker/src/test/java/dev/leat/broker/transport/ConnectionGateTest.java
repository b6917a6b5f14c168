package dev.leat.broker.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.runtime.BrokerMetrics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Connections of a gRPC listener are bounded. */
class ConnectionGateTest {
  private static final int TIMEOUT_MS = 10_000;

  private final Map<String, Integer> refused = new ConcurrentHashMap<>();
  private final NetworkLoops loops = new NetworkLoops(1);
  private final List<Socket> sockets = new ArrayList<>();
  private GrpcListener listener;

  @BeforeEach
  void listen() throws IOException {
    BrokerMetrics metrics =
        new BrokerMetrics() {
          @Override
          public void connectionRefused(String limit) {
            refused.merge(limit, 1, Integer::sum);
          }
        };
    listener =
        new GrpcListener(
            new InetSocketAddress("127.0.0.1", 0),
            loops,
            List.of(),
            List.of(),
            List.of(),
            new GrpcListener.Limits(new ConnectionGate(6, 4, metrics), 1_000));
  }

  @AfterEach
  void close() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    listener.close();
    loops.close();
  }

  /** A server of HTTP/2 speaks first. */
  private boolean isTaken(String from) throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.setSoTimeout(TIMEOUT_MS);
    socket.bind(new InetSocketAddress(from, 0));
    socket.connect(new InetSocketAddress("127.0.0.1", listener.port()));
    try {
      return socket.getInputStream().read() >= 0;
    } catch (IOException reset) {
      return false;
    }
  }

  @Test
  void shouldTakeSoManyOfAnAddressAndSoManyInAll() throws IOException {
    for (int i = 0; i < 4; i++) {
      assertThat(isTaken("127.0.0.1")).isTrue();
    }
    assertThat(isTaken("127.0.0.1")).isFalse();
    assertThat(isTaken("127.0.0.2")).isTrue();
    assertThat(isTaken("127.0.0.2")).isTrue();
    assertThat(isTaken("127.0.0.3")).isFalse();

    assertThat(refused).isEqualTo(Map.of("address", 1, "listener", 1));
  }

  @Test
  void shouldTakeAnotherOneInPlaceOfOneThatWent() throws Exception {
    for (int i = 0; i < 4; i++) {
      assertThat(isTaken("127.0.0.1")).isTrue();
    }
    sockets.getFirst().close();

    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MS);
    boolean taken = false;
    while (!taken && System.nanoTime() < deadline) {
      taken = isTaken("127.0.0.1");
    }

    assertThat(taken).isTrue();
  }
}

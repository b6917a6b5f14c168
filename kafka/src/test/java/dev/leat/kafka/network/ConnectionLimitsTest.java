package dev.leat.kafka.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.server.ListenerLimits;
import dev.leat.kafka.RawClient;
import dev.leat.kafka.RunningBroker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Connections are bounded in number and in time. */
@Timeout(60)
class ConnectionLimitsTest {
  private static final int DEADLINE_S = 20;

  @TempDir private Path directory;
  private RunningBroker broker;
  private final List<RawClient> clients = new ArrayList<>();

  private void start(ListenerLimits limits) throws Exception {
    broker = new RunningBroker(directory, config -> config.withLimits(limits));
  }

  @AfterEach
  void stop() throws Exception {
    for (RawClient client : clients) {
      client.close();
    }
    broker.close();
  }

  private RawClient connect(String from) throws IOException {
    RawClient client = new RawClient(broker.port(), from, 0);
    clients.add(client);
    return client;
  }

  private static boolean isServed(RawClient client) throws IOException {
    try {
      client.send(client.frame(ApiKeys.API_VERSIONS, (short) 0, new ApiVersionsRequestData()));
      return client.receive().isPresent();
    } catch (IOException closed) {
      return false;
    }
  }

  @Test
  void shouldTakeNoMoreConnectionsThanTheListenerMayHave() throws Exception {
    start(new ListenerLimits(20, 20, 60_000));
    for (int i = 0; i < 20; i++) {
      assertThat(isServed(connect("127.0.0.1"))).isTrue();
    }

    assertThat(isServed(connect("127.0.0.2"))).isFalse();

    assertThat(broker.metric("leat_connections")).isEqualTo(20);
    assertThat(broker.metric("leat_connections_refused_total")).isEqualTo(1);
    clients.getFirst().close();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_S);
    while (!isServed(connect("127.0.0.2"))) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
  }

  @Test
  void shouldLetNoAddressTakeTheConnectionsOfOthers() throws Exception {
    start(new ListenerLimits(20, 5, 60_000));
    for (int i = 0; i < 5; i++) {
      assertThat(isServed(connect("127.0.0.1"))).isTrue();
    }

    assertThat(isServed(connect("127.0.0.1"))).isFalse();
    assertThat(isServed(connect("127.0.0.2"))).isTrue();
    assertThat(isServed(clients.getFirst())).isTrue();
  }

  @Test
  void shouldCloseConnectionsThatAreNotUsed() throws Exception {
    start(new ListenerLimits(20, 20, 1_000));
    RawClient idle = connect("127.0.0.1");
    assertThat(isServed(idle)).isTrue();
    RawClient busy = connect("127.0.0.1");

    for (int i = 0; i < 20; i++) {
      assertThat(isServed(busy)).isTrue();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(150));
    }

    assertThat(idle.receive()).isEmpty();
    assertThat(broker.metric("leat_connections_closed_total")).isEqualTo(1);
  }
}

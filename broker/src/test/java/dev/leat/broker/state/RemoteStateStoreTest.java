package dev.leat.broker.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.control.StateStore;
import dev.leat.broker.control.StateStoreContract;
import dev.leat.broker.control.StoreOutcome;
import dev.leat.broker.control.WatchEvent;
import dev.leat.crds.Kind;
import dev.leat.crds.Topic;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemoteStateStoreTest extends StateStoreContract {
  private static final String TOKEN = "secret";

  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  @TempDir Path directory;
  private LocalStateStore local;
  private StateServer server;
  private RemoteStateStore store;

  @BeforeEach
  void open() throws IOException {
    local = LocalStateStore.open(directory, TestContext.on(executor));
    server = serve(0);
    store = connect(TOKEN);
  }

  @AfterEach
  void close() {
    store.close();
    server.close();
    local.close();
    executor.shutdownNow();
  }

  private StateServer serve(int port) throws IOException {
    return new StateServer(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port), local, TOKEN, executor);
  }

  private RemoteStateStore connect(String token) {
    URI uri = URI.create("http://127.0.0.1:" + server.address().getPort());
    return new RemoteStateStore(uri, token, executor);
  }

  @Override
  protected StateStore store() {
    return store;
  }

  @Test
  void shouldKeepOrderAndContentWithTheStoreBehindIt() {
    Topic created = ok(store.create(topic(3)));

    assertThat(ok(local.get(Kind.TOPIC, CLICK))).isEqualTo(created);
    assertThat(ok(store.list(Kind.TOPIC))).isEqualTo(ok(local.list(Kind.TOPIC)));
  }

  @Test
  void shouldRefuseWhoDoesNotKnowTheToken() {
    try (RemoteStateStore stranger = connect("guess")) {
      assertThat(result(stranger.create(topic(1)))).isInstanceOf(StoreOutcome.Unreachable.class);
    }

    assertThat(ok(local.list(Kind.TOPIC))).isEmpty();
  }

  @Test
  void shouldSayThatTheServerIsGone() {
    server.close();

    StoreOutcome<Topic> outcome = result(store.create(topic(1)));

    assertThat(outcome).isInstanceOf(StoreOutcome.Unreachable.class);
    assertThat(((StoreOutcome.Unreachable<Topic>) outcome).reason()).contains("state server");
  }

  @Test
  void shouldGoOnWatchingWhenTheServerIsBack() throws Exception {
    BlockingQueue<WatchEvent<Topic>> events = new LinkedBlockingQueue<>();
    store.watch(Kind.TOPIC, events::add);
    WatchEvent<Topic> first = events.poll(20, TimeUnit.SECONDS);
    int port = server.address().getPort();
    server.close();
    WatchEvent<Topic> second = events.poll(20, TimeUnit.SECONDS);
    Topic meanwhile = ok(local.create(topic(1)));

    server = serve(port);

    assertThat(first).isEqualTo(new WatchEvent.Snapshot<>(Kind.TOPIC, List.of()));
    assertThat(second).isInstanceOf(WatchEvent.Interrupted.class);
    assertThat(events.poll(20, TimeUnit.SECONDS))
        .isEqualTo(new WatchEvent.Snapshot<>(Kind.TOPIC, List.of(meanwhile)));
  }
}

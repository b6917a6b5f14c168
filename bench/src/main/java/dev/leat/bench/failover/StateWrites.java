package dev.leat.bench.failover;

import dev.leat.bench.process.Await;
import dev.leat.bench.process.MeasurementException;
import dev.leat.broker.control.StateStore;
import dev.leat.broker.control.WatchEvent;
import dev.leat.broker.state.RemoteStateStore;
import dev.leat.crds.ClusterState;
import dev.leat.crds.Kind;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Counts the writes of ClusterState, as the state store tells whoever watches it: the store raises
 * the generation of the object by one with each of them.
 */
final class StateWrites implements AutoCloseable {
  private static final Duration SNAPSHOT_LIMIT = Duration.ofSeconds(10);

  /** How {@code leat up} tells its brokers where the store is. */
  private static final String ADDRESS_OPTION = "--state=";

  private static final String TOKEN_VARIABLE = "LEAT_STATE_TOKEN=";

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final RemoteStateStore store;
  private final StateStore.Watch watch;
  private final List<ClusterState> seen = new ArrayList<>();
  private String interruption = "";

  /**
   * Watches the store that a running broker uses.
   *
   * @param brokerPid process of the broker
   */
  StateWrites(long brokerPid) {
    URI address = URI.create(word(brokerPid, "cmdline", ADDRESS_OPTION));
    String token = word(brokerPid, "environ", TOKEN_VARIABLE);
    store = new RemoteStateStore(address, token, threads);
    watch = store.watch(Kind.CLUSTER_STATE, this::take);
    Await.until("an answer of the state store", SNAPSHOT_LIMIT, this::isTold);
  }

  /**
   * Writes of one failover.
   *
   * @param failover until the victim is back: brokers that were fenced, leaders that were appointed
   * @param comeback the others: the victim's new address, and that it is used again
   */
  record Count(long failover, long comeback) {}

  /** Forgets all but the newest state. */
  synchronized void begin() {
    seen.subList(0, seen.size() - 1).clear();
  }

  /** Writes since {@link #begin}, in which this broker was killed and started again. */
  synchronized Count count(int victim) {
    if (!interruption.isEmpty()) {
      throw new MeasurementException("the watch of ClusterState broke: " + interruption);
    }
    ClusterState before = seen.getFirst();
    long starts = starts(before, victim);
    long first = before.metadata().generation();
    long last = seen.getLast().metadata().generation();
    long failover =
        seen.stream()
            .filter(state -> starts(state, victim) == starts)
            .mapToLong(state -> state.metadata().generation())
            .max()
            .orElse(first);
    return new Count(failover - first, last - failover);
  }

  private static long starts(ClusterState state, int broker) {
    return state.status().brokers().stream()
        .filter(row -> row.id() == broker)
        .mapToLong(ClusterState.Broker::starts)
        .findFirst()
        .orElse(0);
  }

  private synchronized boolean isTold() {
    return !seen.isEmpty();
  }

  private synchronized void take(WatchEvent<ClusterState> event) {
    switch (event) {
      case WatchEvent.Snapshot<ClusterState> snapshot -> seen.addAll(snapshot.resources());
      case WatchEvent.Changed<ClusterState>(ClusterState state) -> seen.add(state);
      case WatchEvent.Deleted<ClusterState> deleted -> interruption = "it was deleted";
      case WatchEvent.Interrupted<ClusterState> broken -> interruption = broken.reason();
    }
  }

  /** The rest of the first word that begins so, of a file of words that end with a zero byte. */
  private static String word(long pid, String file, String prefix) {
    try {
      String words = Files.readString(Path.of("/proc", Long.toString(pid), file));
      return Arrays.stream(words.split("\0"))
          .filter(word -> word.startsWith(prefix))
          .map(word -> word.substring(prefix.length()))
          .findFirst()
          .orElseThrow(
              () -> new MeasurementException("the broker was not told where its store is"));
    } catch (IOException e) {
      throw new MeasurementException("cannot read how the broker was started", e);
    }
  }

  @Override
  public void close() {
    watch.close();
    store.close();
    threads.shutdownNow();
  }
}

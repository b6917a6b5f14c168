package dev.leat.broker.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.crds.ClusterState;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Wrong disks, second processes, edited objects: refused or put right by real brokers, with a line
 * that says what to do, while the others go on.
 */
class OperatorMistakesTest {
  private static final int VICTIM = 2;
  private static final int DEADLINE_S = 60;
  private static final Logger LOGGER = Logger.getLogger("dev.leat");

  @TempDir Path directory;
  private final Log log = new Log();
  private RunningCluster cluster;

  /** What the brokers say. */
  private static final class Log extends Handler {
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();

    @Override
    public void publish(LogRecord line) {
      lines.add(line.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}

    void await(String part) {
      RunningCluster.awaitThat(
          "a line with: " + part, () -> lines.stream().anyMatch(line -> line.contains(part)));
    }
  }

  @BeforeEach
  void start() throws IOException, BrokerStartException {
    LOGGER.addHandler(log);
    cluster = new RunningCluster(directory, 3);
    cluster.awaitReady();
    cluster.client(0).createTopic("click", 2, 3);
    cluster.produce("click", 0, lines(0, 50));
    cluster.awaitWhole("click", 3);
    RunningCluster.awaitThat("ClusterState is written", this::isStateSettled);
  }

  private boolean isStateSettled() {
    return cluster.state().map(state -> state.status().groups()).orElse(List.of()).stream()
            .filter(row -> row.leader() >= 0 && row.epoch() > 0)
            .count()
        == 2;
  }

  @AfterEach
  void close() {
    cluster.close();
    LOGGER.removeHandler(log);
  }

  private static List<String> lines(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "record " + i).toList();
  }

  /** The cluster takes records as if nothing were, and has all that it had. */
  private void checkGoesOn() {
    cluster.produce("click", 0, lines(50, 80));
    assertThat(cluster.read("click", 0)).isEqualTo(lines(0, 80));
  }

  private static void awaitRefusal(Broker refused, String why) {
    RunningCluster.awaitThat(
        "refused: " + why,
        () -> refused.notReady().filter(problem -> problem.contains(why)).isPresent());
  }

  @Test
  void shouldRefuseADiskOfAnotherCluster() throws BrokerStartException {
    UUID other = new UUID(8, 8);
    Path disk = directory.resolve("foreign");
    cluster.stop(VICTIM);

    try (Broker stranger = cluster.launch(VICTIM, disk, other)) {
      awaitRefusal(stranger, "start it with a directory of this cluster, or with an empty one");
      checkGoesOn();
    }
    assertThatThrownBy(() -> cluster.launch(VICTIM, disk, RunningCluster.CLUSTER))
        .isInstanceOf(BrokerStartException.class)
        .hasMessageContaining("belongs to cluster " + other)
        .hasMessageContaining("use another directory");

    cluster.start(VICTIM);
    cluster.awaitWhole("click", 3);
  }

  @Test
  void shouldFillADiskThatIsOlderThanWhatTheOthersKnow() throws Exception {
    Path disk = cluster.directoryOf(VICTIM);
    Path copy = directory.resolve("copy");
    cluster.stop(VICTIM);
    copy(disk, copy);
    cluster.start(VICTIM);
    cluster.produce("click", 0, lines(50, 80));
    cluster.awaitWhole("click", 3);
    cluster.stop(VICTIM);
    copy(copy, disk);

    cluster.start(VICTIM);
    Exception failure =
        cluster.broker(VICTIM).failure().toCompletableFuture().get(DEADLINE_S, TimeUnit.SECONDS);

    assertThat(failure)
        .hasMessageContaining("it was set back to an earlier state")
        .hasMessageContaining("start this broker again");
    cluster.stop(VICTIM);
    cluster.start(VICTIM);
    cluster.awaitWhole("click", 3);
    // What it has now it has from the others.
    cluster.stop(0);
    assertThat(cluster.read("click", 0)).isEqualTo(lines(0, 80));
  }

  /** Over what is there: the directory stays the same one. */
  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> old = Files.walk(to)) {
      for (Path each : old.sorted(Comparator.reverseOrder()).toList()) {
        if (!each.equals(to)) {
          Files.delete(each);
        }
      }
    }
    try (Stream<Path> files = Files.walk(from)) {
      for (Path each : files.sorted().toList()) {
        if (!each.equals(from)) {
          Files.copy(each, to.resolve(from.relativize(each)));
        }
      }
    }
  }

  @Test
  void shouldRefuseASecondProcessOfABroker() throws BrokerStartException {
    assertThatThrownBy(
            () -> cluster.launch(VICTIM, cluster.directoryOf(VICTIM), RunningCluster.CLUSTER))
        .isInstanceOf(BrokerStartException.class)
        .hasMessageContaining("in use");

    Path disk = directory.resolve("twin");
    try (Broker twin = cluster.launch(VICTIM, disk, RunningCluster.CLUSTER)) {
      awaitRefusal(twin, "run with the same number: stop one of them, or give it another number");
      checkGoesOn();
      cluster.awaitWhole("click", 3);
      assertThat(twin.groups()).isZero();
    }
  }

  @Test
  void shouldRefuseReplicasThatAreEvenOrMoreThanThereAreBrokers() {
    RunningCluster.Client client = cluster.client(0);

    assertThatThrownBy(() -> client.createTopic("even", 1, 2))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("is even");
    assertThatThrownBy(() -> client.createTopic("many", 1, 5))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("the cluster has 3 brokers: set it to 3, or add brokers");
    checkGoesOn();
  }

  @Test
  void shouldWriteADeletedClusterStateAnew() {
    ClusterState before = cluster.deleteState();

    checkGoesOn();
    cluster.awaitStored(before.status().groups());
    log.await("ClusterState is gone: it is written anew from what the brokers say");
  }

  @Test
  void shouldCorrectAnEditedClusterState() {
    ClusterState before =
        cluster.editState(
            status ->
                new ClusterState.Status(
                    status.clusterId(),
                    status.version(),
                    status.brokers(),
                    status.groups().stream().map(OperatorMistakesTest::wrong).toList()));

    checkGoesOn();
    cluster.awaitStored(before.status().groups());
    log.await("ClusterState was changed by somebody else");
  }

  /** Another history, another leader, in a later epoch. */
  private static ClusterState.Group wrong(ClusterState.Group row) {
    return new ClusterState.Group(
        row.id(),
        row.phase(),
        "00000000000000ff",
        row.epoch() + 7,
        (row.leader() + 1) % 3,
        row.voters());
  }

  @Test
  void shouldMakeNewGroupsWithoutABrokerThatIsGoneForGood() {
    cluster.stop(VICTIM);
    CompletableFuture<Void> creating =
        CompletableFuture.runAsync(() -> cluster.client(0).createTopic("single", 1, 1));
    log.await("if it is gone for good: leat cluster recover --waive " + VICTIM);
    assertThat(creating).isNotDone();
    RunningCluster.Client controller = cluster.client(cluster.controller());
    assertThatThrownBy(() -> controller.waive(VICTIM, false)).hasMessageContaining("may be lost");
    assertThatThrownBy(() -> controller.waive(0, true)).hasMessageContaining("broker 0 answers");
    assertThatThrownBy(() -> controller.waive(9, true)).hasMessageContaining("no broker 9");

    controller.waive(VICTIM, true);

    creating.join();
    cluster.produce("single", 0, lines(0, 10));
  }
}

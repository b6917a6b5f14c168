package dev.leat.broker.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.v1.LostGroup;
import dev.leat.v1.LostReplica;
import dev.leat.v1.RecoveredGroup;
import dev.leat.v1.ReplicaState;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** UNCLEAN, with real brokers: two of three disks are gone for good, and a person decides. */
@Tag("slow")
class UncleanTest {
  private static final int SURVIVOR = 0;

  @TempDir Path directory;
  private RunningCluster cluster;

  @BeforeEach
  void start() throws IOException, BrokerStartException {
    cluster = new RunningCluster(directory, 3);
    cluster.awaitReady();
    cluster.client(0).createTopic("click", 2, 3);
    cluster.produce("click", 0, lines(0, 50));
    cluster.produce("click", 1, lines(0, 20));
    cluster.awaitWhole("click", 3);
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  private static List<String> lines(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "record " + i).toList();
  }

  private RunningCluster.Client survivor() {
    return cluster.client(SURVIVOR);
  }

  private void checkWhole() {
    cluster.awaitWhole("click", 3);
    assertThat(survivor().describe().getGroupsPossibleDataLossCount()).isEqualTo(2);
  }

  @Test
  void shouldGoOnFromOneDiskWhenAPersonGivesUpTheOthers() throws IOException, BrokerStartException {
    cluster.destroy(1);
    cluster.destroy(2);
    cluster.awaitLost(2);

    // Down, and whoever produces is told what to do.
    assertThat(survivor().tryProduce("click", 0))
        .hasValueSatisfying(
            error -> assertThat(error).contains("lost a quorum").contains("leat cluster recover"));
    List<LostGroup> lost = survivor().lostGroups();
    assertThat(lost).hasSize(2).allMatch(group -> group.getSurvivor() == SURVIVOR);
    assertThat(lost.getFirst().getReplicasList())
        .extracting(LostReplica::getState)
        .containsExactly(
            ReplicaState.REPLICA_STATE_PRESENT,
            ReplicaState.REPLICA_STATE_UNSPECIFIED,
            ReplicaState.REPLICA_STATE_UNSPECIFIED);
    assertThatThrownBy(() -> survivor().recover(false))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("accept_data_loss");

    List<RecoveredGroup> recovered = survivor().recover(true);

    assertThat(recovered).hasSize(2).allMatch(RecoveredGroup::getRecovered);
    assertThat(cluster.read("click", 0)).isEqualTo(lines(0, 50));
    cluster.produce("click", 0, lines(50, 80));
    cluster.start(1);
    cluster.start(2);
    cluster.awaitReady();
    checkWhole();

    // What the new replicas have is all there is: one of them may lead.
    cluster.stop(SURVIVOR);
    cluster.produce("click", 0, lines(80, 90));
    assertThat(cluster.read("click", 0)).isEqualTo(lines(0, 90));
    assertThat(cluster.read("click", 1)).isEqualTo(lines(0, 20));
  }

  @Test
  void shouldTakeInAnOldQuorumThatComesBackAfterAll() throws BrokerStartException {
    cluster.stop(1);
    cluster.stop(2);
    cluster.awaitLost(2);
    assertThat(survivor().recover(true)).allMatch(RecoveredGroup::getRecovered);
    cluster.produce("click", 0, lines(50, 80));

    cluster.start(1);
    cluster.start(2);
    cluster.awaitReady();
    checkWhole();

    assertThat(cluster.read("click", 0)).isEqualTo(lines(0, 80));
    cluster.produce("click", 0, lines(80, 90));
    cluster.stop(SURVIVOR);
    assertThat(cluster.read("click", 0)).isEqualTo(lines(0, 90));
  }

  @Test
  void shouldEndInTheLaterHistoryThoughTheOldQuorumLedOnMeanwhile() throws BrokerStartException {
    cluster.stop(1);
    cluster.stop(2);
    cluster.awaitLost(2);
    assertThat(survivor().recover(true)).allMatch(RecoveredGroup::getRecovered);
    cluster.produce("click", 0, lines(50, 60));
    cluster.stop(SURVIVOR);

    // Nobody is there who could tell them that they were given up.
    cluster.start(1);
    cluster.start(2);
    cluster.produce("click", 0, List.of("written to what was given up"));
    cluster.start(SURVIVOR);
    checkWhole();

    List<String> expected = new ArrayList<>(lines(0, 60));
    assertThat(cluster.read("click", 0)).isEqualTo(expected);
    cluster.produce("click", 0, List.of("after"));
    expected.add("after");
    assertThat(cluster.read("click", 0)).isEqualTo(expected);
  }

  @Test
  void shouldGiveNothingUpThatIsNotLost() {
    int led = survivor().partitions("click").getFirst().getGroup();
    cluster.stop(2);

    for (int id = 0; id < 2; id++) {
      try {
        List<RecoveredGroup> results = cluster.client(id).recover(true, led, 3 << 12 | 4095);
        assertThat(results).hasSize(2).noneMatch(RecoveredGroup::getRecovered);
        assertThat(results).anyMatch(result -> result.getMessage().contains("no such group"));
        return;
      } catch (StatusRuntimeException e) {
        assertThat(e).hasMessageContaining("not the controller: ask broker");
      }
    }
    throw new AssertionError("nobody is controller");
  }
}

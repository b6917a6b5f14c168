package dev.leat.broker.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three brokers in this process, over one store of resources. */
class ClusterTest {
  @TempDir Path directory;
  private RunningCluster cluster;

  @BeforeEach
  void start() throws IOException, BrokerStartException {
    cluster = new RunningCluster(directory, 3);
    cluster.awaitReady();
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  private static List<String> lines(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "record " + i).toList();
  }

  @Test
  void shouldReplicateWhatIsProducedThroughAnyBroker() {
    cluster.client(1).createTopic("click", 6, 3);

    for (int partition = 0; partition < 6; partition++) {
      cluster.produce("click", partition, lines(0, 50));
    }

    for (int partition = 0; partition < 6; partition++) {
      assertThat(cluster.read("click", partition)).isEqualTo(lines(0, 50));
    }
    assertThat(cluster.client(2).describe().getGroupsLeaderless()).isZero();
    assertThat(cluster.client(0).describe().getBrokersCount()).isEqualTo(3);
  }

  @Test
  void shouldGoOnWhenALeaderStops() throws BrokerStartException {
    cluster.client(0).createTopic("click", 3, 3);
    for (int partition = 0; partition < 3; partition++) {
      cluster.produce("click", partition, lines(0, 20));
    }

    int leader = cluster.leaderOf("click", 0);
    cluster.stop(leader);
    for (int partition = 0; partition < 3; partition++) {
      cluster.produce("click", partition, lines(20, 40));
    }
    cluster.start(leader);
    cluster.awaitReady();

    for (int partition = 0; partition < 3; partition++) {
      assertThat(cluster.read("click", partition)).isEqualTo(lines(0, 40));
    }
  }

  @Test
  void shouldKeepEverythingWhenAllStopAndStartAgain() throws BrokerStartException {
    cluster.client(0).createTopic("click", 3, 3);
    cluster.client(0).createTopic("single", 3, 1);
    cluster.produce("click", 1, lines(0, 20));
    cluster.produce("single", 1, lines(0, 20));

    for (int id = 0; id < 3; id++) {
      cluster.stop(id);
    }
    for (int id = 0; id < 3; id++) {
      cluster.start(id);
    }
    cluster.awaitReady();

    assertThat(cluster.read("click", 1)).isEqualTo(lines(0, 20));
    assertThat(cluster.read("single", 1)).isEqualTo(lines(0, 20));
  }
}

package dev.leat.broker.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Brokers come, take their part, and go again, while records are produced. */
@Tag("slow")
class ScalingTest {
  private static final int PARTITIONS = 12;

  @TempDir Path directory;

  private RunningCluster cluster;
  private final AtomicBoolean enough = new AtomicBoolean();

  @BeforeEach
  void open() throws IOException, BrokerStartException {
    cluster = new RunningCluster(directory, 3);
    cluster.awaitReady();
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  /** Produces one record after the other until it is enough; what was acked. */
  private List<List<String>> produce() {
    List<List<String>> acked = new ArrayList<>();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      acked.add(new ArrayList<>());
    }
    for (int i = 0; !enough.get(); i++) {
      cluster.produce("click", i % PARTITIONS, List.of("record " + i));
      acked.get(i % PARTITIONS).add("record " + i);
    }
    return acked;
  }

  @Test
  void shouldGrowAndShrinkWithoutLosingARecord() throws BrokerStartException {
    cluster.client(0).createTopic("click", PARTITIONS, 3);
    CompletableFuture<List<List<String>>> producing = CompletableFuture.supplyAsync(this::produce);

    cluster.scale(5);
    cluster.awaitReady();
    cluster.awaitGroups(3, groups -> groups > 0);
    cluster.awaitGroups(4, groups -> groups > 0);
    cluster.scale(3);
    cluster.awaitGroups(3, groups -> groups == 0);
    cluster.awaitGroups(4, groups -> groups == 0);
    cluster.stop(4);
    cluster.stop(3);

    enough.set(true);
    List<List<String>> acked = producing.join();
    cluster.awaitReady();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      // Without sequences, an attempt whose ack was lost is there twice.
      assertThat(cluster.read("click", partition).stream().distinct().toList())
          .isEqualTo(acked.get(partition));
    }
    assertThat(cluster.client(1).describe().getGroupsLeaderless()).isZero();
  }
}

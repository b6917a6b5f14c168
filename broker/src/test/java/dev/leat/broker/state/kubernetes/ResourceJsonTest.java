package dev.leat.broker.state.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.crds.ClusterState;
import dev.leat.crds.ResourceName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ResourceJsonTest {
  private static final int MAX_STATE_BYTES = 64 << 10;

  /** Every broker watches it, and each failover writes all of it: it must stay small. */
  @Test
  void shouldKeepTheStateOfALargeClusterSmall() {
    List<ClusterState.Broker> brokers =
        IntStream.range(0, 100)
            .mapToObj(
                id -> {
                  String host = "main-broker-" + id + ".main-brokers.streaming.svc.cluster.local";
                  return new ClusterState.Broker(
                      id,
                      1_000_000,
                      host + ":8620",
                      Optional.of(host + ":9092"),
                      ClusterState.BrokerState.DRAINING);
                })
            .toList();
    List<ClusterState.Group> groups =
        IntStream.range(0, 64)
            .mapToObj(
                index ->
                    new ClusterState.Group(
                        5 << 12 | index,
                        ClusterState.GroupPhase.CREATING,
                        "-8000000000000000",
                        1_000_000,
                        99,
                        List.of(95, 96, 97, 98, 99)))
            .toList();
    ClusterState state =
        ClusterState.of(
            new ResourceName("streaming", "main"),
            new ClusterState.Status(new UUID(-1, -1).toString(), 100, brokers, groups));

    byte[] json = ResourceJson.write(state).toString().getBytes(StandardCharsets.UTF_8);

    assertThat(json).hasSizeLessThanOrEqualTo(MAX_STATE_BYTES);
  }
}

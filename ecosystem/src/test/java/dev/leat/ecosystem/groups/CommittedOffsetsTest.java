package dev.leat.ecosystem.groups;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.ecosystem.lab.Await;
import dev.leat.ecosystem.lab.Cluster;
import dev.leat.ecosystem.lab.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Coordinators move from broker to broker and back, as brokers are killed and started again. Each
 * knows what the one before has committed, also when it has been the coordinator before.
 */
@Tag("full")
@Timeout(300)
class CommittedOffsetsTest {
  private static final int GROUPS = 60;
  private static final int ANSWER_LIMIT_S = 60;
  private static final Duration LIMIT = Duration.ofSeconds(150);
  private static final TopicPartition ORDERS = new TopicPartition("orders", 0);

  @Test
  void shouldNeverGoBack() throws Exception {
    try (Cluster cluster = Cluster.start("offsets");
        Topics topics = new Topics(cluster.bootstrap())) {
      topics.create(1, ORDERS.topic());
      commit(topics, 1);

      cluster.killBroker(1);
      assertThat(committed(topics)).as("others took over").containsOnly(1);
      commit(topics, 2);
      // Leaders are spread anew a minute after a broker has come back.
      Await.until("every broker leads again", LIMIT, () -> leaders(topics) == Cluster.BROKERS);
      assertThat(committed(topics)).as("it took its part back").containsOnly(2);
      commit(topics, 3);

      cluster.killBroker(1);
      assertThat(committed(topics)).as("others took over once more").containsOnly(3);
    }
  }

  private static void commit(Topics topics, long offset) throws Exception {
    for (int group = 0; group < GROUPS; group++) {
      topics
          .admin()
          .alterConsumerGroupOffsets(
              "group-" + group, Map.of(ORDERS, new OffsetAndMetadata(offset)))
          .all()
          .get(ANSWER_LIMIT_S, TimeUnit.SECONDS);
    }
  }

  /** All committed offsets, each once. */
  private static Set<Integer> committed(Topics topics) throws Exception {
    Map<String, Integer> offsets = new TreeMap<>();
    for (int group = 0; group < GROUPS; group++) {
      OffsetAndMetadata offset =
          topics
              .admin()
              .listConsumerGroupOffsets("group-" + group)
              .partitionsToOffsetAndMetadata()
              .get(ANSWER_LIMIT_S, TimeUnit.SECONDS)
              .get(ORDERS);
      offsets.put("group-" + group, offset == null ? -1 : (int) offset.offset());
    }
    return offsets.values().stream().collect(Collectors.toSet());
  }

  private static int leaders(Topics topics) throws Exception {
    return (int)
        topics.describe("__consumer_offsets").partitions().stream()
            .filter(partition -> partition.leader() != null)
            .map(partition -> partition.leader().id())
            .distinct()
            .count();
  }
}

package dev.leat.kafka.groups;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.kafka.RunningBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Members that speak gRPC, alone and together with Kafka's consumers. */
@Timeout(120)
class NativeGroupTest {
  /** Kafka's consumers are noticed as dead after 45 s. */
  private static final long MUCH_LESS_THAN_A_SESSION_S = 10;

  @TempDir private static Path directory;
  private static RunningBroker broker;
  private static Clients clients;

  @BeforeAll
  static void start() throws Exception {
    broker = new RunningBroker(directory);
    clients = new Clients(broker);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  void shouldReadAndGoOnWhereItHasCommitted() throws Exception {
    clients.createTopic("native", 1);
    clients.produce("native", 1, 10);

    try (NativeMember member = new NativeMember(broker.grpcPort(), "natives", "native")) {
      assertThat(member.awaitPartitions(1).getPartitions(0).getCommittedOffset()).isEqualTo(-1);
      List<String> values = new ArrayList<>();
      while (values.size() < 10) {
        values.add(member.nextValue());
      }
      assertThat(values).isEqualTo(IntStream.range(0, 10).mapToObj(String::valueOf).toList());
      assertThat(member.commit("native", 0, 8).hasError()).isFalse();
    }

    try (NativeMember member = new NativeMember(broker.grpcPort(), "natives", "native")) {
      assertThat(member.awaitPartitions(1).getPartitions(0).getCommittedOffset()).isEqualTo(8);
      assertThat(member.nextValue()).isEqualTo("8");
      assertThat(member.nextValue()).isEqualTo("9");
    }
    try (Admin admin = broker.admin()) {
      assertThat(ConsumerGroupTest.offsets(admin, "natives"))
          .containsEntry(new TopicPartition("native", 0), 8L);
    }
  }

  @Test
  void shouldGiveAwayTheMomentAStreamBreaks() throws Exception {
    clients.createTopic("broken", 4);

    try (NativeMember stays = new NativeMember(broker.grpcPort(), "breakers", "broken")) {
      stays.awaitPartitions(4);
      NativeMember dies = new NativeMember(broker.grpcPort(), "breakers", "broken");
      dies.awaitPartitions(2);
      stays.awaitPartitions(2);
      long diedNanos = System.nanoTime();
      dies.close();

      stays.awaitPartitions(4);

      assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - diedNanos))
          .isLessThan(MUCH_LESS_THAN_A_SESSION_S);
    }
  }

  @Test
  void shouldComeBackAsTheSameMember() throws Exception {
    clients.createTopic("back", 4);

    try (NativeMember before = new NativeMember(broker.grpcPort(), "backs", "back")) {
      String id = before.awaitPartitions(4).getMemberId();
      long cameNanos = System.nanoTime();
      try (NativeMember after = new NativeMember(broker.grpcPort(), "backs", "back", id);
          Admin admin = broker.admin()) {
        assertThat(after.awaitPartitions(4).getMemberId()).isEqualTo(id);

        assertThat(before.awaitFailure()).hasMessageContaining("joined on another stream");
        assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - cameNanos))
            .isLessThan(MUCH_LESS_THAN_A_SESSION_S);
        before.close();
        assertThat(
                admin.describeConsumerGroups(List.of("backs")).all().get().get("backs").members())
            .hasSize(1);
      }
    }
  }

  @Test
  void shouldBeInOneGroupWithAKafkaConsumer() throws Exception {
    clients.createTopic("mixed", 4);
    Map<String, Object> config = Map.of("group.protocol", "consumer");

    try (KafkaConsumer<String, String> kafka = clients.consumer("mixers", config);
        NativeMember member = new NativeMember(broker.grpcPort(), "mixers", "mixed")) {
      member.awaitPartitions(4);
      kafka.subscribe(List.of("mixed"));
      Clients.pollUntil(() -> kafka.assignment().size() == 2, kafka);
      member.awaitPartitions(2);

      clients.produce("mixed", 4, 40);

      Set<String> values = new HashSet<>();
      long seen = 0;
      while (values.size() < 40) {
        kafka.poll(Duration.ofMillis(50)).forEach(record -> values.add(record.value()));
        while (member.hasValue()) {
          values.add(member.nextValue());
          seen++;
        }
      }
      assertThat(seen).isEqualTo(20);
    }
  }
}

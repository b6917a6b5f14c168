package dev.leat.kafka.groups;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.kafka.RunningBroker;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kafka's own consumers in groups, in all protocols. */
@Timeout(120)
class ConsumerGroupTest {
  private static final int DEADLINE_S = 30;

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

  @ParameterizedTest
  @ValueSource(strings = {"classic", "consumer"})
  void shouldGoOnWhereTheGroupHasCommitted(String protocol) throws Exception {
    String topic = "resume-" + protocol;
    clients.createTopic(topic, 3);
    clients.produce(topic, 3, 90);
    Map<String, Object> config = Map.of("group.protocol", protocol, "max.poll.records", 30);

    try (KafkaConsumer<String, String> first = clients.consumer("group-" + topic, config)) {
      first.subscribe(List.of(topic));
      assertThat(Clients.read(first, 90)).hasSize(90).doesNotHaveDuplicates();
      first.commitSync();
    }
    clients.produce(topic, 3, 3);

    try (KafkaConsumer<String, String> second = clients.consumer("group-" + topic, config)) {
      second.subscribe(List.of(topic));
      assertThat(Clients.read(second, 3)).containsExactlyInAnyOrder("0", "1", "2");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"classic", "consumer"})
  void shouldShareThePartitions(String protocol) throws Exception {
    String topic = "shared-" + protocol;
    clients.createTopic(topic, 4);
    Map<String, Object> config = Map.of("group.protocol", protocol);

    try (KafkaConsumer<String, String> one = clients.consumer("group-" + topic, config);
        KafkaConsumer<String, String> two = clients.consumer("group-" + topic, config)) {
      one.subscribe(List.of(topic));
      Clients.pollUntil(() -> one.assignment().size() == 4, one);
      two.subscribe(List.of(topic));
      Clients.pollUntil(
          () -> one.assignment().size() == 2 && two.assignment().size() == 2, one, two);
      Set<TopicPartition> all = new HashSet<>(one.assignment());
      all.addAll(two.assignment());
      assertThat(all).hasSize(4);

      two.unsubscribe();

      Clients.pollUntil(() -> one.assignment().size() == 4, one);
    }
  }

  @Test
  void shouldKeepPartitionsInACooperativeRebalance() throws Exception {
    clients.createTopic("sticky", 4);
    Map<String, Object> config =
        Map.of("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());

    try (KafkaConsumer<String, String> one = clients.consumer("sticky-group", config);
        KafkaConsumer<String, String> two = clients.consumer("sticky-group", config)) {
      one.subscribe(List.of("sticky"));
      Clients.pollUntil(() -> one.assignment().size() == 4, one);
      Set<TopicPartition> before = one.assignment();
      two.subscribe(List.of("sticky"));
      Clients.pollUntil(
          () -> one.assignment().size() == 2 && two.assignment().size() == 2, one, two);

      assertThat(before).containsAll(one.assignment());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"classic", "consumer"})
  void shouldGiveAStaticMemberItsPartitionsBack(String protocol) throws Exception {
    String topic = "static-" + protocol;
    clients.createTopic(topic, 4);
    String group = "group-" + topic;
    Map<String, Object> one = Map.of("group.protocol", protocol, "group.instance.id", "one");
    Map<String, Object> two = Map.of("group.protocol", protocol, "group.instance.id", "two");

    try (KafkaConsumer<String, String> stays = clients.consumer(group, one)) {
      stays.subscribe(List.of(topic));
      Set<TopicPartition> had;
      try (KafkaConsumer<String, String> goes = clients.consumer(group, two)) {
        goes.subscribe(List.of(topic));
        Clients.pollUntil(
            () -> stays.assignment().size() == 2 && goes.assignment().size() == 2, stays, goes);
        had = goes.assignment();
      }
      try (KafkaConsumer<String, String> back = clients.consumer(group, two)) {
        back.subscribe(List.of(topic));
        Clients.pollUntil(() -> back.assignment().size() == 2, stays, back);

        assertThat(back.assignment()).isEqualTo(had);
      }
    }
  }

  @Test
  void shouldTellAdminsOfGroups() throws Exception {
    clients.createTopic("seen", 2);
    clients.produce("seen", 2, 10);

    try (Admin admin = broker.admin();
        KafkaConsumer<String, String> consumer = clients.consumer("seen-group", Map.of())) {
      consumer.subscribe(List.of("seen"));
      Clients.read(consumer, 10);
      consumer.commitSync();

      assertThat(admin.listGroups().all().get(DEADLINE_S, TimeUnit.SECONDS))
          .extracting(GroupListing::groupId)
          .contains("seen-group");
      ConsumerGroupDescription group =
          admin
              .describeConsumerGroups(List.of("seen-group"))
              .all()
              .get(DEADLINE_S, TimeUnit.SECONDS)
              .get("seen-group");
      assertThat(group.groupState()).isEqualTo(GroupState.STABLE);
      assertThat(group.members()).hasSize(1);
      assertThat(offsets(admin, "seen-group"))
          .containsEntry(new TopicPartition("seen", 0), 5L)
          .containsEntry(new TopicPartition("seen", 1), 5L);
    }
  }

  @Test
  void shouldResetAndDeleteGroups() throws Exception {
    clients.createTopic("reset", 1);
    clients.produce("reset", 1, 10);
    TopicPartition partition = new TopicPartition("reset", 0);

    try (Admin admin = broker.admin()) {
      admin
          .alterConsumerGroupOffsets("reset-group", Map.of(partition, new OffsetAndMetadata(7)))
          .all()
          .get(DEADLINE_S, TimeUnit.SECONDS);
      try (KafkaConsumer<String, String> consumer = clients.consumer("reset-group", Map.of())) {
        consumer.subscribe(List.of("reset"));
        assertThat(Clients.read(consumer, 3)).containsExactly("7", "8", "9");
      }
      admin.deleteConsumerGroups(List.of("reset-group")).all().get(DEADLINE_S, TimeUnit.SECONDS);

      assertThat(offsets(admin, "reset-group")).isEmpty();
    }
  }

  @Test
  void shouldKeepManyGroupsApart() throws Exception {
    clients.createTopic("many", 1);
    TopicPartition partition = new TopicPartition("many", 0);

    try (Admin admin = broker.admin()) {
      for (int i = 0; i < 60; i++) {
        admin
            .alterConsumerGroupOffsets("many-" + i, Map.of(partition, new OffsetAndMetadata(i)))
            .all()
            .get(DEADLINE_S, TimeUnit.SECONDS);
      }

      assertThat(
              IntStream.range(0, 60)
                  .mapToObj(i -> offsetOf(admin, "many-" + i, partition))
                  .toList())
          .isEqualTo(IntStream.range(0, 60).mapToObj(Long::valueOf).toList());
    }
  }

  private static Long offsetOf(Admin admin, String group, TopicPartition partition) {
    try {
      return offsets(admin, group).get(partition);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  static Map<TopicPartition, Long> offsets(Admin admin, String group) throws Exception {
    Map<TopicPartition, Long> offsets = new java.util.HashMap<>();
    admin
        .listConsumerGroupOffsets(group)
        .partitionsToOffsetAndMetadata()
        .get(DEADLINE_S, TimeUnit.SECONDS)
        .forEach((partition, offset) -> offsets.put(partition, offset.offset()));
    return offsets;
  }
}

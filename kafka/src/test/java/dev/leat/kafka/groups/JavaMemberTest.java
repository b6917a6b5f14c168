package dev.leat.kafka.groups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.client.ConsumerRecord;
import dev.leat.client.GroupConfig;
import dev.leat.client.GroupConsumer;
import dev.leat.client.LeatClient;
import dev.leat.client.Position;
import dev.leat.client.TopicPartition;
import dev.leat.client.admin.GroupDescription;
import dev.leat.client.admin.GroupListing;
import dev.leat.client.admin.GroupProgress;
import dev.leat.client.error.LeatErrorCode;
import dev.leat.client.error.LeatException;
import dev.leat.kafka.RunningBroker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The Java client's members. */
@Timeout(120)
class JavaMemberTest {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int DEADLINE_S = 40;

  @TempDir private static Path directory;
  private static RunningBroker broker;
  private static Clients clients;
  private static LeatClient client;

  @BeforeAll
  static void start() throws Exception {
    broker = new RunningBroker(directory);
    clients = new Clients(broker);
    client = LeatClient.connect("127.0.0.1:" + broker.grpcPort());
  }

  @AfterAll
  static void stop() {
    client.close();
    broker.close();
  }

  private static List<String> read(int count, GroupConsumer... members) {
    List<String> values = new ArrayList<>();
    long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_S);
    while (values.size() < count) {
      if (System.nanoTime() > endNanos) {
        throw new AssertionError("only " + values.size() + " of " + count + " records came");
      }
      for (GroupConsumer member : members) {
        for (ConsumerRecord record : member.poll(POLL)) {
          values.add(new String(Objects.requireNonNull(record.value()), StandardCharsets.UTF_8));
        }
      }
    }
    return values;
  }

  private static GroupConfig config(String group, String topic) {
    return GroupConfig.of(group, topic).withStart(Position.earliest());
  }

  @Test
  void shouldGoOnWhereTheGroupStopped() throws Exception {
    clients.createTopic("java", 3);
    clients.produce("java", 3, 60);
    try (GroupConsumer member = client.groupConsumer(config("java-group", "java"))) {
      assertThat(read(60, member)).doesNotHaveDuplicates();
    }
    clients.produce("java", 3, 3);

    try (GroupConsumer member = client.groupConsumer(config("java-group", "java"))) {
      assertThat(read(3, member)).containsExactlyInAnyOrder("0", "1", "2");
    }
  }

  @Test
  void shouldGiveEveryRecordToOneMember() throws Exception {
    clients.createTopic("split", 4);

    try (GroupConsumer one = client.groupConsumer(config("splitters", "split"));
        GroupConsumer two = client.groupConsumer(config("splitters", "split"))) {
      long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_S);
      while (one.assignment().size() != 2 || two.assignment().size() != 2) {
        assertThat(System.nanoTime()).as("both have two partitions in time").isLessThan(endNanos);
        one.poll(POLL);
        two.poll(POLL);
      }
      Set<TopicPartition> all = new HashSet<>(one.assignment());
      all.addAll(two.assignment());
      assertThat(all).hasSize(4);
      clients.produce("split", 4, 40);

      assertThat(read(40, one, two)).hasSize(40).doesNotHaveDuplicates();
    }
  }

  @Test
  void shouldGiveAgainWhatWasNotCommitted() throws Exception {
    clients.createTopic("again", 1);
    clients.produce("again", 1, 10);
    GroupConfig config = config("again-group", "again").withAutoCommit(Duration.ZERO);
    try (GroupConsumer member = client.groupConsumer(config)) {
      read(10, member);
      member.commit(Map.of(new TopicPartition("again", 0), 4L));
    }

    try (GroupConsumer member = client.groupConsumer(config)) {
      assertThat(read(6, member)).containsExactly("4", "5", "6", "7", "8", "9");
    }
  }

  @Test
  void shouldTellOfGroupsAndChangeThem() throws Exception {
    clients.createTopic("told", 1);
    clients.produce("told", 1, 10);
    TopicPartition partition = new TopicPartition("told", 0);
    client.admin().setGroupOffsets("told-group", Map.of(partition, 7L));

    assertThat(client.admin().listGroups()).extracting(GroupListing::group).contains("told-group");
    assertThat(client.admin().describeGroup("told-group").progress())
        .containsEntry(partition, new GroupProgress(7, 10));
    try (GroupConsumer member = client.groupConsumer(config("told-group", "told"))) {
      read(3, member);
      GroupDescription group = client.admin().describeGroup("told-group");
      assertThat(group.members()).hasSize(1);
      assertThat(group.members().getFirst().partitions()).containsExactly(partition);
      assertThatThrownBy(() -> client.admin().setGroupOffsets("told-group", Map.of(partition, 0L)))
          .isInstanceOfSatisfying(
              LeatException.class,
              e -> assertThat(e.code()).isEqualTo(LeatErrorCode.GROUP_NOT_EMPTY));
      assertThatThrownBy(() -> client.admin().deleteGroup("told-group"))
          .isInstanceOfSatisfying(
              LeatException.class,
              e -> assertThat(e.code()).isEqualTo(LeatErrorCode.GROUP_NOT_EMPTY));
    }
    deleteWhenEmpty("told-group");

    assertThatThrownBy(() -> client.admin().describeGroup("told-group"))
        .isInstanceOfSatisfying(
            LeatException.class, e -> assertThat(e.code()).isEqualTo(LeatErrorCode.UNKNOWN_GROUP));
  }

  /** A member leaves with its stream, a moment after it was closed. */
  private static void deleteWhenEmpty(String group) {
    long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_S);
    while (true) {
      try {
        client.admin().deleteGroup(group);
        return;
      } catch (LeatException e) {
        if (e.code() != LeatErrorCode.GROUP_NOT_EMPTY || System.nanoTime() > endNanos) {
          throw e;
        }
      }
    }
  }
}

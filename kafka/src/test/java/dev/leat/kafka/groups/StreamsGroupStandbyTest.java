package dev.leat.kafka.groups;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.kafka.RawClient;
import dev.leat.kafka.RunningBroker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.Subtopology;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.TaskIds;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.TopicInfo;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.Topology;
import org.apache.kafka.common.message.StreamsGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.StreamsGroupHeartbeatResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Streams groups (KIP-1071): their brokers decide on standbys, by the group's configuration. */
@Timeout(120)
class StreamsGroupStandbyTest {
  private static final int DEADLINE_S = 40;
  private static final int PARTITIONS = 4;
  private static final int REBALANCE_TIMEOUT_MS = 30_000;
  private static final Set<Integer> ALL = Set.of(0, 1, 2, 3);

  /** What is answered until the coordinator is there. */
  private static final Set<Errors> STARTING =
      Set.of(
          Errors.NOT_COORDINATOR,
          Errors.COORDINATOR_LOAD_IN_PROGRESS,
          Errors.COORDINATOR_NOT_AVAILABLE);

  @TempDir private Path directory;
  private RunningBroker broker;

  @BeforeEach
  void start() throws Exception {
    broker = new RunningBroker(directory);
    new Clients(broker).createTopic("lines", PARTITIONS);
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  /** An instance of a word count, as far as its group knows it. */
  private final class Member implements AutoCloseable {
    private final RawClient connection = new RawClient(broker.port());
    private final String group;
    private final String name;
    private final Set<Integer> active = new TreeSet<>();
    private final Set<Integer> standby = new TreeSet<>();
    private int epoch;

    Member(String group, String name) throws IOException {
      this.group = group;
      this.name = name;
      // Makes the topic that coordinators keep their groups in.
      connection.ask(
          ApiKeys.FIND_COORDINATOR,
          4,
          new FindCoordinatorRequestData().setCoordinatorKeys(List.of(group)));
    }

    void beat() throws IOException {
      StreamsGroupHeartbeatRequestData request =
          new StreamsGroupHeartbeatRequestData()
              .setGroupId(group)
              .setMemberId(name)
              .setMemberEpoch(epoch)
              .setActiveTasks(tasks(active))
              .setStandbyTasks(tasks(standby))
              .setWarmupTasks(List.of());
      if (epoch == 0) {
        request
            .setRebalanceTimeoutMs(REBALANCE_TIMEOUT_MS)
            .setProcessId("process of " + name)
            .setTopology(topology(group));
      }
      StreamsGroupHeartbeatResponseData answer =
          ((StreamsGroupHeartbeatResponse)
                  connection.ask(ApiKeys.STREAMS_GROUP_HEARTBEAT, 1, request))
              .data();
      Errors error = Errors.forCode(answer.errorCode());
      if (STARTING.contains(error)) {
        return;
      }
      assertThat(error).as(answer.errorMessage()).isEqualTo(Errors.NONE);
      epoch = answer.memberEpoch();
      take(answer.activeTasks(), active);
      take(answer.standbyTasks(), standby);
    }

    boolean hasTasks(int wantedActive, int wantedStandby) {
      return active.size() == wantedActive && standby.size() == wantedStandby;
    }

    /** Without a list, they are as before. */
    private static void take(
        @Nullable List<StreamsGroupHeartbeatResponseData.TaskIds> told, Set<Integer> tasks) {
      if (told != null) {
        tasks.clear();
        told.forEach(ids -> tasks.addAll(ids.partitions()));
      }
    }

    @Override
    public void close() throws IOException {
      connection.close();
    }
  }

  private static List<TaskIds> tasks(Set<Integer> partitions) {
    return partitions.isEmpty()
        ? List.of()
        : List.of(new TaskIds().setSubtopologyId("0").setPartitions(List.copyOf(partitions)));
  }

  /** Counts in a store, which has a changelog. */
  private static Topology topology(String group) {
    return new Topology()
        .setEpoch(0)
        .setSubtopologies(
            List.of(
                new Subtopology()
                    .setSubtopologyId("0")
                    .setSourceTopics(List.of("lines"))
                    .setStateChangelogTopics(
                        List.of(new TopicInfo().setName(group + "-counts-changelog")))));
  }

  private static void beatUntil(BooleanSupplier settled, Member... members) throws IOException {
    long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_S);
    while (!settled.getAsBoolean()) {
      for (Member member : members) {
        assertThat(System.nanoTime())
            .as("%s is active for %s, by for %s", member.name, member.active, member.standby)
            .isLessThan(endNanos);
        member.beat();
      }
    }
  }

  @Test
  void shouldKeepAStandbyOfEveryTaskIfTheGroupIsConfiguredSo() throws Exception {
    try (Admin admin = broker.admin()) {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.GROUP, "words"),
                  List.of(
                      new AlterConfigOp(
                          new ConfigEntry("streams.num.standby.replicas", "1"),
                          AlterConfigOp.OpType.SET))))
          .all()
          .get(DEADLINE_S, TimeUnit.SECONDS);
    }
    try (Member left = new Member("words", "left");
        Member right = new Member("words", "right")) {
      beatUntil(() -> left.hasTasks(2, 2) && right.hasTasks(2, 2), left, right);

      assertThat(left.standby).isEqualTo(right.active);
      assertThat(right.standby).isEqualTo(left.active);
    }
  }

  @Test
  void shouldKeepNoStandbyOtherwise() throws Exception {
    try (Member left = new Member("plain", "left");
        Member right = new Member("plain", "right")) {
      beatUntil(() -> left.hasTasks(2, 0) && right.hasTasks(2, 0), left, right);

      Set<Integer> both = new TreeSet<>(left.active);
      both.addAll(right.active);
      assertThat(both).isEqualTo(ALL);
    }
  }
}

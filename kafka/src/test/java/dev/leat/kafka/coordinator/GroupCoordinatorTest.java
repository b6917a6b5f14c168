package dev.leat.kafka.coordinator;

import static dev.leat.kafka.coordinator.CoordinatedBroker.context;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.batch.BatchCheck;
import dev.leat.api.batch.BatchValidator;
import dev.leat.broker.runtime.LivePartition;
import dev.leat.broker.runtime.TopicDirectory;
import dev.leat.broker.runtime.view.GroupView;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.apache.kafka.storage.internals.log.VerificationGuard;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's coordinators on a real journal. */
class GroupCoordinatorTest {
  private static final int PARTITION = 2;
  private static final int DEADLINE_S = 30;

  @TempDir Path directory;

  @Test
  void shouldLoadNothingBeforeTheFirstRequest() throws Exception {
    try (CoordinatedBroker broker = new CoordinatedBroker(directory)) {
      assertThat(broker.coordinators().groups().hasState()).isFalse();
      assertThat(broker.coordinators().topics().find(InternalTopic.CONSUMER_OFFSETS)).isNull();
    }
  }

  @Test
  void shouldKeepOffsetsWhenTheBrokerStartsAgain() throws Exception {
    try (CoordinatedBroker broker = new CoordinatedBroker(directory)) {
      broker.createTopic("orders", 3);
      for (long offset = 1; offset <= 42; offset++) {
        assertThat(commit(broker, "billing", offset)).isEqualTo(Errors.NONE);
      }
    }

    try (CoordinatedBroker broker = new CoordinatedBroker(directory)) {
      assertThat(broker.coordinators().groups().hasState()).isTrue();
      assertThat(committed(broker, broker.coordinators().groups(), "billing")).isEqualTo(42);
    }
  }

  @Test
  void shouldGiveASuccessorWhatWasCommitted() throws Exception {
    try (CoordinatedBroker broker = new CoordinatedBroker(directory)) {
      broker.createTopic("orders", 3);
      for (int group = 0; group < 100; group++) {
        commit(broker, "group-" + group, 7 + group);
      }
      broker.coordinators().close();

      try (Coordinators successor = new Coordinators(0, broker.api())) {
        for (int group = 0; group < 100; group++) {
          assertThat(committed(broker, successor.groups(), "group-" + group)).isEqualTo(7 + group);
        }
      }
    }
  }

  @Test
  void shouldWriteBatchesThatOtherBrokersTake() throws Exception {
    try (CoordinatedBroker broker = new CoordinatedBroker(directory)) {
      broker.createTopic("orders", 3);
      commit(broker, "billing", 7);
      TopicDirectory.Topic topic =
          CoordinatedBroker.await(
              broker.coordinators().topics().ensure(InternalTopic.CONSUMER_OFFSETS));
      BatchValidator peer = new BatchValidator(BatchValidator.Origin.LOG, 1 << 20);
      List<BatchCheck> checks = new ArrayList<>();

      for (int i = 0; i < topic.partitions(); i++) {
        LivePartition partition = topic.partition(i);
        broker
            .api()
            .internalLog()
            .read(partition, 0, partition.highWatermark(), bytes -> checks.add(peer.check(bytes)));
      }

      assertThat(checks).isNotEmpty().allMatch(BatchCheck.Valid.class::isInstance);
    }
  }

  @Test
  void shouldGiveOffsetsAtOnceAndReportCommitsLater() throws Exception {
    try (CoordinatedBroker broker = new CoordinatedBroker(directory)) {
      LedPartitions led = led(broker);
      LogPartitionWriter writer = new LogPartitionWriter(broker.api().internalLog(), led);
      TopicPartition partition = new TopicPartition("__consumer_offsets", 4);
      BlockingQueue<Long> committed = new LinkedBlockingQueue<>();
      writer.registerListener(partition, (name, offset) -> committed.add(offset));

      long first = append(writer, partition, "a", "b");
      long second = append(writer, partition, "c");

      assertThat(first).isEqualTo(2);
      assertThat(second).isEqualTo(3);
      long highWatermark = 0;
      while (highWatermark < 3) {
        highWatermark = committed.poll(DEADLINE_S, TimeUnit.SECONDS);
      }
      assertThat(highWatermark).isEqualTo(3);
    }
  }

  @Test
  void shouldRefuseToWriteWithoutBeingElected() throws Exception {
    try (CoordinatedBroker broker = new CoordinatedBroker(directory)) {
      TopicDirectory.Topic topic =
          CoordinatedBroker.await(
              broker.coordinators().topics().ensure(InternalTopic.CONSUMER_OFFSETS));
      LedPartitions notStarted = new LedPartitions(topic, Runnable::run, new Ignored());
      LogPartitionWriter writer = new LogPartitionWriter(broker.api().internalLog(), notStarted);

      assertThatThrownBy(
              () -> append(writer, new TopicPartition("__consumer_offsets", 4), "too early"))
          .isInstanceOf(NotLeaderOrFollowerException.class);
    }
  }

  @Test
  void shouldForgetWhatItLeadsNoMore() throws Exception {
    try (CoordinatedBroker broker = new CoordinatedBroker(directory)) {
      broker.createTopic("orders", 3);
      commit(broker, "billing", 42);
      GroupCoordinator coordinator = CoordinatedBroker.await(broker.coordinators().groups().get());
      TopicDirectory.Topic topic =
          CoordinatedBroker.await(
              broker.coordinators().topics().ensure(InternalTopic.CONSUMER_OFFSETS));
      GroupView group = topic.partition(coordinator.partitionFor("billing")).group();
      LedPartitions led = new LedPartitions(topic, Runnable::run, new Elections(coordinator));
      led.start();

      CompletableFuture<Void> moved = new CompletableFuture<>();
      broker
          .api()
          .core()
          .call(
              () -> {
                int epoch = group.leadership().epoch() + 1;
                group.lead(new GroupView.Leadership(1, epoch, false, List.of(0, 1)));
                led.start();
                moved.complete(null);
              });
      CoordinatedBroker.await(moved);

      assertThat(
              CoordinatedBroker.await(
                      coordinator.fetchOffsets(
                          context(ApiKeys.OFFSET_FETCH), request("billing"), true))
                  .errorCode())
          .isEqualTo(Errors.NOT_COORDINATOR.code());
    }
  }

  /** As a host tells its coordinator. */
  private record Elections(GroupCoordinator coordinator) implements LedPartitions.Listener {
    @Override
    public void elected(int partition, int epoch) {
      coordinator.onElection(partition, epoch);
    }

    @Override
    public void resigned(int partition, OptionalInt epoch) {
      coordinator.onResignation(partition, epoch);
    }
  }

  private static LedPartitions led(CoordinatedBroker broker) {
    TopicDirectory.Topic topic =
        CoordinatedBroker.await(
            broker.coordinators().topics().ensure(InternalTopic.CONSUMER_OFFSETS));
    LedPartitions led = new LedPartitions(topic, Runnable::run, new Ignored());
    led.start();
    return led;
  }

  private static long append(LogPartitionWriter writer, TopicPartition to, String... values) {
    SimpleRecord[] records = new SimpleRecord[values.length];
    for (int i = 0; i < values.length; i++) {
      records[i] = new SimpleRecord(values[i].getBytes());
    }
    return writer.append(
        to,
        VerificationGuard.SENTINEL,
        MemoryRecords.withRecords(Compression.NONE, records),
        (short) 0);
  }

  private static Errors commit(CoordinatedBroker broker, String group, long offset) {
    OffsetCommitRequestData request =
        new OffsetCommitRequestData()
            .setGroupId(group)
            .setTopics(
                List.of(
                    new OffsetCommitRequestTopic()
                        .setName("orders")
                        .setPartitions(
                            List.of(
                                new OffsetCommitRequestPartition()
                                    .setPartitionIndex(PARTITION)
                                    .setCommittedOffset(offset)))));
    return Errors.forCode(
        broker
            .ask(
                broker.coordinators().groups(),
                groups ->
                    groups.commitOffsets(
                        context(ApiKeys.OFFSET_COMMIT), request, BufferSupplier.NO_CACHING),
                answer -> answer.topics().getFirst().partitions().getFirst().errorCode())
            .topics()
            .getFirst()
            .partitions()
            .getFirst()
            .errorCode());
  }

  private static long committed(
      CoordinatedBroker broker, CoordinatorHost<GroupCoordinator> host, String group) {
    return broker
        .ask(
            host,
            groups -> groups.fetchOffsets(context(ApiKeys.OFFSET_FETCH), request(group), true),
            answer -> answer.errorCode())
        .topics()
        .getFirst()
        .partitions()
        .getFirst()
        .committedOffset();
  }

  private static OffsetFetchRequestGroup request(String group) {
    return new OffsetFetchRequestGroup()
        .setGroupId(group)
        .setTopics(
            List.of(
                new OffsetFetchRequestTopics()
                    .setName("orders")
                    .setPartitionIndexes(List.of(PARTITION))));
  }

  /** Nobody needs to know. */
  private static final class Ignored implements LedPartitions.Listener {
    @Override
    public void elected(int partition, int epoch) {}

    @Override
    public void resigned(int partition, OptionalInt epoch) {}
  }
}

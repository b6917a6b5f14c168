package dev.leat.kafka.coordinator.share;

import dev.leat.kafka.coordinator.CoordinatorHost;
import java.net.InetAddress;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.common.message.DeleteShareGroupStateRequestData;
import org.apache.kafka.common.message.InitializeShareGroupStateRequestData;
import org.apache.kafka.common.message.ReadShareGroupStateRequestData;
import org.apache.kafka.common.message.ReadShareGroupStateSummaryRequestData;
import org.apache.kafka.common.message.WriteShareGroupStateRequestData;
import org.apache.kafka.common.network.ClientInformation;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.coordinator.share.ShareCoordinator;
import org.apache.kafka.server.share.persister.DeleteShareGroupStateParameters;
import org.apache.kafka.server.share.persister.DeleteShareGroupStateResult;
import org.apache.kafka.server.share.persister.GroupTopicPartitionData;
import org.apache.kafka.server.share.persister.InitializeShareGroupStateParameters;
import org.apache.kafka.server.share.persister.InitializeShareGroupStateResult;
import org.apache.kafka.server.share.persister.PartitionIdData;
import org.apache.kafka.server.share.persister.PartitionIdLeaderEpochData;
import org.apache.kafka.server.share.persister.PartitionStateBatchData;
import org.apache.kafka.server.share.persister.PartitionStateData;
import org.apache.kafka.server.share.persister.Persister;
import org.apache.kafka.server.share.persister.PersisterStateBatch;
import org.apache.kafka.server.share.persister.ReadShareGroupStateParameters;
import org.apache.kafka.server.share.persister.ReadShareGroupStateResult;
import org.apache.kafka.server.share.persister.ReadShareGroupStateSummaryParameters;
import org.apache.kafka.server.share.persister.ReadShareGroupStateSummaryResult;
import org.apache.kafka.server.share.persister.WriteShareGroupStateParameters;
import org.apache.kafka.server.share.persister.WriteShareGroupStateResult;

/**
 * Keeps the delivery state of share groups with the share coordinator of this broker. While that
 * one is loading, it is asked again, for a bounded time: all calls may be repeated.
 */
public final class CoordinatorPersister implements Persister {
  private static final int MAX_TRIES = 50;
  private static final int RETRY_MS = 100;

  private static final Set<Errors> TRY_AGAIN =
      EnumSet.of(
          Errors.COORDINATOR_LOAD_IN_PROGRESS,
          Errors.COORDINATOR_NOT_AVAILABLE,
          Errors.NOT_COORDINATOR);

  private final CoordinatorHost<ShareCoordinator> coordinator;
  private final Executor later;

  /**
   * Nothing is loaded before the first call.
   *
   * @param executor asks again
   */
  public CoordinatorPersister(CoordinatorHost<ShareCoordinator> coordinator, Executor executor) {
    this.coordinator = coordinator;
    this.later = CompletableFuture.delayedExecutor(RETRY_MS, TimeUnit.MILLISECONDS, executor);
  }

  /** One call: how it is made, and which errors it was answered with. */
  private record Call<D>(
      Function<ShareCoordinator, CompletableFuture<D>> call, Function<D, Stream<Short>> errors) {}

  private <D> CompletionStage<D> ask(Call<D> call, int tries) {
    return coordinator
        .get()
        .thenCompose(call.call())
        .thenCompose(
            answer -> {
              boolean again =
                  tries > 1
                      && call.errors()
                          .apply(answer)
                          .map(Errors::forCode)
                          .anyMatch(TRY_AGAIN::contains);
              return again
                  ? CompletableFuture.supplyAsync(() -> tries - 1, later)
                      .thenCompose(left -> ask(call, left))
                  : CompletableFuture.completedStage(answer);
            });
  }

  private <D, R> CompletableFuture<R> ask(Call<D> call, Function<D, R> result) {
    return ask(call, MAX_TRIES).thenApply(result).toCompletableFuture();
  }

  private static RequestContext context(ApiKeys key) {
    return new RequestContext(
        new RequestHeader(key, key.latestVersion(), "broker", 0),
        "broker",
        InetAddress.getLoopbackAddress(),
        KafkaPrincipal.ANONYMOUS,
        ListenerName.forSecurityProtocol(SecurityProtocol.PLAINTEXT),
        SecurityProtocol.PLAINTEXT,
        ClientInformation.EMPTY,
        false);
  }

  @Override
  public CompletableFuture<InitializeShareGroupStateResult> initializeState(
      InitializeShareGroupStateParameters parameters) {
    GroupTopicPartitionData<PartitionStateData> data = parameters.groupTopicPartitionData();
    var request =
        new InitializeShareGroupStateRequestData()
            .setGroupId(data.groupId())
            .setTopics(
                data.topicsData().stream()
                    .map(
                        topic ->
                            new InitializeShareGroupStateRequestData.InitializeStateData()
                                .setTopicId(topic.topicId())
                                .setPartitions(
                                    topic.partitions().stream().map(Requests::initialize).toList()))
                    .toList());
    return ask(
        new Call<>(
            share -> share.initializeState(context(ApiKeys.INITIALIZE_SHARE_GROUP_STATE), request),
            answer ->
                answer.results().stream()
                    .flatMap(topic -> topic.partitions().stream())
                    .map(partition -> partition.errorCode())),
        InitializeShareGroupStateResult::from);
  }

  @Override
  public CompletableFuture<ReadShareGroupStateResult> readState(
      ReadShareGroupStateParameters parameters) {
    GroupTopicPartitionData<PartitionIdLeaderEpochData> data = parameters.groupTopicPartitionData();
    var request =
        new ReadShareGroupStateRequestData()
            .setGroupId(data.groupId())
            .setTopics(
                data.topicsData().stream()
                    .map(
                        topic ->
                            new ReadShareGroupStateRequestData.ReadStateData()
                                .setTopicId(topic.topicId())
                                .setPartitions(
                                    topic.partitions().stream().map(Requests::read).toList()))
                    .toList());
    return ask(
        new Call<>(
            share -> share.readState(context(ApiKeys.READ_SHARE_GROUP_STATE), request),
            answer ->
                answer.results().stream()
                    .flatMap(topic -> topic.partitions().stream())
                    .map(partition -> partition.errorCode())),
        ReadShareGroupStateResult::from);
  }

  @Override
  public CompletableFuture<WriteShareGroupStateResult> writeState(
      WriteShareGroupStateParameters parameters) {
    GroupTopicPartitionData<PartitionStateBatchData> data = parameters.groupTopicPartitionData();
    var request =
        new WriteShareGroupStateRequestData()
            .setGroupId(data.groupId())
            .setTopics(
                data.topicsData().stream()
                    .map(
                        topic ->
                            new WriteShareGroupStateRequestData.WriteStateData()
                                .setTopicId(topic.topicId())
                                .setPartitions(
                                    topic.partitions().stream().map(Requests::write).toList()))
                    .toList());
    return ask(
        new Call<>(
            share -> share.writeState(context(ApiKeys.WRITE_SHARE_GROUP_STATE), request),
            answer ->
                answer.results().stream()
                    .flatMap(topic -> topic.partitions().stream())
                    .map(partition -> partition.errorCode())),
        WriteShareGroupStateResult::from);
  }

  @Override
  public CompletableFuture<DeleteShareGroupStateResult> deleteState(
      DeleteShareGroupStateParameters parameters) {
    GroupTopicPartitionData<PartitionIdData> data = parameters.groupTopicPartitionData();
    var request =
        new DeleteShareGroupStateRequestData()
            .setGroupId(data.groupId())
            .setTopics(
                data.topicsData().stream()
                    .map(
                        topic ->
                            new DeleteShareGroupStateRequestData.DeleteStateData()
                                .setTopicId(topic.topicId())
                                .setPartitions(
                                    topic.partitions().stream().map(Requests::delete).toList()))
                    .toList());
    return ask(
        new Call<>(
            share -> share.deleteState(context(ApiKeys.DELETE_SHARE_GROUP_STATE), request),
            answer ->
                answer.results().stream()
                    .flatMap(topic -> topic.partitions().stream())
                    .map(partition -> partition.errorCode())),
        DeleteShareGroupStateResult::from);
  }

  @Override
  public CompletableFuture<ReadShareGroupStateSummaryResult> readSummary(
      ReadShareGroupStateSummaryParameters parameters) {
    GroupTopicPartitionData<PartitionIdLeaderEpochData> data = parameters.groupTopicPartitionData();
    var request =
        new ReadShareGroupStateSummaryRequestData()
            .setGroupId(data.groupId())
            .setTopics(
                data.topicsData().stream()
                    .map(
                        topic ->
                            new ReadShareGroupStateSummaryRequestData.ReadStateSummaryData()
                                .setTopicId(topic.topicId())
                                .setPartitions(
                                    topic.partitions().stream().map(Requests::summary).toList()))
                    .toList());
    return ask(
        new Call<>(
            share ->
                share.readStateSummary(context(ApiKeys.READ_SHARE_GROUP_STATE_SUMMARY), request),
            answer ->
                answer.results().stream()
                    .flatMap(topic -> topic.partitions().stream())
                    .map(partition -> partition.errorCode())),
        ReadShareGroupStateSummaryResult::from);
  }

  @Override
  public void stop() {}

  /** Partitions in the form of requests. */
  private static final class Requests {
    static InitializeShareGroupStateRequestData.PartitionData initialize(PartitionStateData data) {
      return new InitializeShareGroupStateRequestData.PartitionData()
          .setPartition(data.partition())
          .setStateEpoch(data.stateEpoch())
          .setStartOffset(data.startOffset());
    }

    static ReadShareGroupStateRequestData.PartitionData read(PartitionIdLeaderEpochData data) {
      return new ReadShareGroupStateRequestData.PartitionData()
          .setPartition(data.partition())
          .setLeaderEpoch(data.leaderEpoch());
    }

    static ReadShareGroupStateSummaryRequestData.PartitionData summary(
        PartitionIdLeaderEpochData data) {
      return new ReadShareGroupStateSummaryRequestData.PartitionData()
          .setPartition(data.partition())
          .setLeaderEpoch(data.leaderEpoch());
    }

    static DeleteShareGroupStateRequestData.PartitionData delete(PartitionIdData data) {
      return new DeleteShareGroupStateRequestData.PartitionData().setPartition(data.partition());
    }

    static WriteShareGroupStateRequestData.PartitionData write(PartitionStateBatchData data) {
      return new WriteShareGroupStateRequestData.PartitionData()
          .setPartition(data.partition())
          .setStateEpoch(data.stateEpoch())
          .setLeaderEpoch(data.leaderEpoch())
          .setStartOffset(data.startOffset())
          .setDeliveryCompleteCount(data.deliveryCompleteCount())
          .setStateBatches(batches(data.stateBatches()));
    }

    private static List<WriteShareGroupStateRequestData.StateBatch> batches(
        List<PersisterStateBatch> batches) {
      return batches.stream()
          .map(
              batch ->
                  new WriteShareGroupStateRequestData.StateBatch()
                      .setFirstOffset(batch.firstOffset())
                      .setLastOffset(batch.lastOffset())
                      .setDeliveryState(batch.deliveryState())
                      .setDeliveryCount(batch.deliveryCount()))
          .toList();
    }
  }
}

package dev.leat.kafka.coordinator.share;

import static dev.leat.kafka.dispatch.ApiHandler.later;

import dev.leat.broker.runtime.TopicDirectory;
import dev.leat.kafka.KafkaContext;
import dev.leat.kafka.dispatch.ApiModule;
import dev.leat.kafka.dispatch.ApiRegistry;
import dev.leat.kafka.view.TopicFinder;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import kafka.server.share.ShareDelivery;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData;
import org.apache.kafka.common.message.ShareAcknowledgeResponseData;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.message.ShareFetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.ShareAcknowledgeRequest;
import org.apache.kafka.common.requests.ShareAcknowledgeResponse;
import org.apache.kafka.common.requests.ShareFetchRequest;
import org.apache.kafka.common.requests.ShareFetchResponse;
import org.apache.kafka.common.requests.ShareRequestMetadata;
import org.apache.kafka.server.share.acknowledge.ShareAcknowledgementBatch;
import org.apache.kafka.server.share.context.ShareFetchContext;
import org.apache.kafka.server.share.fetch.ShareFetch;
import org.apache.kafka.server.storage.log.FetchParams;

/** Share groups at the leaders of partitions: records are acquired and acknowledged. */
public final class ShareModule implements ApiModule {
  /** Bound of one response, whatever the member asks for. */
  private static final int MAX_RESPONSE_BYTES = 8 << 20;

  private final ShareDeliveries deliveries;
  private final TopicFinder topics;

  private ShareModule(KafkaContext context) {
    this.deliveries = context.coordinators().get().deliveries();
    this.topics = new TopicFinder(context.broker().topics());
  }

  /** The module of this broker; nothing of it is loaded before the first member comes. */
  public static ShareModule of(KafkaContext context) {
    return new ShareModule(context);
  }

  @Override
  public void register(ApiRegistry registry) {
    registry.add(ApiKeys.SHARE_FETCH, later(ShareFetchRequest.class, this::fetch));
    registry.add(
        ApiKeys.SHARE_ACKNOWLEDGE, later(ShareAcknowledgeRequest.class, this::acknowledge));
  }

  private ShareDelivery delivery() {
    return deliveries.get();
  }

  private CompletionStage<AbstractResponse> fetch(
      RequestContext context, ShareFetchRequest request) {
    ShareFetchRequestData data = request.data();
    ShareDelivery shares = delivery();
    Map<Uuid, String> names = names(data);
    Acknowledgements acknowledgements = acknowledgements(data);
    ShareFetchContext session;
    try {
      session =
          shares
              .sessions()
              .newContext(
                  data.groupId(),
                  request.shareFetchData(names),
                  request.forgottenTopics(names),
                  data.memberId(),
                  data.shareSessionEpoch(),
                  !acknowledgements.isEmpty(),
                  context.connectionId);
    } catch (ApiException e) {
      return CompletableFuture.completedStage(request.getErrorResponse(e));
    }
    CompletionStage<LinkedHashMap<TopicIdPartition, ShareAcknowledgeResponseData.PartitionData>>
        acknowledged = acknowledgements.apply(shares.sessions(), data.groupId(), data.memberId());
    return acquire(shares, session, request)
        .thenCombine(acknowledged, ShareModule::join)
        .thenCompose(
            result ->
                release(shares, data.groupId(), data.memberId(), data.shareSessionEpoch())
                    .thenApply(done -> response(session, data, result)));
  }

  private Map<Uuid, String> names(ShareFetchRequestData data) {
    Map<Uuid, String> names = new HashMap<>();
    Stream.concat(
            data.topics().stream().map(topic -> topic.topicId()),
            data.forgottenTopicsData().stream().map(topic -> topic.topicId()))
        .forEach(
            id -> {
              TopicDirectory.Topic topic = topics.find(id);
              if (topic != null) {
                names.put(id, topic.view().name());
              }
            });
    return names;
  }

  private Acknowledgements acknowledgements(ShareFetchRequestData data) {
    Acknowledgements all = new Acknowledgements(topics);
    data.topics()
        .forEach(
            topic ->
                topic.partitions().stream()
                    .filter(partition -> !partition.acknowledgementBatches().isEmpty())
                    .forEach(
                        partition ->
                            all.add(
                                topic.topicId(),
                                partition.partitionIndex(),
                                partition.acknowledgementBatches().stream()
                                    .map(
                                        batch ->
                                            new ShareAcknowledgementBatch(
                                                batch.firstOffset(),
                                                batch.lastOffset(),
                                                batch.acknowledgeTypes()))
                                    .toList())));
    return all;
  }

  /** Acquires records of what is valid in the session, and says what is not. */
  private CompletionStage<LinkedHashMap<TopicIdPartition, PartitionData>> acquire(
      ShareDelivery shares, ShareFetchContext session, ShareFetchRequest request) {
    var checked = session.getErroneousAndValidTopicIdPartitions();
    LinkedHashMap<TopicIdPartition, PartitionData> result =
        new LinkedHashMap<>(checked.erroneous());
    List<TopicIdPartition> valid = checked.validTopicIdPartitions();
    if (valid.isEmpty() || request.data().isRenewAck()) {
      return CompletableFuture.completedStage(result);
    }
    CompletableFuture<Map<TopicIdPartition, PartitionData>> acquired = new CompletableFuture<>();
    int maxBytes = Math.min(request.maxBytes(), MAX_RESPONSE_BYTES);
    FetchParams params =
        new FetchParams(
            FetchRequest.CONSUMER_REPLICA_ID,
            -1,
            request.maxWait(),
            request.minBytes(),
            maxBytes,
            deliveries.isolation(request.data().groupId()),
            Optional.empty(),
            true);
    shares.fetch(
        new ShareFetch(
            params,
            request.data().groupId(),
            request.data().memberId(),
            acquired,
            valid,
            request.data().shareAcquireMode(),
            request.data().batchSize(),
            request.data().maxRecords(),
            shares.stats()),
        maxBytes);
    return acquired.thenApply(
        data -> {
          result.putAll(data);
          return result;
        });
  }

  private static LinkedHashMap<TopicIdPartition, PartitionData> join(
      LinkedHashMap<TopicIdPartition, PartitionData> acquired,
      LinkedHashMap<TopicIdPartition, ShareAcknowledgeResponseData.PartitionData> acknowledged) {
    acknowledged.forEach(
        (partition, answer) ->
            acquired
                .computeIfAbsent(
                    partition, other -> ShareFetchResponse.partitionResponse(other, Errors.NONE))
                .setAcknowledgeErrorCode(answer.errorCode())
                .setAcknowledgeErrorMessage(answer.errorMessage()));
    return acquired;
  }

  /** With the final epoch, the member's session ends and what it holds goes back. */
  private static CompletionStage<?> release(
      ShareDelivery shares, String group, String member, int epoch) {
    return epoch == ShareRequestMetadata.FINAL_EPOCH
        ? shares.sessions().releaseSession(group, member)
        : CompletableFuture.completedStage(null);
  }

  private static AbstractResponse response(
      ShareFetchContext session,
      ShareFetchRequestData data,
      LinkedHashMap<TopicIdPartition, PartitionData> result) {
    ShareFetchResponse response =
        session.updateAndGenerateResponseData(data.groupId(), data.memberId(), result);
    response.data().setAcquisitionLockTimeoutMs(ShareDeliveries.LOCK_MS);
    return response;
  }

  private CompletionStage<AbstractResponse> acknowledge(
      RequestContext context, ShareAcknowledgeRequest request) {
    ShareAcknowledgeRequestData data = request.data();
    ShareDelivery shares = delivery();
    try {
      shares
          .sessions()
          .acknowledgeSessionUpdate(data.groupId(), data.memberId(), data.shareSessionEpoch());
    } catch (ApiException e) {
      return CompletableFuture.completedStage(request.getErrorResponse(e));
    }
    Acknowledgements all = new Acknowledgements(topics);
    data.topics()
        .forEach(
            topic ->
                topic
                    .partitions()
                    .forEach(
                        partition ->
                            all.add(
                                topic.topicId(),
                                partition.partitionIndex(),
                                partition.acknowledgementBatches().stream()
                                    .map(
                                        batch ->
                                            new ShareAcknowledgementBatch(
                                                batch.firstOffset(),
                                                batch.lastOffset(),
                                                batch.acknowledgeTypes()))
                                    .toList())));
    return all.apply(shares.sessions(), data.groupId(), data.memberId())
        .thenCompose(
            answers ->
                release(shares, data.groupId(), data.memberId(), data.shareSessionEpoch())
                    .thenApply(
                        done ->
                            ShareAcknowledgeResponse.of(
                                Errors.NONE, 0, answers, List.of(), ShareDeliveries.LOCK_MS)));
  }
}

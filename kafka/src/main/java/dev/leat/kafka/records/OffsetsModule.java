package dev.leat.kafka.records;

import dev.leat.broker.log.CorruptEntryException;
import dev.leat.broker.runtime.Isolation;
import dev.leat.broker.runtime.LivePartition;
import dev.leat.broker.runtime.OffsetFinder;
import dev.leat.broker.runtime.TopicDirectory;
import dev.leat.kafka.KafkaContext;
import dev.leat.kafka.dispatch.ApiHandler;
import dev.leat.kafka.dispatch.ApiModule;
import dev.leat.kafka.dispatch.ApiRegistry;
import dev.leat.kafka.view.EpochCheck;
import dev.leat.kafka.view.Isolations;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsTopicResponse;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.OffsetForLeaderTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.apache.kafka.common.requests.ListOffsetsResponse;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochRequest;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochResponse;
import org.apache.kafka.common.requests.RequestContext;

/** ListOffsets and OffsetForLeaderEpoch. May read from disk: works on the readers' executor. */
public final class OffsetsModule implements ApiModule {
  private static final short FIRST_WITH_EPOCHS = 4;

  private final KafkaContext context;
  private final EpochFinder epochs;

  /** Answers from the broker's log. */
  public OffsetsModule(KafkaContext context) {
    this.context = context;
    this.epochs = new EpochFinder(context.broker().batches());
  }

  @Override
  public void register(ApiRegistry registry) {
    registry
        .add(ApiKeys.LIST_OFFSETS, ApiHandler.later(ListOffsetsRequest.class, this::listOffsets))
        .add(
            ApiKeys.OFFSET_FOR_LEADER_EPOCH,
            ApiHandler.later(OffsetsForLeaderEpochRequest.class, this::epochEnds));
  }

  private CompletionStage<AbstractResponse> listOffsets(
      RequestContext client, ListOffsetsRequest request) {
    return CompletableFuture.supplyAsync(() -> list(request), context.broker().readers());
  }

  private AbstractResponse list(ListOffsetsRequest request) {
    ListOffsetsResponseData response = new ListOffsetsResponseData();
    Isolation isolation = Isolations.of(request.isolationLevel());
    Set<TopicPartition> twice = request.duplicatePartitions();
    for (ListOffsetsTopic topic : request.topics()) {
      ListOffsetsTopicResponse answer = new ListOffsetsTopicResponse().setName(topic.name());
      for (ListOffsetsPartition asked : topic.partitions()) {
        boolean ambiguous =
            twice.contains(new TopicPartition(topic.name(), asked.partitionIndex()));
        answer
            .partitions()
            .add(
                ambiguous
                    ? refused(asked.partitionIndex(), Errors.INVALID_REQUEST)
                    : forVersion(list(topic.name(), asked, isolation), request.version()));
      }
      response.topics().add(answer);
    }
    return new ListOffsetsResponse(response);
  }

  private static ListOffsetsPartitionResponse forVersion(
      ListOffsetsPartitionResponse response, short version) {
    return version < FIRST_WITH_EPOCHS
        ? response.setLeaderEpoch(ListOffsetsResponse.UNKNOWN_EPOCH)
        : response;
  }

  private ListOffsetsPartitionResponse list(
      String topicName, ListOffsetsPartition asked, Isolation isolation) {
    int index = asked.partitionIndex();
    TopicDirectory.Topic topic = context.broker().topics().find(topicName);
    if (topic == null || index < 0 || index >= topic.partitions()) {
      return refused(index, Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }
    LivePartition partition = topic.partition(index);
    Errors error = EpochCheck.check(partition, asked.currentLeaderEpoch());
    if (error != Errors.NONE) {
      return refused(index, error);
    }
    try {
      return find(partition, asked.timestamp(), isolation).setPartitionIndex(index);
    } catch (CorruptEntryException damaged) {
      return refused(index, Errors.CORRUPT_MESSAGE);
    }
  }

  private ListOffsetsPartitionResponse find(
      LivePartition partition, long timestamp, Isolation isolation) {
    long end = partition.readableEnd(isolation);
    if (timestamp == ListOffsetsRequest.LATEST_TIMESTAMP) {
      return answer(
          end, ListOffsetsResponse.UNKNOWN_TIMESTAMP, partition.group().leadership().epoch());
    }
    if (timestamp == ListOffsetsRequest.EARLIEST_TIMESTAMP
        || timestamp == ListOffsetsRequest.EARLIEST_LOCAL_TIMESTAMP) {
      int epoch = epochs.epochOf(partition, partition.logStart());
      return answer(
          partition.logStart(),
          ListOffsetsResponse.UNKNOWN_TIMESTAMP,
          epoch < 0 ? partition.group().leadership().epoch() : epoch);
    }
    if (timestamp == ListOffsetsRequest.MAX_TIMESTAMP) {
      return answer(context.broker().offsets().newest(partition), end);
    }
    return timestamp < 0
        ? nothing()
        : answer(context.broker().offsets().firstAt(partition, timestamp), end);
  }

  private static ListOffsetsPartitionResponse answer(Optional<OffsetFinder.Found> found, long end) {
    return found
        .filter(record -> record.offset() < end)
        .map(record -> answer(record.offset(), record.timestampMs(), record.leaderEpoch()))
        .orElseGet(OffsetsModule::nothing);
  }

  /** Nothing is tiered here, and nothing may be newer than asked for. */
  private static ListOffsetsPartitionResponse nothing() {
    return answer(
        ListOffsetsResponse.UNKNOWN_OFFSET,
        ListOffsetsResponse.UNKNOWN_TIMESTAMP,
        ListOffsetsResponse.UNKNOWN_EPOCH);
  }

  private static ListOffsetsPartitionResponse answer(long offset, long timestamp, int epoch) {
    return new ListOffsetsPartitionResponse()
        .setOffset(offset)
        .setTimestamp(timestamp)
        .setLeaderEpoch(epoch);
  }

  private static ListOffsetsPartitionResponse refused(int partition, Errors error) {
    return nothing().setPartitionIndex(partition).setErrorCode(error.code());
  }

  private CompletionStage<AbstractResponse> epochEnds(
      RequestContext client, OffsetsForLeaderEpochRequest request) {
    return CompletableFuture.supplyAsync(() -> ends(request), context.broker().readers());
  }

  private AbstractResponse ends(OffsetsForLeaderEpochRequest request) {
    OffsetForLeaderEpochResponseData response = new OffsetForLeaderEpochResponseData();
    for (OffsetForLeaderTopic topic : request.data().topics()) {
      OffsetForLeaderTopicResult answer = new OffsetForLeaderTopicResult().setTopic(topic.topic());
      for (OffsetForLeaderPartition asked : topic.partitions()) {
        answer.partitions().add(end(topic.topic(), asked).setPartition(asked.partition()));
      }
      response.topics().add(answer);
    }
    return new OffsetsForLeaderEpochResponse(response);
  }

  private EpochEndOffset end(String topicName, OffsetForLeaderPartition asked) {
    TopicDirectory.Topic topic = context.broker().topics().find(topicName);
    if (topic == null || asked.partition() < 0 || asked.partition() >= topic.partitions()) {
      return noEnd(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }
    LivePartition partition = topic.partition(asked.partition());
    Errors error = EpochCheck.check(partition, asked.currentLeaderEpoch());
    if (error != Errors.NONE) {
      return noEnd(error);
    }
    try {
      EpochFinder.End end = epochs.endOf(partition, asked.leaderEpoch());
      return noEnd(Errors.NONE).setLeaderEpoch(end.epoch()).setEndOffset(end.offset());
    } catch (CorruptEntryException damaged) {
      return noEnd(Errors.CORRUPT_MESSAGE);
    }
  }

  private static EpochEndOffset noEnd(Errors error) {
    return new EpochEndOffset()
        .setErrorCode(error.code())
        .setLeaderEpoch(OffsetsForLeaderEpochResponse.UNDEFINED_EPOCH)
        .setEndOffset(OffsetsForLeaderEpochResponse.UNDEFINED_EPOCH_OFFSET);
  }
}

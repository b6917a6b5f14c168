package dev.leat.kafka.records;

import static dev.leat.kafka.dispatch.ApiHandler.later;

import dev.leat.broker.runtime.Answer;
import dev.leat.broker.runtime.RecordDeletion;
import dev.leat.broker.runtime.RequestError;
import dev.leat.kafka.KafkaContext;
import dev.leat.kafka.dispatch.ApiModule;
import dev.leat.kafka.dispatch.ApiRegistry;
import dev.leat.kafka.view.KafkaErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.DeleteRecordsRequest;
import org.apache.kafka.common.requests.DeleteRecordsResponse;
import org.apache.kafka.common.requests.RequestContext;

/** DeleteRecords: answered when the new start of the partition is committed. */
public final class DeleteRecordsModule implements ApiModule {
  private final RecordDeletion deletions;

  /** Deletes from the broker's log. */
  public DeleteRecordsModule(KafkaContext context) {
    this.deletions = context.broker().deletions();
  }

  @Override
  public void register(ApiRegistry registry) {
    registry.add(ApiKeys.DELETE_RECORDS, later(DeleteRecordsRequest.class, this::delete));
  }

  private CompletionStage<AbstractResponse> delete(
      RequestContext client, DeleteRecordsRequest request) {
    DeleteRecordsResponseData data = new DeleteRecordsResponseData();
    List<CompletableFuture<?>> open = new ArrayList<>();
    for (DeleteRecordsTopic wanted : request.data().topics()) {
      DeleteRecordsTopicResult topic = new DeleteRecordsTopicResult().setName(wanted.name());
      data.topics().add(topic);
      for (DeleteRecordsPartition partition : wanted.partitions()) {
        DeleteRecordsPartitionResult result =
            new DeleteRecordsPartitionResult()
                .setPartitionIndex(partition.partitionIndex())
                .setLowWatermark(DeleteRecordsResponse.INVALID_LOW_WATERMARK);
        topic.partitions().add(result);
        open.add(fill(result, wanted.name(), partition.offset()).toCompletableFuture());
      }
    }
    return CompletableFuture.allOf(open.toArray(CompletableFuture[]::new))
        .thenApply(done -> new DeleteRecordsResponse(data));
  }

  private CompletionStage<?> fill(DeleteRecordsPartitionResult result, String topic, long before) {
    if (Topic.isInternal(topic)) {
      return CompletableFuture.completedStage(
          result.setErrorCode(Errors.INVALID_TOPIC_EXCEPTION.code()));
    }
    return deletions
        .delete(topic, result.partitionIndex(), before)
        .thenApply(
            answer ->
                switch (answer) {
                  case Answer.Ok<Long>(Long start) -> result.setLowWatermark(start);
                  case Answer.Refused<Long>(RequestError error) ->
                      result.setErrorCode(error(error).code());
                });
  }

  private static Errors error(RequestError error) {
    return error.code() == RequestError.Code.INVALID_CHANGE
        ? Errors.POLICY_VIOLATION
        : KafkaErrors.of(error);
  }
}

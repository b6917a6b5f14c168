package dev.leat.kafka.admin;

import dev.leat.broker.runtime.LivePartition;
import dev.leat.broker.runtime.TopicDirectory;
import dev.leat.kafka.KafkaContext;
import dev.leat.kafka.dispatch.ApiHandler;
import dev.leat.kafka.dispatch.ApiModule;
import dev.leat.kafka.dispatch.ApiRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignablePartitionResponse;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignableTopicResponse;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopic;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsResult;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsTopic;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ElectLeadersResponseData.PartitionResult;
import org.apache.kafka.common.message.ElectLeadersResponseData.ReplicaElectionResult;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.AlterPartitionReassignmentsRequest;
import org.apache.kafka.common.requests.AlterPartitionReassignmentsResponse;
import org.apache.kafka.common.requests.DescribeLogDirsRequest;
import org.apache.kafka.common.requests.DescribeLogDirsResponse;
import org.apache.kafka.common.requests.ElectLeadersRequest;
import org.apache.kafka.common.requests.ElectLeadersResponse;
import org.apache.kafka.common.requests.ListPartitionReassignmentsRequest;
import org.apache.kafka.common.requests.ListPartitionReassignmentsResponse;
import org.apache.kafka.common.requests.RequestContext;

/**
 * Where partitions lie. Leat places replica groups, not partitions, and its controller appoints
 * leaders: so there is nothing to elect, and single partitions cannot be moved.
 */
public final class PlacementModule implements ApiModule {
  private static final String NOT_MOVABLE =
      "partitions follow their replica group, which the controller places: change the number of"
          + " brokers instead";

  private final KafkaContext context;

  /** Answers from the broker's metadata. */
  public PlacementModule(KafkaContext context) {
    this.context = context;
  }

  @Override
  public void register(ApiRegistry registry) {
    registry
        .add(ApiKeys.ELECT_LEADERS, ApiHandler.of(ElectLeadersRequest.class, this::elect))
        .add(
            ApiKeys.ALTER_PARTITION_REASSIGNMENTS,
            ApiHandler.of(AlterPartitionReassignmentsRequest.class, this::reassign))
        .add(
            ApiKeys.LIST_PARTITION_REASSIGNMENTS,
            ApiHandler.of(
                ListPartitionReassignmentsRequest.class,
                (client, request) ->
                    new ListPartitionReassignmentsResponse(
                        new ListPartitionReassignmentsResponseData())))
        .add(
            ApiKeys.ALTER_REPLICA_LOG_DIRS,
            ApiHandler.refusing(
                Errors.LOG_DIR_NOT_FOUND, "a broker has one journal for all partitions"))
        .add(
            ApiKeys.DESCRIBE_LOG_DIRS,
            ApiHandler.of(DescribeLogDirsRequest.class, this::describeLogDirs));
  }

  private Optional<LivePartition> find(String topicName, int partition) {
    TopicDirectory.Topic topic = context.broker().topics().find(topicName);
    return topic == null || partition < 0 || partition >= topic.partitions()
        ? Optional.empty()
        : Optional.of(topic.partition(partition));
  }

  private AbstractResponse elect(RequestContext client, ElectLeadersRequest request) {
    List<ReplicaElectionResult> results = new ArrayList<>();
    if (request.data().topicPartitions() != null) {
      for (TopicPartitions topic : request.data().topicPartitions()) {
        ReplicaElectionResult result = new ReplicaElectionResult().setTopic(topic.topic());
        for (int partition : topic.partitions()) {
          Errors error =
              find(topic.topic(), partition).isPresent()
                  ? Errors.ELECTION_NOT_NEEDED
                  : Errors.UNKNOWN_TOPIC_OR_PARTITION;
          result
              .partitionResult()
              .add(
                  new PartitionResult()
                      .setPartitionId(partition)
                      .setErrorCode(error.code())
                      .setErrorMessage(error.message()));
        }
        results.add(result);
      }
    }
    return new ElectLeadersResponse(0, Errors.NONE.code(), results, request.version());
  }

  private AbstractResponse reassign(
      RequestContext client, AlterPartitionReassignmentsRequest request) {
    AlterPartitionReassignmentsResponseData response =
        new AlterPartitionReassignmentsResponseData();
    for (ReassignableTopic topic : request.data().topics()) {
      ReassignableTopicResponse answer = new ReassignableTopicResponse().setName(topic.name());
      for (ReassignablePartition partition : topic.partitions()) {
        answer.partitions().add(reassign(topic.name(), partition));
      }
      response.responses().add(answer);
    }
    return new AlterPartitionReassignmentsResponse(response);
  }

  private ReassignablePartitionResponse reassign(String topic, ReassignablePartition wanted) {
    ReassignablePartitionResponse response =
        new ReassignablePartitionResponse().setPartitionIndex(wanted.partitionIndex());
    if (find(topic, wanted.partitionIndex()).isEmpty()) {
      return response
          .setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code())
          .setErrorMessage(Errors.UNKNOWN_TOPIC_OR_PARTITION.message());
    }
    return wanted.replicas() == null
        ? response
            .setErrorCode(Errors.NO_REASSIGNMENT_IN_PROGRESS.code())
            .setErrorMessage(Errors.NO_REASSIGNMENT_IN_PROGRESS.message())
        : response
            .setErrorCode(Errors.INVALID_REPLICA_ASSIGNMENT.code())
            .setErrorMessage(NOT_MOVABLE);
  }

  private AbstractResponse describeLogDirs(RequestContext client, DescribeLogDirsRequest request) {
    DescribeLogDirsResult journal = new DescribeLogDirsResult().setLogDir("journal");
    if (request.data().topics() == null) {
      for (TopicDirectory.Topic topic : context.broker().topics().all()) {
        journal.topics().add(sizes(topic.view().name(), topic.live()));
      }
    } else {
      for (DescribableLogDirTopic topic : request.data().topics()) {
        List<LivePartition> found =
            topic.partitions().stream()
                .flatMap(partition -> find(topic.topic(), partition).stream())
                .toList();
        if (!found.isEmpty()) {
          journal.topics().add(sizes(topic.topic(), found));
        }
      }
    }
    return new DescribeLogDirsResponse(
        new DescribeLogDirsResponseData().setResults(List.of(journal)));
  }

  private DescribeLogDirsTopic sizes(String topic, List<LivePartition> partitions) {
    return new DescribeLogDirsTopic()
        .setName(topic)
        .setPartitions(
            partitions.stream()
                .map(
                    partition ->
                        new DescribeLogDirsPartition()
                            .setPartitionIndex(partition.index())
                            .setPartitionSize(context.broker().sizeBytes(partition)))
                .toList());
  }
}

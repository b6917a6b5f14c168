package dev.leat.kafka.metadata;

import dev.leat.broker.runtime.TopicDirectory;
import dev.leat.broker.runtime.view.MetadataFeed;
import dev.leat.crds.value.TopicNames;
import dev.leat.kafka.KafkaContext;
import dev.leat.kafka.dispatch.ApiHandler;
import dev.leat.kafka.dispatch.ApiModule;
import dev.leat.kafka.dispatch.ApiRegistry;
import dev.leat.kafka.view.KafkaNodes;
import dev.leat.kafka.view.TopicFinder;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.Cursor;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.DescribeClusterRequest;
import org.apache.kafka.common.requests.DescribeClusterResponse;
import org.apache.kafka.common.requests.DescribeTopicPartitionsRequest;
import org.apache.kafka.common.requests.DescribeTopicPartitionsResponse;
import org.apache.kafka.common.requests.RequestContext;

/** DescribeCluster and DescribeTopicPartitions. */
public final class DescribeModule implements ApiModule {
  private static final byte BROKERS = 1;
  private static final byte CONTROLLERS = 2;

  /** Kafka's max.request.partition.size.limit. */
  private static final int MAX_PARTITIONS = 2_000;

  private final KafkaContext context;

  /** Answers from the broker's metadata. */
  public DescribeModule(KafkaContext context) {
    this.context = context;
  }

  @Override
  public void register(ApiRegistry registry) {
    registry
        .add(
            ApiKeys.DESCRIBE_CLUSTER,
            ApiHandler.of(DescribeClusterRequest.class, this::describeCluster))
        .add(
            ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
            ApiHandler.of(DescribeTopicPartitionsRequest.class, this::describeTopics));
  }

  private AbstractResponse describeCluster(RequestContext client, DescribeClusterRequest request) {
    DescribeClusterResponseData response = new DescribeClusterResponseData();
    byte type = request.data().endpointType();
    if (type != BROKERS) {
      Errors error =
          type == CONTROLLERS ? Errors.MISMATCHED_ENDPOINT_TYPE : Errors.UNSUPPORTED_ENDPOINT_TYPE;
      return new DescribeClusterResponse(
          response
              .setErrorCode(error.code())
              .setErrorMessage("this listener serves brokers: ask for endpoint type 1"));
    }
    MetadataFeed.Metadata metadata = context.broker().metadata().current();
    KafkaNodes nodes = new KafkaNodes(metadata);
    response
        .setClusterId(metadata.clusterId())
        .setControllerId(nodes.controllerId())
        .setEndpointType(type);
    if (request.data().includeClusterAuthorizedOperations()) {
      response.setClusterAuthorizedOperations(AuthorizedOperations.CLUSTER);
    }
    for (Node node : nodes.all()) {
      response
          .brokers()
          .add(
              new DescribeClusterBroker()
                  .setBrokerId(node.id())
                  .setHost(node.host())
                  .setPort(node.port())
                  .setRack(node.rack()));
    }
    return new DescribeClusterResponse(response);
  }

  private AbstractResponse describeTopics(
      RequestContext client, DescribeTopicPartitionsRequest request) {
    KafkaNodes nodes = new KafkaNodes(context.broker().metadata().current());
    return new DescribeTopicPartitionsResponse(
        new Page(context.broker().topics(), new TopicDescriber(nodes), request.data()).fill());
  }

  /** One answer: topics by name, from the cursor on, up to a number of partitions. */
  private static final class Page {
    private final TopicDirectory topics;
    private final TopicDescriber describer;
    private final DescribeTopicPartitionsRequestData request;
    private final DescribeTopicPartitionsResponseData response =
        new DescribeTopicPartitionsResponseData();
    private int room;

    Page(
        TopicDirectory topics,
        TopicDescriber describer,
        DescribeTopicPartitionsRequestData request) {
      this.topics = topics;
      this.describer = describer;
      this.request = request;
      this.room = Math.max(1, Math.min(MAX_PARTITIONS, request.responsePartitionLimit()));
    }

    DescribeTopicPartitionsResponseData fill() {
      var cursor = request.cursor();
      for (String name : names()) {
        boolean resumed = cursor != null && cursor.topicName().equals(name);
        if (cursor != null && name.compareTo(cursor.topicName()) < 0) {
          continue;
        }
        int first = resumed ? Math.max(0, cursor.partitionIndex()) : 0;
        if (room == 0) {
          return stopAt(name, first);
        }
        TopicDirectory.Topic topic = topics.find(name);
        if (topic == null) {
          response.topics().add(missing(name));
        } else if (!add(topic, first)) {
          break;
        }
      }
      return response;
    }

    private List<String> names() {
      if (request.topics().isEmpty()) {
        return topics.all().stream().map(topic -> topic.view().name()).sorted().toList();
      }
      return request.topics().stream().map(TopicRequest::name).distinct().sorted().toList();
    }

    /** Adds a topic's partitions; false if not all of them fit. */
    private boolean add(TopicDirectory.Topic topic, int first) {
      List<DescribeTopicPartitionsResponsePartition> partitions = new ArrayList<>();
      int index = first;
      for (; index < topic.partitions() && room > 0; index++, room--) {
        partitions.add(partition(topic, index));
      }
      response
          .topics()
          .add(
              new DescribeTopicPartitionsResponseTopic()
                  .setName(topic.view().name())
                  .setTopicId(TopicFinder.id(topic.view().id()))
                  .setIsInternal(Topic.isInternal(topic.view().name()))
                  .setTopicAuthorizedOperations(AuthorizedOperations.TOPIC)
                  .setPartitions(partitions));
      if (index < topic.partitions()) {
        stopAt(topic.view().name(), index);
        return false;
      }
      return true;
    }

    private DescribeTopicPartitionsResponsePartition partition(
        TopicDirectory.Topic topic, int index) {
      TopicDescriber.Placement placement = describer.placement(topic.partition(index).group());
      return new DescribeTopicPartitionsResponsePartition()
          .setErrorCode(placement.error().code())
          .setPartitionIndex(index)
          .setLeaderId(placement.leader())
          .setLeaderEpoch(placement.epoch())
          .setReplicaNodes(placement.replicas())
          .setIsrNodes(placement.inSync())
          .setEligibleLeaderReplicas(List.of())
          .setLastKnownElr(List.of())
          .setOfflineReplicas(placement.offline());
    }

    private DescribeTopicPartitionsResponseData stopAt(String topic, int partition) {
      return response.setNextCursor(new Cursor().setTopicName(topic).setPartitionIndex(partition));
    }

    private static DescribeTopicPartitionsResponseTopic missing(String name) {
      Errors error =
          TopicNames.isLegal(name)
              ? Errors.UNKNOWN_TOPIC_OR_PARTITION
              : Errors.INVALID_TOPIC_EXCEPTION;
      return new DescribeTopicPartitionsResponseTopic().setErrorCode(error.code()).setName(name);
    }
  }
}

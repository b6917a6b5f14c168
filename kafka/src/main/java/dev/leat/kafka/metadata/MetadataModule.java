package dev.leat.kafka.metadata;

import dev.leat.broker.runtime.Authorizer.Operation;
import dev.leat.broker.runtime.Principal;
import dev.leat.broker.runtime.TopicDirectory;
import dev.leat.broker.runtime.view.MetadataFeed;
import dev.leat.crds.TopicSpec;
import dev.leat.crds.value.TopicNames;
import dev.leat.kafka.KafkaContext;
import dev.leat.kafka.dispatch.ApiHandler;
import dev.leat.kafka.dispatch.ApiModule;
import dev.leat.kafka.dispatch.ApiRegistry;
import dev.leat.kafka.view.KafkaNodes;
import dev.leat.kafka.view.TopicFinder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.MetadataResponse;
import org.apache.kafka.common.requests.RequestContext;
import org.jspecify.annotations.Nullable;

/** Metadata: brokers, topics, partitions and their leaders. */
public final class MetadataModule implements ApiModule {
  private static final short FIRST_WITH_IDS_IN_REQUEST = 10;

  private final KafkaContext context;

  /** Answers from the broker's metadata. */
  public MetadataModule(KafkaContext context) {
    this.context = context;
  }

  @Override
  public void register(ApiRegistry registry) {
    registry.add(ApiKeys.METADATA, ApiHandler.later(MetadataRequest.class, this::answer));
  }

  private CompletionStage<AbstractResponse> answer(RequestContext client, MetadataRequest request) {
    return createMissing(request).thenApply(done -> respond(request));
  }

  private AbstractResponse respond(MetadataRequest request) {
    MetadataFeed.Metadata metadata = context.broker().metadata().current();
    KafkaNodes nodes = new KafkaNodes(metadata);
    MetadataResponseData response =
        new MetadataResponseData()
            .setClusterId(metadata.clusterId())
            .setControllerId(nodes.controllerId());
    if (request.data().includeClusterAuthorizedOperations()) {
      response.setClusterAuthorizedOperations(AuthorizedOperations.CLUSTER);
    }
    for (Node node : nodes.all()) {
      response
          .brokers()
          .add(
              new MetadataResponseBroker()
                  .setNodeId(node.id())
                  .setHost(node.host())
                  .setPort(node.port())
                  .setRack(node.rack()));
    }
    TopicDescriber describer = new TopicDescriber(nodes);
    for (MetadataResponseTopic topic : topics(request, describer)) {
      if (request.data().includeTopicAuthorizedOperations()) {
        topic.setTopicAuthorizedOperations(AuthorizedOperations.TOPIC);
      }
      response.topics().mustAdd(topic);
    }
    return new MetadataResponse(response, request.version());
  }

  private List<MetadataResponseTopic> topics(MetadataRequest request, TopicDescriber describer) {
    TopicDirectory topics = context.broker().topics();
    if (request.isAllTopics()) {
      return topics.all().stream()
          .filter(topic -> mayDescribe(topic.view().name()))
          .map(describer::describe)
          .toList();
    }
    if (isByIds(request)) {
      TopicFinder finder = new TopicFinder(topics);
      return request.topicIds().stream()
          .distinct()
          .map(id -> byId(id, finder.find(id), describer))
          .toList();
    }
    return request.topics().stream().distinct().map(name -> byName(name, describer)).toList();
  }

  private static boolean isByIds(MetadataRequest request) {
    return request.version() >= FIRST_WITH_IDS_IN_REQUEST
        && request.data().topics().stream()
            .map(MetadataRequestTopic::topicId)
            .anyMatch(id -> !id.equals(Uuid.ZERO_UUID));
  }

  private MetadataResponseTopic byId(
      Uuid id, TopicDirectory.@Nullable Topic topic, TopicDescriber describer) {
    return topic == null || !mayDescribe(topic.view().name())
        ? new MetadataResponseTopic()
            .setErrorCode(Errors.UNKNOWN_TOPIC_ID.code())
            .setTopicId(id)
            .setName(null)
        : describer.describe(topic);
  }

  private MetadataResponseTopic byName(String name, TopicDescriber describer) {
    TopicDirectory.Topic topic = context.broker().topics().find(name);
    if (!mayDescribe(name)) {
      return refused(name, Errors.TOPIC_AUTHORIZATION_FAILED);
    }
    if (topic != null) {
      return describer.describe(topic);
    }
    return refused(
        name,
        TopicNames.isLegal(name)
            ? Errors.UNKNOWN_TOPIC_OR_PARTITION
            : Errors.INVALID_TOPIC_EXCEPTION);
  }

  private static MetadataResponseTopic refused(String name, Errors error) {
    return new MetadataResponseTopic()
        .setErrorCode(error.code())
        .setName(name)
        .setIsInternal(Topic.isInternal(name));
  }

  private boolean mayDescribe(String topic) {
    return context.broker().authorizer().allows(Principal.ANONYMOUS, Operation.DESCRIBE, topic);
  }

  /** Creates what is asked for and does not exist, if that is switched on. */
  private CompletionStage<?> createMissing(MetadataRequest request) {
    if (!context.config().autoCreateTopics()
        || request.isAllTopics()
        || !request.allowAutoTopicCreation()
        || isByIds(request)) {
      return CompletableFuture.completedStage(null);
    }
    List<CompletableFuture<?>> created = new ArrayList<>();
    for (String name : request.topics()) {
      if (context.broker().topics().find(name) == null
          && TopicNames.isLegal(name)
          && context.broker().authorizer().allows(Principal.ANONYMOUS, Operation.CREATE, name)) {
        created.add(
            context
                .broker()
                .topicAdmin()
                .create(name, TopicSpec.DEFAULT, false)
                .toCompletableFuture());
      }
    }
    return CompletableFuture.allOf(created.toArray(CompletableFuture[]::new));
  }
}

package dev.leat.kafka.admin;

import dev.leat.broker.runtime.Answer;
import dev.leat.broker.runtime.view.BrokerView;
import dev.leat.crds.Topic;
import dev.leat.crds.TopicSpec;
import dev.leat.crds.value.InvalidValueException;
import dev.leat.kafka.KafkaContext;
import dev.leat.kafka.dispatch.ApiHandler;
import dev.leat.kafka.dispatch.ApiModule;
import dev.leat.kafka.dispatch.ApiRegistry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.AlterConfigsRequest;
import org.apache.kafka.common.requests.AlterConfigsResponse;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.DescribeConfigsRequest;
import org.apache.kafka.common.requests.DescribeConfigsResponse;
import org.apache.kafka.common.requests.IncrementalAlterConfigsRequest;
import org.apache.kafka.common.requests.IncrementalAlterConfigsResponse;
import org.apache.kafka.common.requests.ListConfigResourcesRequest;
import org.apache.kafka.common.requests.ListConfigResourcesResponse;
import org.apache.kafka.common.requests.RequestContext;

/** DescribeConfigs, AlterConfigs, IncrementalAlterConfigs, ListConfigResources. */
public final class ConfigsModule implements ApiModule {
  /** What Kafka calls the way in which followers are chosen, see KIP-392. */
  private static final String RACK_AWARE =
      "org.apache.kafka.common.replica.RackAwareReplicaSelector";

  private final KafkaContext context;
  private final GroupConfigAdmin groups;

  /** Configurations of topics, by the broker's topic admin, and of the broker. */
  public ConfigsModule(KafkaContext context) {
    this.context = context;
    this.groups = new GroupConfigAdmin(context);
  }

  @Override
  public void register(ApiRegistry registry) {
    registry
        .add(ApiKeys.DESCRIBE_CONFIGS, ApiHandler.of(DescribeConfigsRequest.class, this::describe))
        .add(ApiKeys.ALTER_CONFIGS, ApiHandler.later(AlterConfigsRequest.class, this::replace))
        .add(
            ApiKeys.INCREMENTAL_ALTER_CONFIGS,
            ApiHandler.later(IncrementalAlterConfigsRequest.class, this::alter))
        .add(
            ApiKeys.LIST_CONFIG_RESOURCES,
            ApiHandler.of(ListConfigResourcesRequest.class, this::list));
  }

  private AbstractResponse describe(RequestContext client, DescribeConfigsRequest request) {
    ConfigWriter writer =
        new ConfigWriter(request.data().includeSynonyms(), request.data().includeDocumentation());
    List<DescribeConfigsResult> results =
        request.data().resources().stream().map(asked -> describe(asked, writer)).toList();
    return new DescribeConfigsResponse(new DescribeConfigsResponseData().setResults(results));
  }

  private DescribeConfigsResult describe(DescribeConfigsResource asked, ConfigWriter writer) {
    DescribeConfigsResult result =
        new DescribeConfigsResult()
            .setResourceType(asked.resourceType())
            .setResourceName(asked.resourceName());
    List<String> names = asked.configurationKeys();
    Set<String> wanted = names == null || names.isEmpty() ? Set.of() : new HashSet<>(names);
    return switch (ConfigResource.Type.forId(asked.resourceType())) {
      case TOPIC ->
          switch (context.broker().topicAdmin().find(asked.resourceName())) {
            case Answer.Ok<Topic>(Topic topic) ->
                result.setConfigs(writer.topic(topic.spec(), wanted));
            case Answer.Refused<Topic> refused -> missing(result, asked.resourceName());
          };
      case BROKER -> describeBroker(result, asked.resourceName(), wanted, writer);
      case GROUP ->
          asked.resourceName().isEmpty()
              ? result
                  .setErrorCode(Errors.INVALID_REQUEST.code())
                  .setErrorMessage("Group name must not be empty")
              : result.setConfigs(writer.group(groups.describe(asked.resourceName()), wanted));
      case CLIENT_METRICS, BROKER_LOGGER -> result.setConfigs(List.of());
      case UNKNOWN ->
          result
              .setErrorCode(Errors.INVALID_REQUEST.code())
              .setErrorMessage("Unsupported resource type: " + asked.resourceType());
    };
  }

  private static DescribeConfigsResult missing(DescribeConfigsResult result, String topic) {
    Errors error =
        org.apache.kafka.common.internals.Topic.isValid(topic)
            ? Errors.UNKNOWN_TOPIC_OR_PARTITION
            : Errors.INVALID_TOPIC_EXCEPTION;
    return result.setErrorCode(error.code()).setErrorMessage(error.message());
  }

  private DescribeConfigsResult describeBroker(
      DescribeConfigsResult result, String name, Set<String> wanted, ConfigWriter writer) {
    if (name.isEmpty()) {
      // The defaults of all brokers that were changed at run time: none can be.
      return result.setConfigs(List.of());
    }
    if (!name.equals(Integer.toString(context.brokerId()))) {
      return result
          .setErrorCode(Errors.INVALID_REQUEST.code())
          .setErrorMessage(
              "Unexpected broker id, expected %d or empty string, but received %s"
                  .formatted(context.brokerId(), name));
    }
    return result.setConfigs(writer.broker(ownConfigs(), wanted));
  }

  /** What differs from Kafka's defaults, or from broker to broker. */
  private Map<String, String> ownConfigs() {
    Map<String, String> own = new HashMap<>();
    String id = Integer.toString(context.brokerId());
    own.put("node.id", id);
    own.put("broker.id", id);
    own.put("auto.create.topics.enable", Boolean.toString(context.config().autoCreateTopics()));
    BrokerView self = context.broker().metadata().current().brokers().get(context.brokerId());
    if (self != null) {
      own.put("listeners", "PLAINTEXT://" + self.kafka());
      own.put("advertised.listeners", "PLAINTEXT://" + self.kafka());
      if (!self.zone().isEmpty()) {
        own.put("broker.rack", self.zone());
        own.put("replica.selector.class", RACK_AWARE);
      }
    }
    int brokers = context.broker().metadata().current().brokers().size();
    own.put("default.replication.factor", brokers >= 3 ? "3" : "1");
    return own;
  }

  private CompletionStage<AbstractResponse> replace(
      RequestContext client, AlterConfigsRequest request) {
    Map<ConfigResource, CompletionStage<ApiError>> answers = new HashMap<>();
    request
        .configs()
        .forEach(
            (resource, config) -> {
              Map<String, String> entries =
                  config.entries().stream()
                      .collect(
                          Collectors.toMap(
                              AlterConfigsRequest.ConfigEntry::name,
                              AlterConfigsRequest.ConfigEntry::value,
                              (first, second) -> second));
              answers.put(
                  resource,
                  resource.type() == ConfigResource.Type.GROUP
                      ? groups.replace(resource.name(), entries, request.validateOnly())
                      : apply(
                          resource,
                          spec -> TopicConfigs.replace(spec, entries),
                          request.validateOnly()));
            });
    return all(answers)
        .thenApply(
            errors -> {
              AlterConfigsResponseData response = new AlterConfigsResponseData();
              errors.forEach(
                  (resource, error) ->
                      response
                          .responses()
                          .add(
                              new AlterConfigsResponseData.AlterConfigsResourceResponse()
                                  .setResourceType(resource.type().id())
                                  .setResourceName(resource.name())
                                  .setErrorCode(error.error().code())
                                  .setErrorMessage(error.message())));
              return new AlterConfigsResponse(response);
            });
  }

  private CompletionStage<AbstractResponse> alter(
      RequestContext client, IncrementalAlterConfigsRequest request) {
    boolean dryRun = request.data().validateOnly();
    Map<ConfigResource, CompletionStage<ApiError>> answers = new HashMap<>();
    for (AlterConfigsResource asked : request.data().resources()) {
      ConfigResource resource =
          new ConfigResource(ConfigResource.Type.forId(asked.resourceType()), asked.resourceName());
      answers.put(
          resource,
          resource.type() == ConfigResource.Type.GROUP
              ? groups.alter(asked.resourceName(), asked.configs(), dryRun)
              : apply(resource, spec -> alter(spec, asked.configs()), dryRun));
    }
    return all(answers).thenApply(errors -> new IncrementalAlterConfigsResponse(0, errors));
  }

  private static TopicSpec alter(TopicSpec spec, Collection<AlterableConfig> changes) {
    TopicSpec altered = spec;
    for (AlterableConfig change : changes) {
      TopicConfigs.Entry now = TopicConfigs.of(altered).get(change.name());
      Optional<String> value =
          ConfigChange.apply(
              change, now == null ? "" : now.value(), TopicConfigs.isList(change.name()));
      altered =
          value.isPresent()
              ? TopicConfigs.set(altered, change.name(), value.get())
              : TopicConfigs.unset(altered, change.name());
    }
    return altered;
  }

  private static CompletionStage<Map<ConfigResource, ApiError>> all(
      Map<ConfigResource, CompletionStage<ApiError>> answers) {
    List<CompletableFuture<ApiError>> waited =
        answers.values().stream().map(CompletionStage::toCompletableFuture).toList();
    return CompletableFuture.allOf(waited.toArray(CompletableFuture[]::new))
        .thenApply(
            done ->
                answers.entrySet().stream()
                    .collect(
                        Collectors.toMap(
                            Map.Entry::getKey,
                            entry -> entry.getValue().toCompletableFuture().join())));
  }

  private CompletionStage<ApiError> apply(
      ConfigResource resource, UnaryOperator<TopicSpec> change, boolean dryRun) {
    if (resource.type() != ConfigResource.Type.TOPIC) {
      return done(
          Errors.INVALID_REQUEST,
          "only topics and groups are configured here: brokers are by the Cluster resource and"
              + " flags");
    }
    if (!(context.broker().topicAdmin().find(resource.name())
        instanceof Answer.Ok<Topic>(Topic topic))) {
      return done(
          Errors.UNKNOWN_TOPIC_OR_PARTITION, "The topic '" + resource.name() + "' does not exist.");
    }
    try {
      // Whether it may be changed so is known before anything is written.
      var unused = change.apply(topic.spec());
    } catch (InvalidValueException e) {
      return done(Errors.INVALID_CONFIG, e.problem());
    }
    return dryRun
        ? CompletableFuture.completedStage(ApiError.NONE)
        : context
            .broker()
            .topicAdmin()
            .alter(resource.name(), change)
            .thenApply(TopicsModule::errorOf);
  }

  private static CompletionStage<ApiError> done(Errors error, String message) {
    return CompletableFuture.completedStage(new ApiError(error, message));
  }

  /** All that have configurations: version 0 asks for client metrics, of which there are none. */
  private AbstractResponse list(RequestContext client, ListConfigResourcesRequest request) {
    Set<ConfigResource.Type> wanted =
        request.data().resourceTypes().stream()
            .map(ConfigResource.Type::forId)
            .collect(Collectors.toSet());
    List<ListConfigResourcesResponseData.ConfigResource> found = new ArrayList<>();
    if (request.version() > 0 && (wanted.isEmpty() || wanted.contains(ConfigResource.Type.TOPIC))) {
      context
          .broker()
          .topics()
          .all()
          .forEach(topic -> found.add(resource(ConfigResource.Type.TOPIC, topic.view().name())));
    }
    if (request.version() > 0
        && (wanted.isEmpty() || wanted.contains(ConfigResource.Type.BROKER))) {
      context
          .broker()
          .metadata()
          .current()
          .brokers()
          .keySet()
          .forEach(id -> found.add(resource(ConfigResource.Type.BROKER, id.toString())));
    }
    if (request.version() > 0 && (wanted.isEmpty() || wanted.contains(ConfigResource.Type.GROUP))) {
      groups.groups().forEach(group -> found.add(resource(ConfigResource.Type.GROUP, group)));
    }
    return new ListConfigResourcesResponse(
        new ListConfigResourcesResponseData().setConfigResources(found));
  }

  private static ListConfigResourcesResponseData.ConfigResource resource(
      ConfigResource.Type type, String name) {
    return new ListConfigResourcesResponseData.ConfigResource()
        .setResourceType(type.id())
        .setResourceName(name);
  }
}

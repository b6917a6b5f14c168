package dev.leat.kafka.admin;

import dev.leat.broker.runtime.Answer;
import dev.leat.broker.runtime.BrokerApi;
import dev.leat.broker.runtime.RequestError;
import dev.leat.broker.runtime.TopicDirectory;
import dev.leat.crds.Topic;
import dev.leat.crds.TopicSpec;
import dev.leat.crds.value.InvalidValueException;
import dev.leat.crds.value.TopicNames;
import dev.leat.kafka.view.TopicFinder;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicConfigs;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.CreateTopicsRequest;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.jspecify.annotations.Nullable;

/** Turns a topic of CreateTopics into a spec, and creates it. */
final class TopicCreation {
  private final BrokerApi broker;

  TopicCreation(BrokerApi broker) {
    this.broker = broker;
  }

  /** Why a topic cannot be created. */
  private static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final Errors error;

    Refusal(Errors error, String message) {
      super(message);
      this.error = error;
    }
  }

  CompletionStage<CreatableTopicResult> create(CreatableTopic wanted, boolean validateOnly) {
    TopicSpec spec;
    try {
      spec = specOf(wanted);
    } catch (Refusal refusal) {
      return CompletableFuture.completedStage(
          refused(wanted.name(), refusal.error, refusal.getMessage()));
    }
    return broker
        .topicAdmin()
        .create(wanted.name(), spec, validateOnly)
        .thenApply(
            answer ->
                switch (answer) {
                  case Answer.Ok<Topic>(Topic topic) -> created(topic);
                  case Answer.Refused<Topic>(RequestError error) -> refused(wanted.name(), error);
                });
  }

  private TopicSpec specOf(CreatableTopic wanted) {
    if (!TopicNames.isLegal(wanted.name())) {
      throw new Refusal(Errors.INVALID_TOPIC_EXCEPTION, problemOfName(wanted.name()));
    }
    if (broker.topics().find(wanted.name()) != null) {
      throw new Refusal(
          Errors.TOPIC_ALREADY_EXISTS, "Topic '" + wanted.name() + "' already exists.");
    }
    TopicSpec spec = wanted.assignments().isEmpty() ? withCounts(wanted) : withAssignments(wanted);
    for (CreatableTopicConfig config : wanted.configs()) {
      if (config.value() == null) {
        throw new Refusal(
            Errors.INVALID_CONFIG, "Null value not supported for topic configs: " + config.name());
      }
      try {
        spec = TopicConfigs.set(spec, config.name(), config.value());
      } catch (InvalidValueException e) {
        throw new Refusal(Errors.INVALID_CONFIG, e.problem());
      }
    }
    return spec;
  }

  private TopicSpec withCounts(CreatableTopic wanted) {
    TopicSpec spec = TopicSpec.DEFAULT;
    int partitions = wanted.numPartitions();
    if (partitions != CreateTopicsRequest.NO_NUM_PARTITIONS) {
      if (partitions <= 0) {
        throw new Refusal(
            Errors.INVALID_PARTITIONS,
            "Number of partitions was set to an invalid non-positive value.");
      }
      spec = withPartitions(spec, partitions);
    }
    int replicas = wanted.replicationFactor();
    return replicas == CreateTopicsRequest.NO_REPLICATION_FACTOR
        ? spec
        : withReplicas(spec, replicas);
  }

  /** Placement is arithmetic here: of an assignment only its numbers are taken. */
  private TopicSpec withAssignments(CreatableTopic wanted) {
    if (wanted.replicationFactor() != CreateTopicsRequest.NO_REPLICATION_FACTOR
        || wanted.numPartitions() != CreateTopicsRequest.NO_NUM_PARTITIONS) {
      throw new Refusal(
          Errors.INVALID_REQUEST,
          "A manual partition assignment was specified, but replication factor or number of"
              + " partitions was not set to -1.");
    }
    int replicas = wanted.assignments().iterator().next().brokerIds().size();
    int partitions = wanted.assignments().size();
    for (CreatableReplicaAssignment assignment : wanted.assignments()) {
      if (assignment.partitionIndex() < 0
          || assignment.partitionIndex() >= partitions
          || assignment.brokerIds().size() != replicas
          || assignment.brokerIds().isEmpty()) {
        throw new Refusal(
            Errors.INVALID_REPLICA_ASSIGNMENT,
            "partitions must be consecutive from 0 on, with the same number of replicas each");
      }
    }
    return withReplicas(withPartitions(TopicSpec.DEFAULT, partitions), replicas);
  }

  private static TopicSpec withPartitions(TopicSpec spec, int partitions) {
    try {
      return spec.withPartitions(partitions);
    } catch (InvalidValueException e) {
      throw new Refusal(Errors.INVALID_PARTITIONS, e.problem());
    }
  }

  private TopicSpec withReplicas(TopicSpec spec, int replicas) {
    if (replicas <= 0) {
      throw new Refusal(
          Errors.INVALID_REPLICATION_FACTOR,
          "Replication factor must be larger than 0, or -1 to use the default value.");
    }
    int brokers = broker.metadata().current().brokers().size();
    try {
      TopicSpec replicated = spec.withReplicas(replicas);
      if (replicas > brokers) {
        throw new Refusal(
            Errors.INVALID_REPLICATION_FACTOR,
            ("Unable to replicate the partition %d time(s): The target replication factor of %d"
                    + " cannot be reached because only %d broker(s) are registered.")
                .formatted(replicas, replicas, brokers));
      }
      return replicated;
    } catch (InvalidValueException e) {
      throw new Refusal(Errors.INVALID_REPLICATION_FACTOR, "replication factor " + e.problem());
    }
  }

  private static String problemOfName(String name) {
    try {
      TopicNames.check(name);
      return "the name is not legal";
    } catch (InvalidValueException e) {
      return e.problem();
    }
  }

  private CreatableTopicResult created(Topic topic) {
    CreatableTopicResult result =
        new CreatableTopicResult()
            .setName(topic.topicName())
            .setNumPartitions(topic.spec().partitions())
            .setReplicationFactor(
                topic
                    .status()
                    .applied()
                    .map(applied -> (short) applied.replicas())
                    .orElse((short) 1));
    TopicDirectory.Topic live = broker.topics().find(topic.topicName());
    if (live != null) {
      result.setTopicId(TopicFinder.id(live.view().id()));
    }
    TopicConfigs.of(topic.spec())
        .forEach(
            (name, entry) ->
                result
                    .configs()
                    .add(
                        new CreatableTopicConfigs()
                            .setName(name)
                            .setValue(entry.value())
                            .setConfigSource(
                                (entry.isSet()
                                        ? ConfigSource.TOPIC_CONFIG
                                        : ConfigSource.DEFAULT_CONFIG)
                                    .id())));
    return result;
  }

  private static CreatableTopicResult refused(String name, RequestError error) {
    ApiError kafka = AdminErrors.of(error);
    return refused(name, kafka.error(), kafka.message());
  }

  static CreatableTopicResult refused(String name, Errors error, @Nullable String message) {
    return new CreatableTopicResult()
        .setName(name)
        .setErrorCode(error.code())
        .setErrorMessage(message == null ? error.message() : message)
        .setNumPartitions(-1)
        .setReplicationFactor((short) -1);
  }
}

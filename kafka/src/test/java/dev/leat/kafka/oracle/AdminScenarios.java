package dev.leat.kafka.oracle;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreatePartitionsOptions;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.quota.ClientQuotaFilter;

/** Topics, configurations and the rest of administration, through Kafka's own client. */
final class AdminScenarios {
  private static final ConfigResource DATA = new ConfigResource(ConfigResource.Type.TOPIC, "data");
  private static final ConfigResource MISSING =
      new ConfigResource(ConfigResource.Type.TOPIC, "missing");

  private final Admin admin;
  private final Consumer<String> out;

  AdminScenarios(Admin admin, Consumer<String> out) {
    this.admin = admin;
    this.out = out;
  }

  void run() throws Exception {
    createTopics();
    partitions();
    configs();
    placement();
    security();
    deleteTopics();
  }

  private void say(String scenario, Callable<?> action) throws Exception {
    String result;
    try {
      Object value = action.call();
      result = value == null ? "NONE" : "NONE " + value;
    } catch (ExecutionException e) {
      result = Errors.forException(e.getCause()).name();
    }
    out.accept(scenario + ": " + result);
  }

  private static <T> T get(KafkaFuture<T> future) throws Exception {
    return future.get(20, TimeUnit.SECONDS);
  }

  private void create(String scenario, NewTopic topic) throws Exception {
    say(scenario, () -> get(admin.createTopics(List.of(topic)).all()));
  }

  private static NewTopic topic(String name, Integer partitions, Integer replicas) {
    return new NewTopic(
        name,
        Optional.ofNullable(partitions),
        Optional.ofNullable(replicas).map(Integer::shortValue));
  }

  private void createTopics() throws Exception {
    create("create data", topic("data", 3, null));
    create("create keyed", topic("keyed", 1, 1).configs(Map.of("cleanup.policy", "compact")));
    create("create again", topic("data", 3, null));
    create("create with an illegal name", topic("not legal", 1, 1));
    create("create with a name of two dots", topic("..", 1, 1));
    create("create without partitions", topic("t", 0, 1));
    create("create with fewer than no partitions", topic("t", -5, 1));
    create("create without replicas", topic("t", 1, 0));
    create("create with 3 replicas on one broker", topic("t", 1, 3));
    create("create with an unknown config", topic("t", 1, 1).configs(Map.of("no.such", "1")));
    create(
        "create with a bad config", topic("t", 1, 1).configs(Map.of("retention.ms", "for ever")));
    create(
        "create with a bad cleanup policy",
        topic("t", 1, 1).configs(Map.of("cleanup.policy", "sometimes")));
    Map<String, String> missingValue = new HashMap<>();
    missingValue.put("retention.ms", null);
    create("create with a null config", topic("t", 1, 1).configs(missingValue));
    create(
        "create with an assignment",
        new NewTopic("assigned", Map.of(0, List.of(0), 1, List.of(0))));
    create(
        "create with gaps in its assignment",
        new NewTopic("t", Map.of(0, List.of(0), 2, List.of(0))));
    say(
        "create for validation only",
        () ->
            get(
                admin
                    .createTopics(
                        List.of(topic("dry", 1, 1)), new CreateTopicsOptions().validateOnly(true))
                    .all()));
    say("what was validated is not there", () -> get(admin.listTopics().names()).contains("dry"));
  }

  private void partitions() throws Exception {
    say("more partitions", () -> more("keyed", NewPartitions.increaseTo(2)));
    say("as many partitions", () -> more("keyed", NewPartitions.increaseTo(2)));
    say("fewer partitions", () -> more("keyed", NewPartitions.increaseTo(1)));
    say("more partitions of nothing", () -> more("missing", NewPartitions.increaseTo(2)));
    say(
        "more partitions with a wrong assignment",
        () -> more("keyed", NewPartitions.increaseTo(4, List.of(List.of(0)))));
    say(
        "more partitions for validation only",
        () ->
            get(
                admin
                    .createPartitions(
                        Map.of("keyed", NewPartitions.increaseTo(9)),
                        new CreatePartitionsOptions().validateOnly(true))
                    .all()));
    say(
        "partitions now",
        () ->
            get(admin.describeTopics(List.of("keyed")).allTopicNames())
                .get("keyed")
                .partitions()
                .size());
    say("describe nothing", () -> get(admin.describeTopics(List.of("missing")).allTopicNames()));
  }

  private Void more(String topic, NewPartitions partitions) throws Exception {
    return get(admin.createPartitions(Map.of(topic, partitions)).all());
  }

  private void configs() throws Exception {
    say("configs of a topic", () -> describe(DATA));
    say("configs of nothing", () -> describe(MISSING));
    say(
        "names of a broker's configs",
        () -> {
          ConfigResource self = new ConfigResource(ConfigResource.Type.BROKER, "0");
          Config config = get(admin.describeConfigs(List.of(self)).all()).get(self);
          return config.entries().stream().map(ConfigEntry::name).sorted().toList();
        });
    say("set a config", () -> alter(DATA, "retention.ms", "5000", AlterConfigOp.OpType.SET));
    say("its value", () -> value("retention.ms"));
    say("delete a config", () -> alter(DATA, "retention.ms", "", AlterConfigOp.OpType.DELETE));
    say("its value", () -> value("retention.ms"));
    say("append", () -> alter(DATA, "cleanup.policy", "compact", AlterConfigOp.OpType.APPEND));
    say("subtract", () -> alter(DATA, "cleanup.policy", "compact", AlterConfigOp.OpType.SUBTRACT));
    say("its value", () -> value("cleanup.policy"));
    say("append to a number", () -> alter(DATA, "retention.ms", "1", AlterConfigOp.OpType.APPEND));
    say("set an unknown config", () -> alter(DATA, "no.such", "1", AlterConfigOp.OpType.SET));
    say("set a bad value", () -> alter(DATA, "retention.ms", "x", AlterConfigOp.OpType.SET));
    say("set of nothing", () -> alter(MISSING, "retention.ms", "1", AlterConfigOp.OpType.SET));
  }

  private String value(String name) throws Exception {
    return get(admin.describeConfigs(List.of(DATA)).all()).get(DATA).get(name).value();
  }

  private Collection<String> describe(ConfigResource resource) throws Exception {
    return get(admin.describeConfigs(List.of(resource)).all()).get(resource).entries().stream()
        .map(entry -> entry.name() + "=" + entry.value() + " " + entry.type())
        .sorted()
        .collect(Collectors.toList());
  }

  private Void alter(ConfigResource resource, String name, String value, AlterConfigOp.OpType type)
      throws Exception {
    return get(
        admin
            .incrementalAlterConfigs(
                Map.of(resource, List.of(new AlterConfigOp(new ConfigEntry(name, value), type))))
            .all());
  }

  private void placement() throws Exception {
    TopicPartition partition = new TopicPartition("data", 0);
    TopicPartition missing = new TopicPartition("missing", 0);
    say("elect", () -> get(admin.electLeaders(ElectionType.PREFERRED, Set.of(partition)).all()));
    say(
        "elect nothing",
        () -> get(admin.electLeaders(ElectionType.PREFERRED, Set.of(missing)).all()));
    say("reassignments", () -> get(admin.listPartitionReassignments().reassignments()));
    say(
        "cancel a reassignment",
        () -> get(admin.alterPartitionReassignments(Map.of(partition, Optional.empty())).all()));
    say(
        "reassign nothing",
        () ->
            get(
                admin
                    .alterPartitionReassignments(
                        Map.of(missing, Optional.of(new NewPartitionReassignment(List.of(0)))))
                    .all()));
    say(
        "directories of logs",
        () -> get(admin.describeLogDirs(List.of(0)).allDescriptions()).get(0).size());
    say("brokers", () -> get(admin.describeCluster().nodes()).size());
  }

  private void security() throws Exception {
    say("ACLs", () -> get(admin.describeAcls(AclBindingFilter.ANY).values()));
    say("delete ACLs", () -> get(admin.deleteAcls(List.of(AclBindingFilter.ANY)).all()));
    say("quotas", () -> get(admin.describeClientQuotas(ClientQuotaFilter.all()).entities()));
    say("users", () -> get(admin.describeUserScramCredentials().all()));
    say("an unknown user", () -> get(admin.describeUserScramCredentials(List.of("u")).all()));
    say("delegation tokens", () -> get(admin.describeDelegationToken().delegationTokens()));
  }

  private void deleteTopics() throws Exception {
    say("delete", () -> get(admin.deleteTopics(List.of("assigned")).all()));
    say("delete again", () -> get(admin.deleteTopics(List.of("assigned")).all()));
    say(
        "delete an unknown id",
        () -> get(admin.deleteTopics(TopicCollection.ofTopicIds(List.of(new Uuid(77, 77)))).all()));
    say("topics left", () -> get(admin.listTopics().names()).stream().sorted().toList());
  }
}

package dev.leat.ecosystem.lab;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/** Topics of a cluster, as Kafka's admin client makes and sees them. */
public final class Topics implements AutoCloseable {
  private static final int ANSWER_LIMIT_S = 60;

  private final Admin admin;

  /** Of the cluster at that address. */
  public Topics(String bootstrap) {
    admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
  }

  /** Creates topics of one size, with the replication that is the cluster's default. */
  public void create(int partitions, String... names) throws Exception {
    create(partitions, Map.of(), names);
  }

  /** Creates topics of one size and configuration. */
  public void create(int partitions, Map<String, String> configs, String... names)
      throws Exception {
    List<NewTopic> topics =
        Arrays.stream(names)
            .map(name -> new NewTopic(name, Optional.of(partitions), Optional.empty()))
            .map(topic -> topic.configs(configs))
            .toList();
    get(admin.createTopics(topics).all());
  }

  /** Names of all topics that no broker keeps for itself. */
  public Set<String> names() throws Exception {
    return get(admin.listTopics().names());
  }

  /** What a topic is. */
  public TopicDescription describe(String name) throws Exception {
    return get(admin.describeTopics(List.of(name)).allTopicNames()).get(name);
  }

  /** Configurations that a topic has of its own, by name. */
  public Map<String, String> configs(String name) throws Exception {
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, name);
    Map<String, String> configs = new TreeMap<>();
    for (ConfigEntry entry :
        get(admin.describeConfigs(List.of(topic)).all()).get(topic).entries()) {
      if (entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG) {
        configs.put(entry.name(), entry.value());
      }
    }
    return configs;
  }

  /** Gives a consumer, share or streams group a configuration of its own. */
  public void configureGroup(String group, String name, String value) throws Exception {
    get(
        admin
            .incrementalAlterConfigs(
                Map.of(
                    new ConfigResource(ConfigResource.Type.GROUP, group),
                    List.of(
                        new AlterConfigOp(
                            new ConfigEntry(name, value), AlterConfigOp.OpType.SET))))
            .all());
  }

  /** Sum of the first offsets of its partitions. */
  public long start(String name) throws Exception {
    Map<TopicPartition, OffsetSpec> asked =
        describe(name).partitions().stream()
            .collect(
                Collectors.toMap(
                    partition -> new TopicPartition(name, partition.partition()),
                    partition -> OffsetSpec.earliest()));
    return get(admin.listOffsets(asked).all()).values().stream()
        .mapToLong(ListOffsetsResult.ListOffsetsResultInfo::offset)
        .sum();
  }

  /** The client, for what is asked once. */
  public Admin admin() {
    return admin;
  }

  private static <T> T get(KafkaFuture<T> future)
      throws ExecutionException, InterruptedException, TimeoutException {
    return future.get(ANSWER_LIMIT_S, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    admin.close();
  }
}

package dev.leat.ecosystem.storm;

import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.storm.Config;
import org.apache.storm.LocalCluster;
import org.apache.storm.generated.StormTopology;
import org.apache.storm.kafka.bolt.KafkaBolt;
import org.apache.storm.kafka.bolt.mapper.FieldNameBasedTupleToKafkaMapper;
import org.apache.storm.kafka.bolt.selector.DefaultTopicSelector;
import org.apache.storm.kafka.spout.FirstPollOffsetStrategy;
import org.apache.storm.kafka.spout.KafkaSpout;
import org.apache.storm.kafka.spout.KafkaSpoutConfig;
import org.apache.storm.topology.TopologyBuilder;
import org.apache.storm.tuple.Fields;
import org.apache.storm.tuple.Values;

/**
 * Copies a topic to another one, in capitals, at least once: the spout commits what has been
 * written, and goes on from there. Arguments: bootstrap, source, target.
 */
public final class CopyTopology {
  private static final int MESSAGE_TIMEOUT_S = 15;
  private static final long COMMIT_MS = 500;

  private CopyTopology() {}

  /** Runs for ever, in a cluster of this process alone. */
  public static void main(String[] args) throws Exception {
    Config config = new Config();
    config.setMessageTimeoutSecs(MESSAGE_TIMEOUT_S);
    try (LocalCluster cluster = new LocalCluster()) {
      cluster.submitTopology("copy", config, topology(args[0], args[1], args[2]));
      new CountDownLatch(1).await();
    }
  }

  private static StormTopology topology(String bootstrap, String source, String target) {
    TopologyBuilder builder = new TopologyBuilder();
    builder.setSpout("lines", new KafkaSpout<>(spout(bootstrap, source)));
    builder.setBolt("capitals", bolt(bootstrap, target)).shuffleGrouping("lines");
    return builder.createTopology();
  }

  private static KafkaSpoutConfig<String, String> spout(String bootstrap, String topic) {
    return KafkaSpoutConfig.builder(bootstrap, topic)
        .setProp(ConsumerConfig.GROUP_ID_CONFIG, "storm")
        .setProcessingGuarantee(KafkaSpoutConfig.ProcessingGuarantee.AT_LEAST_ONCE)
        .setFirstPollOffsetStrategy(FirstPollOffsetStrategy.UNCOMMITTED_EARLIEST)
        .setOffsetCommitPeriodMs(COMMIT_MS)
        .setRecordTranslator(
            line -> new Values(line.key(), line.value().toUpperCase(Locale.ROOT)),
            new Fields("key", "message"))
        .build();
  }

  private static KafkaBolt<String, String> bolt(String bootstrap, String topic) {
    Properties properties = new Properties();
    properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
    properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class.getName());
    properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, StringSerializer.class.getName());
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    return new KafkaBolt<String, String>()
        .withProducerProperties(properties)
        .withTopicSelector(new DefaultTopicSelector(topic))
        .withTupleToKafkaMapper(new FieldNameBasedTupleToKafkaMapper<>("key", "message"));
  }
}

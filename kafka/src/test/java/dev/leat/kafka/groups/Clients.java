package dev.leat.kafka.groups;

import dev.leat.kafka.RunningBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Kafka's own clients, as the tests of groups use them. */
final class Clients {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final int DEADLINE_S = 40;

  private final RunningBroker broker;

  Clients(RunningBroker broker) {
    this.broker = broker;
  }

  void createTopic(String name, int partitions) throws Exception {
    try (Admin admin = broker.admin()) {
      admin
          .createTopics(List.of(new NewTopic(name, Optional.of(partitions), Optional.empty())))
          .all()
          .get(DEADLINE_S, TimeUnit.SECONDS);
    }
  }

  /** Sends values 0 to count - 1, round the partitions. */
  void produce(String topic, int partitions, int count) {
    Map<String, Object> config = Map.of("bootstrap.servers", broker.bootstrap());
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
      for (int i = 0; i < count; i++) {
        producer.send(new ProducerRecord<>(topic, i % partitions, null, Integer.toString(i)));
      }
    }
  }

  KafkaConsumer<String, String> consumer(String group, Map<String, Object> more) {
    Map<String, Object> config = new HashMap<>();
    config.put("bootstrap.servers", broker.bootstrap());
    config.put("group.id", group);
    config.put("auto.offset.reset", "earliest");
    config.put("enable.auto.commit", false);
    config.putAll(more);
    return new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
  }

  /** Polls all consumers in turn until the condition holds; returns the values that came. */
  @SafeVarargs
  static List<String> pollUntil(
      BooleanSupplier condition, KafkaConsumer<String, String>... consumers) {
    List<String> values = new ArrayList<>();
    long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_S);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > endNanos) {
        throw new AssertionError("not within " + DEADLINE_S + " s; came: " + values.size());
      }
      for (KafkaConsumer<String, String> consumer : consumers) {
        consumer.poll(POLL).forEach(record -> values.add(record.value()));
      }
    }
    return values;
  }

  /** Polls one consumer until that many values came. */
  static List<String> read(KafkaConsumer<String, String> consumer, int count) {
    List<String> values = new ArrayList<>();
    long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_S);
    while (values.size() < count) {
      if (System.nanoTime() > endNanos) {
        throw new AssertionError("only " + values.size() + " values within " + DEADLINE_S + " s");
      }
      consumer.poll(POLL).forEach(record -> values.add(record.value()));
    }
    return values;
  }
}

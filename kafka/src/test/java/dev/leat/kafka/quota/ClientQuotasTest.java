package dev.leat.kafka.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.kafka.RawClient;
import dev.leat.kafka.RunningBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.quota.ClientQuotaFilterComponent;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients over their quota are told to be silent, and not heard meanwhile. */
@Timeout(120)
class ClientQuotasTest {
  private static final int DEADLINE_S = 60;
  private static final int RECORDS = 200;
  private static final int VALUE_BYTES = 10_000;
  private static final TopicPartition DATA = new TopicPartition("data", 0);

  @TempDir private Path directory;
  private RunningBroker broker;
  private Admin admin;

  @BeforeEach
  void start() throws Exception {
    broker = new RunningBroker(directory);
    admin = broker.admin();
    admin
        .createTopics(List.of(new NewTopic("data", Optional.of(1), Optional.empty())))
        .all()
        .get(DEADLINE_S, TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() {
    admin.close();
    broker.close();
  }

  private static ClientQuotaEntity client(String id) {
    Map<String, String> entries = new HashMap<>();
    entries.put(ClientQuotaEntity.CLIENT_ID, id);
    return new ClientQuotaEntity(entries);
  }

  private void set(ClientQuotaEntity entity, String key, Double value) throws Exception {
    admin
        .alterClientQuotas(
            List.of(
                new ClientQuotaAlteration(
                    entity, List.of(new ClientQuotaAlteration.Op(key, value)))))
        .all()
        .get(DEADLINE_S, TimeUnit.SECONDS);
  }

  private Map<ClientQuotaEntity, Map<String, Double>> describe(ClientQuotaFilter filter)
      throws Exception {
    return admin.describeClientQuotas(filter).entities().get(DEADLINE_S, TimeUnit.SECONDS);
  }

  @Test
  void shouldShowWhatIsSet() throws Exception {
    set(client("greedy"), "producer_byte_rate", 1_000.0);
    set(client("greedy"), "request_percentage", 12.5);
    set(client(null), "consumer_byte_rate", 2_000.0);

    assertThat(describe(ClientQuotaFilter.all()))
        .isEqualTo(
            Map.of(
                client("greedy"), Map.of("producer_byte_rate", 1_000.0, "request_percentage", 12.5),
                client(null), Map.of("consumer_byte_rate", 2_000.0)));
    assertThat(
            describe(
                ClientQuotaFilter.containsOnly(
                    List.of(
                        ClientQuotaFilterComponent.ofDefaultEntity(ClientQuotaEntity.CLIENT_ID)))))
        .containsOnlyKeys(client(null));

    set(client("greedy"), "producer_byte_rate", null);
    set(client("greedy"), "request_percentage", null);
    assertThat(describe(ClientQuotaFilter.all())).containsOnlyKeys(client(null));
  }

  @Test
  void shouldKeepThemOverARestart() throws Exception {
    set(client("greedy"), "producer_byte_rate", 1_000.0);
    admin.close();
    broker.close();

    broker = new RunningBroker(directory);
    admin = broker.admin();

    assertThat(describe(ClientQuotaFilter.all()))
        .isEqualTo(Map.of(client("greedy"), Map.of("producer_byte_rate", 1_000.0)));
  }

  @Test
  void shouldRefuseWhatIsNoQuota() {
    assertRefused(client("a"), "no_such_rate", 1.0);
    assertRefused(client("a"), "producer_byte_rate", 0.5);
    assertRefused(client("a"), "producer_byte_rate", -1.0);
    assertRefused(client(""), "producer_byte_rate", 1.0);
    assertRefused(
        new ClientQuotaEntity(Map.of(ClientQuotaEntity.IP, "1.2.3.4")),
        "connection_creation_rate",
        1.0);
  }

  private void assertRefused(ClientQuotaEntity entity, String key, double value) {
    assertThatThrownBy(() -> set(entity, key, value))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(InvalidRequestException.class);
  }

  /** Sends about 2 MB; returns for how many milliseconds the client was told to be silent. */
  private double produce(String clientId) throws Exception {
    Map<String, Object> config =
        Map.of("bootstrap.servers", broker.bootstrap(), "client.id", clientId);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
      List<Future<?>> sent = new ArrayList<>();
      for (int i = 0; i < RECORDS; i++) {
        sent.add(producer.send(new ProducerRecord<>("data", 0, null, new byte[VALUE_BYTES])));
      }
      for (Future<?> each : sent) {
        each.get(DEADLINE_S, TimeUnit.SECONDS);
      }
      return metric(producer.metrics(), "produce-throttle-time-max");
    }
  }

  private static double metric(Map<MetricName, ? extends Metric> metrics, String name) {
    return metrics.entrySet().stream()
        .filter(entry -> entry.getKey().name().equals(name))
        .mapToDouble(entry -> (Double) entry.getValue().metricValue())
        .max()
        .orElseThrow();
  }

  private static long msSince(long startNanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
  }

  @Test
  void shouldSlowDownProducers() throws Exception {
    set(client("greedy"), "producer_byte_rate", 500_000.0);

    long start = System.nanoTime();
    assertThat(produce("greedy")).isPositive();
    // A second's worth is free, and after the last response nobody waits.
    assertThat(msSince(start)).isGreaterThan(2_000);

    assertThat(produce("modest")).isZero();
    assertThat(broker.metric("leat_throttle_seconds_count")).isPositive();
  }

  @Test
  void shouldSlowDownConsumers() throws Exception {
    produce("anybody");
    set(client("greedy"), "consumer_byte_rate", 500_000.0);
    Map<String, Object> config =
        Map.of(
            "bootstrap.servers", broker.bootstrap(),
            "client.id", "greedy",
            "auto.offset.reset", "earliest");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(DATA));
      long start = System.nanoTime();
      int read = 0;
      while (read < RECORDS) {
        read += consumer.poll(Duration.ofMillis(100)).count();
      }

      assertThat(msSince(start)).isGreaterThan(1_500);
      assertThat(metric(consumer.metrics(), "fetch-throttle-time-max")).isPositive();
    }
  }

  @Test
  void shouldNotHearWhoAsksTooMuch() throws Exception {
    set(client("raw"), "request_percentage", 0.01);
    try (RawClient client = new RawClient(broker.port())) {
      int throttleMs = 0;
      for (int i = 0; i < 100 && throttleMs < 50; i++) {
        throttleMs = askAll(client);
      }
      assertThat(throttleMs).isBetween(50, 1_000);

      long start = System.nanoTime();
      askAll(client);

      // Some of the time passes before the response is here.
      assertThat(msSince(start)).isGreaterThan(throttleMs / 2);
    }
  }

  private static int askAll(RawClient client) throws Exception {
    return client
        .ask(ApiKeys.METADATA, 9, new MetadataRequestData().setTopics(null))
        .throttleTimeMs();
  }
}

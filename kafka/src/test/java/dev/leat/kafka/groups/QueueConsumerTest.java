package dev.leat.kafka.groups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.client.AcknowledgeType;
import dev.leat.client.LeatClient;
import dev.leat.client.Position;
import dev.leat.client.Producer;
import dev.leat.client.ProducerRecord;
import dev.leat.client.QueueConfig;
import dev.leat.client.QueueConsumer;
import dev.leat.client.QueueRecord;
import dev.leat.client.SendCallback;
import dev.leat.client.TransactionalProducer;
import dev.leat.client.admin.GroupDescription;
import dev.leat.client.admin.TopicSpec;
import dev.leat.client.error.LeatException;
import dev.leat.kafka.RunningBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Queues by Leat's own client, alone and together with Kafka's share consumer. */
@Timeout(120)
class QueueConsumerTest {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int DEADLINE_S = 40;

  @TempDir private static Path directory;
  private static RunningBroker broker;
  private static LeatClient client;

  @BeforeAll
  static void start() throws Exception {
    broker = new RunningBroker(directory);
    client = LeatClient.connect("127.0.0.1:" + broker.grpcPort());
  }

  @AfterAll
  static void stop() {
    client.close();
    broker.close();
  }

  private static void create(String topic, int partitions) {
    client.admin().createTopic(TopicSpec.of(topic).withPartitions(partitions));
  }

  private static void send(String topic, int partitions, int from, int to) {
    try (Producer producer = client.producer()) {
      for (int i = from; i < to; i++) {
        producer.send(
            ProducerRecord.of(topic, Integer.toString(i)).withPartition(i % partitions),
            SendCallback.NONE);
      }
    }
  }

  private static QueueConfig config(String group, String topic) {
    return QueueConfig.of(group, topic).withStart(Position.earliest());
  }

  private static String text(QueueRecord record) {
    return Objects.requireNonNull(record.record().valueText());
  }

  private static String[] numbers(int from, int to) {
    return IntStream.range(from, to).mapToObj(String::valueOf).toArray(String[]::new);
  }

  private static void await(String what, BooleanSupplier condition) {
    long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_S);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("deadline for: %s", what).isLessThan(endNanos);
    }
  }

  /** Polls until so many records came. */
  private static List<QueueRecord> poll(QueueConsumer member, int count) {
    List<QueueRecord> records = new ArrayList<>();
    await(
        count + " records",
        () -> {
          records.addAll(member.poll(POLL));
          return records.size() >= count;
        });
    return records;
  }

  @Test
  void shouldHandOutEveryRecordOnceAndGoOnThere() {
    create("jobs", 3);
    send("jobs", 3, 0, 300);
    try (QueueConsumer member = client.queueConsumer(config("workers", "jobs"))) {
      List<QueueRecord> records = poll(member, 300);
      assertThat(records)
          .extracting(QueueConsumerTest::text)
          .containsExactlyInAnyOrder(numbers(0, 300));
      assertThat(records).extracting(QueueRecord::deliveryCount).containsOnly(1);
      records.forEach(member::acknowledge);
      member.commit();
      GroupDescription group = client.admin().describeGroup("workers");
      assertThat(group.listing().type()).isEqualTo("share");
      assertThat(group.members()).hasSize(1);
    }
    send("jobs", 3, 300, 310);

    try (QueueConsumer member = client.queueConsumer(config("workers", "jobs"))) {
      assertThat(poll(member, 10))
          .extracting(QueueConsumerTest::text)
          .containsExactlyInAnyOrder(numbers(300, 310));
    }
  }

  @Test
  void shouldHandOutAgainWhatIsReleasedAndNotWhatIsRejected() {
    create("retries", 1);
    send("retries", 1, 0, 4);
    try (QueueConsumer member = client.queueConsumer(config("retriers", "retries"))) {
      List<QueueRecord> records = poll(member, 4);
      member.acknowledge(records.get(0));
      member.acknowledge(records.get(1), AcknowledgeType.RELEASE);
      member.acknowledge(records.get(2), AcknowledgeType.REJECT);
      member.acknowledge(records.get(3), AcknowledgeType.RENEW);
      member.commit();

      List<QueueRecord> again = poll(member, 1);
      assertThat(again).extracting(QueueConsumerTest::text).containsExactly("1");
      assertThat(again.getFirst().deliveryCount()).isEqualTo(2);
      member.acknowledge(again.getFirst());
      member.acknowledge(records.get(3));
      member.commit();
      assertThat(member.poll(Duration.ofSeconds(2))).isEmpty();
      assertThatThrownBy(() -> member.acknowledge(records.get(0)))
          .isInstanceOf(LeatException.class);
    }
  }

  /** More members than partitions; the records of one that is gone go to the other at once. */
  @Test
  void shouldGiveToOthersWhatAMemberHasLeft() {
    create("left", 1);
    send("left", 1, 0, 10);
    QueueConsumer gone = client.queueConsumer(config("leavers", "left").withMaxRecords(5));
    List<QueueRecord> first = poll(gone, 5);
    try (QueueConsumer stays = client.queueConsumer(config("leavers", "left"))) {
      List<QueueRecord> second = poll(stays, 5);
      gone.acknowledge(first.getFirst());
      gone.close();

      List<QueueRecord> third = poll(stays, 4);

      assertThat(second)
          .extracting(QueueConsumerTest::text)
          .containsExactlyInAnyOrder(numbers(5, 10));
      assertThat(third)
          .extracting(QueueConsumerTest::text)
          .containsExactlyInAnyOrder(numbers(1, 5));
      // What is given back may be on its way to the one that leaves once more.
      assertThat(third).allMatch(record -> record.deliveryCount() >= 2);
    }
  }

  @Test
  void shouldPassOverMarkersOfTransactions() {
    create("marked", 1);
    try (TransactionalProducer producer = client.transactionalProducer("marker");
        QueueConsumer member = client.queueConsumer(config("readers", "marked"))) {
      for (int i = 0; i < 20; i++) {
        producer.begin();
        producer.send(ProducerRecord.of("marked", Integer.toString(i)), SendCallback.NONE);
        producer.commit();
      }
      List<QueueRecord> records = new ArrayList<>();
      await(
          "all records",
          () -> {
            List<QueueRecord> some = member.poll(POLL);
            some.forEach(member::acknowledge);
            records.addAll(some);
            return records.size() >= 20;
          });

      assertThat(records).extracting(QueueConsumerTest::text).containsExactly(numbers(0, 20));
    }
  }

  @Test
  void shouldHandOutOnlyWhatIsCommittedIfTheGroupSaysSo() throws Exception {
    create("bills", 1);
    try (Admin admin = broker.admin()) {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.GROUP, "auditors"),
                  List.of(
                      new AlterConfigOp(
                          new ConfigEntry("share.isolation.level", "read_committed"),
                          AlterConfigOp.OpType.SET))))
          .all()
          .get(DEADLINE_S, TimeUnit.SECONDS);
    }
    try (TransactionalProducer producer = client.transactionalProducer("biller")) {
      for (int i = 0; i < 20; i++) {
        producer.begin();
        producer.send(ProducerRecord.of("bills", Integer.toString(i)), SendCallback.NONE);
        if (i % 2 == 0) {
          producer.commit();
        } else {
          producer.flush();
          producer.abort();
        }
      }
      producer.begin();
      producer.send(ProducerRecord.of("bills", "open"), SendCallback.NONE);
      producer.flush();
      try (QueueConsumer auditor = client.queueConsumer(config("auditors", "bills"));
          QueueConsumer other = client.queueConsumer(config("others", "bills"))) {
        List<QueueRecord> committed = poll(auditor, 10);

        assertThat(committed).extracting(QueueConsumerTest::text).containsExactly(evenNumbers());
        assertThat(poll(other, 21)).hasSize(21);
        committed.forEach(auditor::acknowledge);
        producer.commit();
        assertThat(poll(auditor, 1)).extracting(QueueConsumerTest::text).containsExactly("open");
      }
    }
  }

  private static String[] evenNumbers() {
    return IntStream.range(0, 10).mapToObj(i -> Integer.toString(2 * i)).toArray(String[]::new);
  }

  @Test
  void shouldShareAGroupWithKafkasShareConsumer() {
    create("mixed", 2);
    List<String> ofKafka = new ArrayList<>();
    List<String> ofLeat = new ArrayList<>();
    try (QueueConsumer member = client.queueConsumer(config("mixers", "mixed").withMaxRecords(10));
        KafkaShareConsumer<String, String> kafka =
            new KafkaShareConsumer<>(
                Map.of(
                    "bootstrap.servers", broker.bootstrap(),
                    "group.id", "mixers",
                    "max.poll.records", "10"),
                new StringDeserializer(),
                new StringDeserializer())) {
      kafka.subscribe(List.of("mixed"));
      await(
          "both are members",
          () -> {
            kafka.poll(POLL);
            member.poll(POLL);
            return client.admin().describeGroup("mixers").members().size() == 2;
          });
      int[] sent = {0};
      await(
          "both have got something",
          () -> {
            send("mixed", 2, sent[0], sent[0] + 40);
            sent[0] += 40;
            kafka.poll(POLL).forEach(record -> ofKafka.add(record.value()));
            member
                .poll(POLL)
                .forEach(
                    record -> {
                      ofLeat.add(text(record));
                      member.acknowledge(record);
                    });
            return !ofKafka.isEmpty() && !ofLeat.isEmpty();
          });
      await(
          "all is handed out",
          () -> {
            kafka.poll(POLL).forEach(record -> ofKafka.add(record.value()));
            member
                .poll(POLL)
                .forEach(
                    record -> {
                      ofLeat.add(text(record));
                      member.acknowledge(record);
                    });
            return ofKafka.size() + ofLeat.size() >= sent[0];
          });

      List<String> all = new ArrayList<>(ofKafka);
      all.addAll(ofLeat);
      assertThat(all).containsExactlyInAnyOrder(numbers(0, sent[0]));
    }
  }
}

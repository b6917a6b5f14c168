package dev.leat.kafka.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.kafka.RunningBroker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A producer that begins its next transaction at once, with several small requests under way, while
 * the last one is still being carried out: none of its batches overtakes another.
 */
@Timeout(120)
class PipelinedTransactionsTest {
  private static final int TRANSACTIONS = 150;
  private static final int RECORDS = 20;
  private static final int PARTITIONS = 3;

  /** Room for one record or two: so that there are many requests. */
  private static final int BATCH_BYTES = 100;

  @TempDir private Path directory;

  @Test
  void shouldKeepBatchesInOrder() throws Exception {
    try (RunningBroker broker = new RunningBroker(directory);
        Admin admin = broker.admin();
        KafkaProducer<String, String> producer = producer(broker)) {
      admin.createTopics(List.of(new NewTopic("orders", PARTITIONS, (short) 1))).all().get();
      producer.initTransactions();
      List<Long> offsets = new ArrayList<>();

      for (int i = 0; i < TRANSACTIONS; i++) {
        producer.beginTransaction();
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int j = 0; j < RECORDS; j++) {
          sent.add(producer.send(new ProducerRecord<>("orders", 0, null, "order " + j)));
          producer.send(new ProducerRecord<>("orders", 1 + j % (PARTITIONS - 1), null, "copy"));
        }
        producer.commitTransaction();
        for (Future<RecordMetadata> each : sent) {
          offsets.add(each.get().offset());
        }
      }

      assertThat(offsets).hasSize(TRANSACTIONS * RECORDS).isSorted().doesNotHaveDuplicates();
    }
  }

  private static KafkaProducer<String, String> producer(RunningBroker broker) {
    return new KafkaProducer<>(
        Map.of(
            "bootstrap.servers",
            broker.bootstrap(),
            "transactional.id",
            "shop",
            "batch.size",
            BATCH_BYTES,
            "linger.ms",
            0),
        new StringSerializer(),
        new StringSerializer());
  }
}

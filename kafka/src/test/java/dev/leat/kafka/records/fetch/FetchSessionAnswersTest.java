package dev.leat.kafka.records.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.kafka.RawClient;
import dev.leat.kafka.RunningBroker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the answers of a fetch session name is part of it, whatever was added, forgotten, deleted or
 * made again before. (A Kafka consumer that is closed while a request is under way says all the
 * same that the answer had {@code extraIds}: it has forgotten the session already.)
 */
@Timeout(120)
class FetchSessionAnswersTest {
  private static final long SEED = 7;
  private static final int STEPS = 400;
  private static final int PARTITIONS = 3;
  private static final int LIMIT_S = 30;
  private static final int VERSION = 17;
  private static final List<String> NAMES = List.of("orders", "bills", "clicks");

  @TempDir private Path directory;

  /** What a client may name. */
  private record Slot(Uuid topic, int partition) {}

  private final Random random = new Random(SEED);
  private final Set<Slot> session = new HashSet<>();

  @Test
  void shouldNameNothingElse() throws Exception {
    try (RunningBroker broker = new RunningBroker(directory);
        Admin admin = broker.admin();
        RawClient client = new RawClient(broker.port());
        KafkaProducer<String, String> producer =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrap()),
                new StringSerializer(),
                new StringSerializer())) {
      List<Uuid> ids = new ArrayList<>();
      for (String name : NAMES) {
        ids.add(create(admin, name));
        producer.send(new ProducerRecord<>(name, 0, null, "first")).get();
      }
      Slot first = new Slot(ids.getFirst(), 0);
      session.add(first);
      int id = ask(client, request(0, 0, List.of(first), List.of())).sessionId();
      assertThat(id).isPositive();

      for (int step = 1; step <= STEPS; step++) {
        if (random.nextInt(50) == 0) {
          int gone = random.nextInt(1, NAMES.size());
          admin.deleteTopics(List.of(NAMES.get(gone))).all().get(LIMIT_S, TimeUnit.SECONDS);
          ids.set(gone, create(admin, NAMES.get(gone)));
        }
        producer.send(
            new ProducerRecord<>(NAMES.getFirst(), random.nextInt(PARTITIONS), null, "more"));
        List<Slot> forgotten =
            session.stream().filter(slot -> !slot.equals(first) && random.nextInt(3) == 0).toList();
        List<Slot> added = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
          added.add(new Slot(ids.get(random.nextInt(NAMES.size())), random.nextInt(PARTITIONS)));
        }
        added.removeAll(forgotten);
        forgotten.forEach(session::remove);
        session.addAll(added);

        Set<Slot> named = named(ask(client, request(id, step, added, forgotten)));

        assertThat(session).as("step " + step).containsAll(named);
      }
    }
  }

  private static Uuid create(Admin admin, String name) throws Exception {
    return admin
        .createTopics(List.of(new NewTopic(name, PARTITIONS, (short) 1)))
        .topicId(name)
        .get(LIMIT_S, TimeUnit.SECONDS);
  }

  private static FetchRequestData request(
      int session, int epoch, List<Slot> added, List<Slot> forgotten) {
    FetchRequestData request =
        new FetchRequestData()
            .setMaxWaitMs(5)
            .setMinBytes(1)
            .setMaxBytes(1 << 20)
            .setSessionId(session)
            .setSessionEpoch(epoch);
    for (Slot slot : added) {
      request
          .topics()
          .add(
              new FetchTopic()
                  .setTopicId(slot.topic())
                  .setPartitions(
                      List.of(
                          new FetchPartition()
                              .setPartition(slot.partition())
                              .setPartitionMaxBytes(1 << 16))));
    }
    for (Slot slot : forgotten) {
      request
          .forgottenTopicsData()
          .add(
              new ForgottenTopic()
                  .setTopicId(slot.topic())
                  .setPartitions(List.of(slot.partition())));
    }
    return request;
  }

  private static FetchResponseData ask(RawClient client, FetchRequestData request)
      throws Exception {
    FetchResponse response = (FetchResponse) client.ask(ApiKeys.FETCH, VERSION, request);
    assertThat(response.error()).isEqualTo(Errors.NONE);
    return response.data();
  }

  private static Set<Slot> named(FetchResponseData response) {
    Set<Slot> named = new HashSet<>();
    response
        .responses()
        .forEach(
            topic ->
                topic
                    .partitions()
                    .forEach(
                        partition ->
                            named.add(new Slot(topic.topicId(), partition.partitionIndex()))));
    return named;
  }
}

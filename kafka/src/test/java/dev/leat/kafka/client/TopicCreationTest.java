package dev.leat.kafka.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.broker.server.KafkaConfig;
import dev.leat.kafka.RawClient;
import dev.leat.kafka.RunningBroker;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.MetadataResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Topics that Kafka's clients create, by wish or by asking for them. */
@Timeout(60)
class TopicCreationTest {
  private static final int DEADLINE_S = 30;

  @TempDir private Path directory;

  private static Errors ask(RunningBroker broker, String topic, boolean mayCreate)
      throws Exception {
    MetadataRequestData request =
        new MetadataRequestData()
            .setTopics(List.of(new MetadataRequestTopic().setName(topic)))
            .setAllowAutoTopicCreation(mayCreate);
    try (RawClient client = new RawClient(broker.port())) {
      MetadataResponse response = (MetadataResponse) client.ask(ApiKeys.METADATA, 12, request);
      return response.errors().getOrDefault(topic, Errors.NONE);
    }
  }

  private static Set<String> topics(RunningBroker broker) throws Exception {
    try (Admin admin = broker.admin()) {
      return admin.listTopics().names().get(DEADLINE_S, TimeUnit.SECONDS);
    }
  }

  @Test
  void shouldCreateNothingThatIsOnlyAskedFor() throws Exception {
    try (RunningBroker broker = new RunningBroker(directory)) {
      assertThat(ask(broker, "asked", true)).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
      assertThat(topics(broker)).isEmpty();
    }
  }

  @Test
  void shouldCreateWhatIsAskedForIfThatIsSwitchedOn() throws Exception {
    try (RunningBroker broker = new RunningBroker(directory, new KafkaConfig(0, true))) {
      assertThat(ask(broker, "unwanted", false)).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
      assertThat(ask(broker, "not/legal", true)).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);

      long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_S);
      while (ask(broker, "asked", true) != Errors.NONE) {
        assertThat(System.nanoTime()).as("it is created in time").isLessThan(endNanos);
      }

      assertThat(topics(broker)).containsExactly("asked");
    }
  }

  @ParameterizedTest
  @ValueSource(shorts = {2, 4, 6, 7})
  void shouldSayWhichNumbersOfReplicasArePossible(short replicas) throws Exception {
    try (RunningBroker broker = new RunningBroker(directory);
        Admin admin = broker.admin()) {
      assertThatThrownBy(
              () ->
                  admin
                      .createTopics(List.of(new NewTopic("orders", 1, replicas)))
                      .all()
                      .get(DEADLINE_S, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .cause()
          .isInstanceOf(InvalidReplicationFactorException.class)
          .hasMessageContaining("allowed is 1, 3 or 5");
    }
  }
}

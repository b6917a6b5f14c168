package dev.leat.kafka.groups;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.kafka.RunningBroker;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Groups outlive the broker. */
@Timeout(120)
class GroupRestartTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"classic", "consumer"})
  void shouldKeepGroupsAndOffsets(String protocol) throws Exception {
    Map<String, Object> config = Map.of("group.protocol", protocol);
    try (RunningBroker broker = new RunningBroker(directory)) {
      Clients clients = new Clients(broker);
      clients.createTopic("kept", 2);
      clients.produce("kept", 2, 10);
      try (KafkaConsumer<String, String> consumer = clients.consumer("keepers", config)) {
        consumer.subscribe(List.of("kept"));
        Clients.read(consumer, 10);
        consumer.commitSync();
      }
    }

    try (RunningBroker broker = new RunningBroker(directory)) {
      Clients clients = new Clients(broker);
      try (Admin admin = broker.admin()) {
        assertThat(ConsumerGroupTest.offsets(admin, "keepers"))
            .containsEntry(new TopicPartition("kept", 0), 5L)
            .containsEntry(new TopicPartition("kept", 1), 5L);
      }
      clients.produce("kept", 2, 2);
      try (KafkaConsumer<String, String> consumer = clients.consumer("keepers", config)) {
        consumer.subscribe(List.of("kept"));
        assertThat(Clients.read(consumer, 2)).containsExactlyInAnyOrder("0", "1");
      }
    }
  }
}

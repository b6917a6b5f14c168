package dev.leat.kafka.groups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.kafka.RunningBroker;
import dev.leat.kafka.RunningCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListConfigResourcesOptions;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Groups have configurations of their own, which stay. */
@Timeout(120)
class GroupConfigTest {
  private static final int DEADLINE_S = 40;
  private static final String SESSION_TIMEOUT = "consumer.session.timeout.ms";
  private static final String AUTO_OFFSET_RESET = "share.auto.offset.reset";

  @TempDir private Path directory;

  private static ConfigResource group(String name) {
    return new ConfigResource(ConfigResource.Type.GROUP, name);
  }

  private static void alter(
      Admin admin, String group, String name, String value, OpType type, boolean dryRun)
      throws Exception {
    admin
        .incrementalAlterConfigs(
            Map.of(group(group), List.of(new AlterConfigOp(new ConfigEntry(name, value), type))),
            new AlterConfigsOptions().validateOnly(dryRun))
        .all()
        .get(DEADLINE_S, TimeUnit.SECONDS);
  }

  private static void set(Admin admin, String group, String name, String value) throws Exception {
    alter(admin, group, name, value, OpType.SET, false);
  }

  private static ConfigEntry describe(Admin admin, String group, String name) throws Exception {
    Config config =
        admin
            .describeConfigs(Set.of(group(group)))
            .all()
            .get(DEADLINE_S, TimeUnit.SECONDS)
            .get(group(group));
    return Objects.requireNonNull(config.get(name), name);
  }

  @Test
  void shouldShowWhatIsSetAndWhatHoldsElse() throws Exception {
    try (RunningBroker broker = new RunningBroker(directory);
        Admin admin = broker.admin()) {
      assertThat(describe(admin, "shop", SESSION_TIMEOUT).value()).isEqualTo("45000");
      assertThat(describe(admin, "shop", SESSION_TIMEOUT).isDefault()).isTrue();

      set(admin, "shop", SESSION_TIMEOUT, "50000");
      alter(admin, "web", SESSION_TIMEOUT, "50000", OpType.SET, true);

      ConfigEntry now = describe(admin, "shop", SESSION_TIMEOUT);
      assertThat(now.value()).isEqualTo("50000");
      assertThat(now.source()).isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_GROUP_CONFIG);
      assertThat(describe(admin, "web", SESSION_TIMEOUT).isDefault()).isTrue();
      assertThat(
              admin
                  .listConfigResources(
                      Set.of(ConfigResource.Type.GROUP), new ListConfigResourcesOptions())
                  .all()
                  .get(DEADLINE_S, TimeUnit.SECONDS))
          .containsExactly(group("shop"));

      alter(admin, "shop", SESSION_TIMEOUT, "", OpType.DELETE, false);
      assertThat(describe(admin, "shop", SESSION_TIMEOUT).isDefault()).isTrue();
    }
  }

  @Test
  void shouldRefuseWhatNoGroupMayHave() throws Exception {
    try (RunningBroker broker = new RunningBroker(directory);
        Admin admin = broker.admin()) {
      assertRefused(admin, "no.such", "1", InvalidConfigurationException.class);
      assertRefused(admin, SESSION_TIMEOUT, "soon", InvalidConfigurationException.class);
      assertRefused(admin, SESSION_TIMEOUT, "1", InvalidConfigurationException.class);
      assertThatThrownBy(() -> set(admin, "", SESSION_TIMEOUT, "50000"))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(InvalidRequestException.class);
    }
  }

  private static void assertRefused(
      Admin admin, String name, String value, Class<? extends Throwable> error) {
    assertThatThrownBy(() -> set(admin, "shop", name, value))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(error);
  }

  @Test
  void shouldDoWhatItIsConfiguredToEvenAfterARestart() throws Exception {
    try (RunningBroker broker = new RunningBroker(directory);
        Admin admin = broker.admin()) {
      Clients clients = new Clients(broker);
      clients.createTopic("jobs", 1);
      clients.produce("jobs", 1, 10);
      set(admin, "now", AUTO_OFFSET_RESET, "earliest");
      set(admin, "later", AUTO_OFFSET_RESET, "earliest");

      assertThat(read(broker, "now", 10)).isEqualTo(range(10));
    }

    try (RunningBroker broker = new RunningBroker(directory);
        Admin admin = broker.admin()) {
      assertThat(describe(admin, "later", AUTO_OFFSET_RESET).value()).isEqualTo("earliest");
      assertThat(read(broker, "later", 10)).isEqualTo(range(10));
    }
  }

  private static List<String> range(int end) {
    return IntStream.range(0, end).mapToObj(String::valueOf).toList();
  }

  /** Share groups begin at the end, unless they are told otherwise. */
  private static List<String> read(RunningBroker broker, String group, int count) {
    List<String> read = new ArrayList<>();
    Map<String, Object> config = Map.of("bootstrap.servers", broker.bootstrap(), "group.id", group);
    try (KafkaShareConsumer<String, String> consumer =
        new KafkaShareConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
      consumer.subscribe(List.of("jobs"));
      long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_S);
      while (read.size() < count && System.nanoTime() < endNanos) {
        consumer.poll(Duration.ofMillis(200)).forEach(record -> read.add(record.value()));
      }
    }
    return read;
  }

  @Test
  void shouldBeKnownToAllBrokers() throws Exception {
    try (RunningCluster cluster = new RunningCluster(directory, 3, (id, usual) -> usual)) {
      try (Admin admin = cluster.admin()) {
        set(admin, "shop", "streams.num.standby.replicas", "1");
      }
      for (int id = 0; id < 3; id++) {
        String one = "127.0.0.1:" + cluster.broker(id).kafkaPort();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", one))) {
          RunningCluster.await(
              "broker " + one + " knows",
              () -> {
                try {
                  return describe(admin, "shop", "streams.num.standby.replicas")
                      .value()
                      .equals("1");
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              });
        }
      }
    }
  }
}

package dev.leat.broker.server.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.leat.broker.control.WatchEvent;
import dev.leat.broker.runtime.view.AddressBook;
import dev.leat.broker.server.BrokerConfig;
import dev.leat.broker.server.ExternalListener;
import dev.leat.broker.server.KafkaConfig;
import dev.leat.broker.server.ListenerLimits;
import dev.leat.crds.Cluster;
import dev.leat.crds.ClusterSpec;
import dev.leat.crds.ClusterStatus;
import dev.leat.crds.Kind;
import dev.leat.crds.ResourceName;
import dev.leat.crds.Topic;
import dev.leat.crds.TopicSpec;
import dev.leat.crds.value.ClusterRef;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class PodSettingsTest {
  private static final String FILE =
      """
      cluster=main
      namespace=leat
      brokers=3
      groups=64
      directory=/var/lib/leat/broker
      grpc.port=9190
      http.port=9490
      segment.bytes=67108864
      host=main-{broker}.main-brokers.leat.svc
      topic.namespaces=shop,web
      """;

  @Test
  void shouldTakeTheBrokersNumberFromThePodAndKnowTheOthers() throws IOException {
    BrokerConfig config =
        PodSettings.of(file(FILE), new PodSettings.Pod("main-2", "zone-a", "10.88.1.7"))
            .brokerConfig();

    assertThat(config.brokerId()).isEqualTo(2);
    assertThat(config.place()).isEqualTo(new BrokerConfig.Place("zone-a", "10.88.1.7", ""));
    assertThat(config.advertisedHost()).isEqualTo("main-2.main-brokers.leat.svc");
    assertThat(config.seeds())
        .containsOnlyKeys(0, 1)
        .containsEntry(0, "main-0.main-brokers.leat.svc:9190");
  }

  @Test
  void shouldTellOtherBrokersAnAddressThatNeedsNoNameService() throws IOException {
    PodSettings.Pod pod =
        PodSettings.Pod.of(Map.of("POD_NAME", "main-0", "POD_ZONE", "", "POD_IP", "fd00::7"));

    PodSettings settings = PodSettings.of(file(FILE), pod);

    assertThat(settings.brokerConfig().place().peerHost()).isEqualTo("[fd00::7]");
    assertThat(settings.claim()).isEqualTo(new ResourceName("leat", "data-main-0"));
  }

  @Test
  void shouldBoundConnectionsAsTold() throws IOException {
    BrokerConfig usual = PodSettings.of(file(FILE), pod("main-0")).brokerConfig();
    BrokerConfig told =
        PodSettings.of(
                file(
                    FILE
                        + """
                        max.connections=100
                        max.connections.per.address=10
                        connections.max.idle.ms=5000
                        """),
                pod("main-0"))
            .brokerConfig();

    assertThat(usual.limits()).isEqualTo(ListenerLimits.DEFAULT);
    assertThat(told.limits()).isEqualTo(new ListenerLimits(100, 10, 5_000));
  }

  @Test
  void shouldHoldAsMuchForClientsAsTold() throws IOException {
    BrokerConfig.MemoryLimits usual =
        BrokerConfig.MemoryLimits.ofHeap(Runtime.getRuntime().maxMemory());
    String told = "max.request.bytes=16777216\nmax.response.bytes=8388608\n";

    assertThat(PodSettings.of(file(FILE), pod("main-0")).brokerConfig().memory()).isEqualTo(usual);
    assertThat(PodSettings.of(file(FILE + told), pod("main-0")).brokerConfig().memory())
        .isEqualTo(new BrokerConfig.MemoryLimits(16 << 20, 8 << 20, usual.peerBytes()));
    assertThatThrownBy(() -> PodSettings.of(file(FILE + "max.request.bytes=much\n"), pod("main-0")))
        .hasMessage("max.request.bytes is 'much': a number of bytes is needed");
  }

  @Test
  void shouldListenToKafkaClientsOnlyIfTold() throws IOException {
    BrokerConfig without = PodSettings.of(file(FILE), pod("main-0")).brokerConfig();
    BrokerConfig with =
        PodSettings.of(file(FILE + "kafka.port=9092\n"), pod("main-0")).brokerConfig();

    assertThat(without.kafka()).isEqualTo(KafkaConfig.NONE);
    assertThat(with.kafka()).isEqualTo(KafkaConfig.onPort(9092));
  }

  @Test
  void shouldKnowItsListenersForClientsOutside() throws IOException {
    String listeners =
        """
        listener.cloud.grpc.port=9192
        listener.out.side.grpc.port=9191
        listener.out.side.kafka.port=9093
        """;

    BrokerConfig config = PodSettings.of(file(FILE + listeners), pod("main-0")).brokerConfig();

    assertThat(config.external())
        .extracting(ExternalListener::name, ExternalListener::grpcPort, ExternalListener::kafka)
        .containsExactly(
            tuple("cloud", 9192, KafkaConfig.NONE),
            tuple("out.side", 9191, KafkaConfig.onPort(9093)));
  }

  @Test
  void shouldTellClientsOutsideWhatTheStatusOfTheirClusterSays() throws IOException {
    PodSettings settings =
        PodSettings.of(file(FILE + "listener.outside.grpc.port=9191\n"), pod("main-0"));
    OutsideAddresses watch = new OutsideAddresses(settings.cluster(), settings.external());
    AddressBook book = settings.external().getFirst().addresses();
    List<String> changes = new ArrayList<>();
    book.subscribe(() -> changes.add("changed"));

    watch.onEvent(new WatchEvent.Changed<>(cluster("other", "10.0.0.9:1")));
    watch.onEvent(new WatchEvent.Changed<>(cluster("main", "10.0.0.1:30001")));
    watch.onEvent(
        new WatchEvent.Snapshot<>(Kind.CLUSTER, List.of(cluster("main", "10.0.0.1:30001"))));

    assertThat(changes).hasSize(1);
  }

  private static Cluster cluster(String name, String address) {
    ClusterStatus.Bootstrap bootstrap =
        new ClusterStatus.Bootstrap(
            "outside",
            address,
            Optional.empty(),
            List.of(new ClusterStatus.Advertised(0, address, Optional.empty())));
    return Cluster.of(new ResourceName("leat", name), ClusterSpec.ofBrokers(1))
        .withStatus(
            new ClusterStatus(
                1, 1, 1, 1, Optional.empty(), Optional.empty(), List.of(bootstrap), List.of()));
  }

  @Test
  void shouldNameWhatIsMissingOrWrong() throws IOException {
    Properties incomplete = file(FILE.replace("groups=64\n", ""));
    Properties wrong = file(FILE.replace("groups=64", "groups=many"));

    assertThatThrownBy(() -> PodSettings.of(incomplete, pod("main-0")))
        .hasMessage("groups is missing in the broker's configuration");
    assertThatThrownBy(() -> PodSettings.of(wrong, pod("main-0")))
        .hasMessage("groups is 'many': a whole number is needed");
    assertThatThrownBy(() -> PodSettings.of(file(FILE), pod("main")))
        .hasMessageContaining("POD_NAME is 'main'");
  }

  @Test
  void shouldHoldTopicsThatNameItsClusterFromNamespacesThatMay() throws IOException {
    PodSettings settings = PodSettings.of(file(FILE), pod("main-0"));

    assertThat(PodBroker.holds(settings, topic("shop", "leat/main"))).isTrue();
    assertThat(PodBroker.holds(settings, topic("leat", "main"))).isTrue();
    assertThat(PodBroker.holds(settings, topic("leat", null))).isTrue();
    assertThat(PodBroker.holds(settings, topic("shop", null))).isFalse();
    assertThat(PodBroker.holds(settings, topic("shop", "main"))).isFalse();
    assertThat(PodBroker.holds(settings, topic("shop", "leat/other"))).isFalse();
    assertThat(PodBroker.holds(settings, topic("art", "leat/main"))).isFalse();
  }

  private static Topic topic(String namespace, String cluster) {
    return Topic.of(
        new ResourceName(namespace, "click"),
        TopicSpec.DEFAULT.withCluster(Optional.ofNullable(cluster).map(ClusterRef::parse)));
  }

  private static PodSettings.Pod pod(String name) {
    return new PodSettings.Pod(name, "", "");
  }

  private static Properties file(String text) throws IOException {
    Properties properties = new Properties();
    properties.load(new StringReader(text));
    return properties;
  }
}

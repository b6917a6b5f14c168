package dev.leat.kafka.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.runtime.view.AddressBook;
import dev.leat.broker.server.ExternalListener;
import dev.leat.broker.server.KafkaConfig;
import dev.leat.kafka.RawClient;
import dev.leat.kafka.RunningCluster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.DescribeClusterResponse;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.FindCoordinatorResponse;
import org.apache.kafka.common.requests.MetadataResponse;
import org.apache.kafka.common.requests.ProduceResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients are told the addresses of the listener by which they came, whatever they ask. */
@Timeout(120)
class ListenerAddressTest {
  private static final int BROKERS = 3;
  private static final int DEADLINE_S = 60;
  private static final Set<String> OUTSIDE =
      IntStream.range(0, BROKERS)
          .mapToObj(ListenerAddressTest::outside)
          .collect(Collectors.toSet());

  @TempDir private static Path directory;
  private static final Map<Integer, Integer> PORTS = new HashMap<>();
  private static RunningCluster cluster;
  private static TopicDescription topic;

  private static String outside(int broker) {
    return "outside-" + broker + ":" + (20_000 + broker);
  }

  @BeforeAll
  static void start() throws Exception {
    AddressBook addresses = new AddressBook();
    addresses.set(
        IntStream.range(0, BROKERS)
            .boxed()
            .collect(
                Collectors.toMap(
                    id -> id,
                    id -> new AddressBook.Address("outside-" + id, 10_000 + id, outside(id)))));
    for (int id = 0; id < BROKERS; id++) {
      PORTS.put(id, freePort());
    }
    cluster =
        new RunningCluster(
            directory,
            BROKERS,
            (id, usual) ->
                usual.withExternal(
                    List.of(
                        new ExternalListener(
                            "outside", 0, KafkaConfig.onPort(PORTS.get(id)), addresses))));
    try (Admin admin = cluster.admin()) {
      admin
          .createTopics(List.of(new NewTopic("orders", Optional.of(1), Optional.of((short) 3))))
          .all()
          .get(DEADLINE_S, TimeUnit.SECONDS);
      topic =
          admin
              .describeTopics(List.of("orders"))
              .allTopicNames()
              .get(DEADLINE_S, TimeUnit.SECONDS)
              .get("orders");
    }
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }

  private static int leader() {
    return topic.partitions().getFirst().leader().id();
  }

  private static RawClient from(int broker) throws IOException {
    return new RawClient(PORTS.get(broker));
  }

  @Test
  void shouldTellThemInMetadata() throws Exception {
    try (RawClient client = from(0)) {
      MetadataResponse response =
          (MetadataResponse)
              client.ask(ApiKeys.METADATA, 9, new MetadataRequestData().setTopics(null));

      assertThat(response.brokers().stream().map(node -> node.host() + ":" + node.port()))
          .containsExactlyInAnyOrderElementsOf(OUTSIDE);
      assertThat(response.controller().host()).startsWith("outside-");
    }
  }

  @Test
  void shouldTellThemInDescribeCluster() throws Exception {
    try (RawClient client = from(1)) {
      DescribeClusterResponse response =
          (DescribeClusterResponse)
              client.ask(ApiKeys.DESCRIBE_CLUSTER, 1, new DescribeClusterRequestData());

      assertThat(response.nodes().values().stream().map(node -> node.host() + ":" + node.port()))
          .containsExactlyInAnyOrderElementsOf(OUTSIDE);
    }
  }

  @Test
  void shouldTellWhereACoordinatorIs() throws Exception {
    try (RawClient client = from(2)) {
      for (byte type : new byte[] {0, 1}) {
        RunningCluster.await("coordinators lead", () -> coordinators(client, type) != null);

        for (Coordinator found : coordinators(client, type)) {
          assertThat(found.host() + ":" + found.port()).isEqualTo(outside(found.nodeId()));
        }
      }
    }
  }

  /** Null while some are not known. */
  private static List<Coordinator> coordinators(RawClient client, byte type) {
    FindCoordinatorRequestData request =
        new FindCoordinatorRequestData()
            .setKeyType(type)
            .setCoordinatorKeys(List.of("a", "b", "c"));
    try {
      FindCoordinatorResponse response =
          (FindCoordinatorResponse) client.ask(ApiKeys.FIND_COORDINATOR, 4, request);
      List<Coordinator> found = response.data().coordinators();
      return found.stream().allMatch(each -> each.errorCode() == Errors.NONE.code()) ? found : null;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void shouldHintAtTheLeaderOfWhatIsProduced() throws Exception {
    ProduceRequestData.TopicProduceData data =
        new ProduceRequestData.TopicProduceData().setName("orders");
    data.partitionData()
        .add(
            new ProduceRequestData.PartitionProduceData()
                .setIndex(0)
                .setRecords(
                    MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(new byte[1]))));
    ProduceRequestData request = new ProduceRequestData().setAcks((short) -1).setTimeoutMs(5_000);
    request.topicData().add(data);
    try (RawClient client = from((leader() + 1) % BROKERS)) {
      ProduceResponse response = (ProduceResponse) client.ask(ApiKeys.PRODUCE, 12, request);

      assertThat(response.data().nodeEndpoints()).hasSize(1);
      response
          .data()
          .nodeEndpoints()
          .forEach(
              node ->
                  assertThat(node.host() + ":" + node.port())
                      .isEqualTo(outside(leader()))
                      .isEqualTo(outside(node.nodeId())));
    }
  }

  @Test
  void shouldHintAtTheLeaderOfWhatIsFetched() throws Exception {
    FetchRequestData.FetchTopic asked =
        new FetchRequestData.FetchTopic().setTopicId(topic.topicId());
    asked
        .partitions()
        .add(
            new FetchRequestData.FetchPartition()
                .setPartition(0)
                .setCurrentLeaderEpoch(0)
                .setPartitionMaxBytes(1));
    FetchRequestData request = new FetchRequestData().setMinBytes(1).setMaxBytes(1);
    request.topics().add(asked);
    try (RawClient client = from((leader() + 1) % BROKERS)) {
      FetchResponse response = (FetchResponse) client.ask(ApiKeys.FETCH, 16, request);

      assertThat(response.data().responses().getFirst().partitions().getFirst().errorCode())
          .isEqualTo(Errors.FENCED_LEADER_EPOCH.code());
      assertThat(response.data().nodeEndpoints()).hasSize(1);
      response
          .data()
          .nodeEndpoints()
          .forEach(
              node -> assertThat(node.host() + ":" + node.port()).isEqualTo(outside(leader())));
    }
  }

  @Test
  void shouldTellOthersTheirOwn() throws Exception {
    try (RawClient client = new RawClient(cluster.broker(0).kafkaPort())) {
      MetadataResponse response =
          (MetadataResponse)
              client.ask(ApiKeys.METADATA, 9, new MetadataRequestData().setTopics(null));

      assertThat(response.brokers())
          .hasSize(BROKERS)
          .allMatch(node -> "127.0.0.1".equals(node.host()));
    }
  }
}

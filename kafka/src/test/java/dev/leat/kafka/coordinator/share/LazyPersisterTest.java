package dev.leat.kafka.coordinator.share;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.kafka.coordinator.PeerClients;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.KafkaClient;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.CoordinatorNotAvailableException;
import org.apache.kafka.common.message.ReadShareGroupStateRequestData;
import org.apache.kafka.common.message.ReadShareGroupStateRequestData.PartitionData;
import org.apache.kafka.common.message.ReadShareGroupStateRequestData.ReadStateData;
import org.apache.kafka.server.share.SharePartitionKey;
import org.apache.kafka.server.share.persister.ReadShareGroupStateParameters;
import org.apache.kafka.server.share.persister.ShareCoordinatorMetadataCacheHelper;
import org.apache.kafka.server.share.persister.StatePersisters;
import org.apache.kafka.server.util.timer.SystemTimer;
import org.apache.kafka.server.util.timer.SystemTimerReaper;
import org.apache.kafka.server.util.timer.Timer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Kafka's persister, whose thread would end the process. That this test ends is half of it. */
@Timeout(60)
class LazyPersisterTest {
  private static final int DEADLINE_S = 30;

  /** A cluster in which no share coordinator is to be found. */
  private static final ShareCoordinatorMetadataCacheHelper NOWHERE =
      new ShareCoordinatorMetadataCacheHelper() {
        @Override
        public boolean containsTopic(String name) {
          return true;
        }

        @Override
        public Node getShareCoordinator(SharePartitionKey key, String topic) {
          return Node.noNode();
        }

        @Override
        public List<Node> getClusterNodes() {
          return List.of();
        }
      };

  private final AtomicInteger made = new AtomicInteger();

  /** The first client has a defect. */
  private KafkaClient client() {
    boolean defect = made.incrementAndGet() == 1;
    KafkaClient real = PeerClients.open("persister-test");
    return (KafkaClient)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {KafkaClient.class},
            (proxy, method, arguments) -> {
              if (defect && method.getName().equals("poll")) {
                throw new IllegalStateException("injected");
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static ReadShareGroupStateParameters question() {
    return ReadShareGroupStateParameters.from(
        new ReadShareGroupStateRequestData()
            .setGroupId("workers")
            .setTopics(
                List.of(
                    new ReadStateData()
                        .setTopicId(Uuid.randomUuid())
                        .setPartitions(
                            List.of(new PartitionData().setPartition(0).setLeaderEpoch(1))))));
  }

  @Test
  void shouldFailWhatIsOpenAndGoOnWhenItsThreadEndsByADefect() throws Exception {
    Timer timer = new SystemTimerReaper("persister-reaper", new SystemTimer("persister-timer"));
    LazyPersister persister =
        new LazyPersister(() -> StatePersisters.start(client(), NOWHERE, timer));

    assertThatThrownBy(() -> persister.readState(question()).get(DEADLINE_S, TimeUnit.SECONDS))
        .hasCauseInstanceOf(CoordinatorNotAvailableException.class);
    var second = persister.readState(question()).get(DEADLINE_S, TimeUnit.SECONDS);

    assertThat(made).hasValue(2);
    assertThat(second.topicsData()).hasSize(1);
    persister.stop();
    timer.close();
  }
}

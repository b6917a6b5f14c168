package dev.leat.ecosystem.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.ecosystem.lab.Child;
import dev.leat.ecosystem.lab.Cluster;
import dev.leat.ecosystem.lab.Jvm;
import dev.leat.ecosystem.lab.KafkaCluster;
import dev.leat.ecosystem.lab.SlowLink;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * MirrorMaker brings a topic, its configuration and the offsets of its group to the cluster that is
 * tested, while brokers are killed; then producers and consumers switch over.
 */
@Tag("full")
@Timeout(400)
class MirrorMakerTest {
  private static final int BEFORE = 5_000;
  private static final int ALL = 10_000;
  private static final int READ_BEFORE = 4_500;
  private static final Duration DELAY = Duration.ofMillis(100);

  /** A migration. */
  @Test
  void shouldBringEverythingFromKafka() throws Exception {
    Path directory = Cluster.directory("mirror");
    try (Cluster from = KafkaCluster.start(Cluster.directory("mirror-from"), 1);
        Cluster to = Cluster.start("mirror-to")) {
      Orders.createTopic(from);
      Orders.produce(from, 0, BEFORE);
      Set<String> seen = Orders.consume(from, READ_BEFORE);

      try (Child mirror = Mirror.start(directory, from, to, Jvm.here())) {
        Orders.produce(from, BEFORE, ALL);
        Orders.await(to, BEFORE);
        to.killBroker(1);
        Orders.await(to, ALL);
        Orders.awaitOffsets(to);
        assertThat(mirror.isAlive()).isTrue();
      }

      assertThatAllCame(to, seen);
    }
  }

  /** Another data center: the link to it is slow and is cut; on both sides a broker is killed. */
  @Test
  void shouldBringEverythingOverASlowLink() throws Exception {
    Path directory = Cluster.directory("far");
    try (Cluster from = Cluster.start("far-from", "localhost");
        Cluster to = Cluster.start("far-to", "127.0.0.1");
        SlowLink link = new SlowLink(from.bootstrap(), DELAY)) {
      Orders.createTopic(from);
      Orders.produce(from, 0, BEFORE);
      Set<String> seen = Orders.consume(from, READ_BEFORE);

      try (Child mirror = Mirror.start(directory, from, to, onFarSide(directory))) {
        Orders.await(to, BEFORE / 2);
        link.cut(Duration.ofSeconds(3));
        Orders.produce(from, BEFORE, ALL);
        Orders.await(to, BEFORE);
        from.killBroker(2);
        to.killBroker(1);
        link.cut(Duration.ofSeconds(3));
        Orders.await(to, ALL);
        Orders.awaitOffsets(to);
        assertThat(mirror.isAlive()).isTrue();
        assertThat(link.carriedBytes()).as("the records came over it").isGreaterThan(10L * ALL);
      }

      assertThatAllCame(to, seen);
    }
  }

  /** There, localhost is at the far end of the link. */
  private static Jvm onFarSide(Path directory) throws Exception {
    Path hosts = directory.resolve("hosts");
    String self = InetAddress.getLocalHost().getHostName();
    Files.writeString(hosts, "%s localhost%n127.0.0.1 %s%n".formatted(SlowLink.ADDRESS, self));
    return Jvm.here().with(List.of("-Djdk.net.hosts.file=" + hosts));
  }

  private static void assertThatAllCame(Cluster to, Set<String> seen) throws Exception {
    Orders.assertThatConfigurationCame(to);
    Orders.produce(to, ALL, ALL + 1);
    assertThat(Orders.consumeRest(to, seen, ALL + 1)).isEqualTo(Orders.numbered(0, ALL + 1));
  }
}

package dev.leat.ecosystem.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.ecosystem.lab.Await;
import dev.leat.ecosystem.lab.Cluster;
import dev.leat.ecosystem.lab.Reader;
import dev.leat.ecosystem.lab.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two instances of a word count of Kafka Streams on three brokers. While lines come in, an instance
 * is killed and started again, and then a broker is killed.
 */
@Timeout(300)
class WordCountTest {
  private static final int PARTITIONS = 4;
  private static final int LINES = 3000;
  private static final String REPARTITION = "exact-words-repartition";
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private static Cluster cluster;
  private static Topics topics;

  @BeforeAll
  static void start() throws Exception {
    cluster = Cluster.start("streams");
    topics = new Topics(cluster.bootstrap());
  }

  @AfterAll
  static void stop() {
    topics.close();
    cluster.close();
  }

  /** Settings of an application whose death is noticed soon. */
  private static Map<String, String> settings(String application, String guarantee) {
    Map<String, String> settings = new HashMap<>();
    settings.put("application.id", application);
    settings.put("bootstrap.servers", cluster.bootstrap());
    settings.put("processing.guarantee", guarantee);
    settings.put("consumer.session.timeout.ms", "6000");
    settings.put("consumer.heartbeat.interval.ms", "1000");
    return settings;
  }

  private static void createTopics(String application) throws Exception {
    topics.create(
        PARTITIONS, "lines-" + application, "counts-" + application, "windows-" + application);
  }

  @Test
  void shouldCountExactlyOnceWithStandbys() throws Exception {
    Map<String, String> settings = settings("exact", "exactly_once_v2");
    settings.put("num.standby.replicas", "1");
    settings.put("repartition.purge.interval.ms", "1000");
    createTopics("exact");

    Path directory = Cluster.directory("exact");
    try (Instance left = new Instance(directory, "left", settings);
        Instance right = new Instance(directory, "right", settings)) {
      left.awaitRunning();
      right.awaitRunning();
      try (LineFeed feed = new LineFeed(cluster.bootstrap(), "lines-exact", LINES)) {
        feed.awaitPart(0.3);
        left.kill();
        left.start();
        feed.awaitPart(0.7);
        cluster.killBroker(1);
        feed.await();

        assertThatEveryCountIsThereOnce("counts-exact", feed.words(), feed.counts());
        assertThatEveryCountIsThereOnce("windows-exact", feed.words(), feed.windows());
        assertThatBothTogetherHold(feed, left, right);
        assertThatInternalTopicsAreAsWanted();
        assertThatStandbyTakesOver(feed, left, right);
      }
    }
  }

  /** Here the instance leaves politely: brokers give up one that is killed only after 45 s. */
  @Test
  void shouldCountExactlyOnceInAStreamsGroup() throws Exception {
    countInAStreamsGroup("streamsgroup", Instance::close);
  }

  @Test
  @Tag("full")
  void shouldCountExactlyOnceInAStreamsGroupOfWhichOneIsKilled() throws Exception {
    countInAStreamsGroup("killedgroup", Instance::kill);
  }

  private interface End {
    void of(Instance instance) throws InterruptedException;
  }

  private static void countInAStreamsGroup(String application, End end) throws Exception {
    Map<String, String> settings = settings(application, "exactly_once_v2");
    settings.put("group.protocol", "streams");
    // Told by the broker in this protocol.
    settings.remove("consumer.session.timeout.ms");
    settings.remove("consumer.heartbeat.interval.ms");
    topics.configureGroup(application, "streams.num.standby.replicas", "1");
    createTopics(application);

    Path directory = Cluster.directory(application);
    try (Instance left = new Instance(directory, "left", settings);
        Instance right = new Instance(directory, "right", settings)) {
      left.awaitRunning();
      right.awaitRunning();
      try (LineFeed feed = new LineFeed(cluster.bootstrap(), "lines-" + application, LINES)) {
        feed.awaitPart(0.3);
        end.of(left);
        left.start();
        feed.awaitPart(0.7);
        cluster.killBroker(2);
        feed.await();

        assertThatEveryCountIsThereOnce("counts-" + application, feed.words(), feed.counts());
        assertThatEveryCountIsThereOnce("windows-" + application, feed.words(), feed.windows());
        assertThatBothTogetherHold(feed, left, right);
        awaitStandbys(left, right);
      }
    }
  }

  @Test
  @Tag("full")
  void shouldLoseNothingAtLeastOnce() throws Exception {
    Map<String, String> settings = settings("least", "at_least_once");
    createTopics("least");

    Path directory = Cluster.directory("least");
    try (Instance left = new Instance(directory, "left", settings);
        Instance right = new Instance(directory, "right", settings)) {
      left.awaitRunning();
      right.awaitRunning();
      try (LineFeed feed = new LineFeed(cluster.bootstrap(), "lines-least", LINES)) {
        feed.awaitPart(0.3);
        left.kill();
        left.start();
        feed.awaitPart(0.7);
        cluster.killBroker(0);
        feed.await();

        assertThatNothingIsMissing("counts-least", feed.counts());
        assertThatNothingIsMissing("windows-least", feed.windows());
      }
    }
  }

  /**
   * Under exactly-once, the counts of a word are 1, 2, 3 and so on: none is missing, none twice.
   */
  private static void assertThatEveryCountIsThereOnce(
      String topic, int words, Map<String, Long> expected) {
    try (Reader<Long> reader = new Reader<>(cluster.bootstrap(), topic, new LongDeserializer())) {
      Map<String, List<Long>> counts = Reader.byKey(reader.records(words, LIMIT));

      assertThat(counts.keySet()).isEqualTo(expected.keySet());
      Map<String, List<Long>> wrong = new TreeMap<>(counts);
      wrong.entrySet().removeIf(entry -> isWhole(entry.getValue(), expected.get(entry.getKey())));
      assertThat(wrong).isEmpty();
    }
  }

  private static boolean isWhole(List<Long> counts, long last) {
    return counts.equals(LongStream.rangeClosed(1, last).boxed().toList());
  }

  /** At least once: the last count of each word is right or, after a repetition, too high. */
  private static void assertThatNothingIsMissing(String topic, Map<String, Long> expected) {
    Map<String, Long> last = new HashMap<>();
    try (Reader<Long> reader = new Reader<>(cluster.bootstrap(), topic, new LongDeserializer())) {
      reader.until(
          LIMIT,
          records -> {
            records.forEach(record -> last.merge(record.key(), record.value(), Math::max));
            return expected.entrySet().stream()
                .allMatch(entry -> last.getOrDefault(entry.getKey(), 0L) >= entry.getValue());
          });

      assertThat(last.keySet()).isEqualTo(expected.keySet());
    }
  }

  /** Interactive queries: each instance holds a part, and knows who holds the rest. */
  private static void assertThatBothTogetherHold(LineFeed feed, Instance left, Instance right)
      throws InterruptedException {
    for (String store : List.of("/counts", "/windows")) {
      Map<String, Long> expected = store.equals("/counts") ? feed.counts() : feed.windows();
      Await.until(
          "both instances together hold all of " + store,
          LIMIT,
          () -> {
            Map<String, Long> all = left.counts(store);
            Map<String, Long> other = right.counts(store);
            int held = all.size() + other.size();
            all.putAll(other);
            return held == expected.size() && all.equals(expected);
          });
    }
    String word = feed.counts().keySet().iterator().next();
    String count = feed.counts().get(word).toString();
    assertThat(left.ask("/count?" + word, LIMIT)).isEqualTo(count);
    assertThat(right.ask("/count?" + word, LIMIT)).isEqualTo(count);
  }

  private static void assertThatInternalTopicsAreAsWanted() throws Exception {
    assertThat(topics.configs("exact-counts-changelog")).containsEntry("cleanup.policy", "compact");
    assertThat(topics.configs("exact-windows-changelog"))
        .containsEntry("cleanup.policy", "compact,delete");
    assertThat(topics.configs(REPARTITION)).containsEntry("retention.ms", "-1");
    Await.until("what was counted is deleted", LIMIT, () -> topics.start(REPARTITION) > 0);
    assertThat(topics.describe(REPARTITION).partitions())
        .hasSize(PARTITIONS)
        .allMatch(partition -> partition.replicas().size() == Cluster.BROKERS);
  }

  private static void awaitStandbys(Instance left, Instance right) throws InterruptedException {
    for (Instance each : List.of(left, right)) {
      Await.until("standbys are kept", LIMIT, () -> !each.ask("/standbys", LIMIT).equals("0"));
    }
  }

  private static void assertThatStandbyTakesOver(LineFeed feed, Instance left, Instance right)
      throws InterruptedException {
    awaitStandbys(left, right);

    left.kill();

    Await.until(
        "the standby has taken over", LIMIT, () -> right.counts("/counts").equals(feed.counts()));
  }
}

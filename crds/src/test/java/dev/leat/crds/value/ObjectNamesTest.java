package dev.leat.crds.value;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectNamesTest {
  private static final String TOPIC_CHARACTERS =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

  @ParameterizedTest
  @ValueSource(strings = {"click", "a", "0", "page-views", "orders.eu-1.v2"})
  void shouldKeepATopicNameThatIsALegalObjectName(String topicName) {
    assertThat(ObjectNames.ofTopic(topicName)).isEqualTo(topicName);
  }

  @ParameterizedTest
  @CsvSource({
    "Click, click-",
    "page_views, page-views-",
    "__consumer_offsets, consumer-offsets-",
    "a..b, a.b-",
    "-a-, a-",
    "_, topic-",
    "A.-.B, a.b-"
  })
  void shouldNameTheObjectOfAnyTopicReadably(String topicName, String start) {
    String objectName = ObjectNames.ofTopic(topicName);

    assertThat(objectName).startsWith(start).hasSize(start.length() + 8);
    assertThat(ObjectNames.isLegal(objectName)).isTrue();
  }

  @Test
  void shouldGiveEachTopicALegalObjectNameOfItsOwn() {
    Random random = new Random(4);
    Set<String> topicNames = new HashSet<>();
    Set<String> objectNames = new HashSet<>();
    for (int i = 0; i < 20_000; i++) {
      topicNames.add(randomTopicName(random));
    }

    topicNames.forEach(topicName -> objectNames.add(ObjectNames.ofTopic(topicName)));

    assertThat(objectNames).hasSameSizeAs(topicNames).allMatch(ObjectNames::isLegal);
    assertThat(objectNames).allMatch(name -> name.length() <= TopicNames.MAX_LENGTH);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a b", "a/b", "ä", "a\n"})
  void shouldRefuseWhatKafkaRefusesAsATopicName(String name) {
    assertThat(TopicNames.isLegal(name)).isFalse();
  }

  @Test
  void shouldLimitTopicNamesTo249Characters() {
    assertThat(TopicNames.isLegal("x".repeat(249))).isTrue();
    assertThat(TopicNames.isLegal("x".repeat(250))).isFalse();
  }

  private static String randomTopicName(Random random) {
    int length = random.nextBoolean() ? 1 + random.nextInt(12) : 1 + random.nextInt(249);
    StringBuilder name = new StringBuilder();
    while (name.length() < length || !TopicNames.isLegal(name.toString())) {
      name.append(TOPIC_CHARACTERS.charAt(random.nextInt(TOPIC_CHARACTERS.length())));
    }
    return name.toString();
  }
}

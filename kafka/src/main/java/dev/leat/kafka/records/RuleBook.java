package dev.leat.kafka.records;

import dev.leat.broker.runtime.Answer;
import dev.leat.broker.runtime.TopicAdmin;
import dev.leat.crds.Topic;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** The rules of each topic, read from its resource once for each change of it. */
final class RuleBook {
  private final TopicAdmin topics;
  private final ConcurrentMap<String, PartitionRules> rules = new ConcurrentHashMap<>();

  RuleBook(TopicAdmin topics) {
    this.topics = topics;
  }

  /** The rules of a topic, or null if it is gone. */
  @Nullable PartitionRules of(String topic) {
    if (!(topics.find(topic) instanceof Answer.Ok<Topic>(Topic resource))) {
      rules.remove(topic);
      return null;
    }
    PartitionRules known = rules.get(topic);
    if (known == null || known.topic() != resource) {
      known = PartitionRules.of(resource);
      rules.put(topic, known);
    }
    return known;
  }
}

package dev.leat.cli.topic;

import dev.leat.cli.console.JsonObject;
import dev.leat.client.admin.TopicSpec;
import dev.leat.crds.value.ByteSize;
import dev.leat.crds.value.Retention;
import dev.leat.crds.value.Span;
import java.util.Locale;
import java.util.TreeMap;

/** Topics as text and as JSON. */
final class TopicText {
  private TopicText() {}

  static String retentionTime(TopicSpec topic) {
    long ms = topic.retentionMs().orElse(Retention.DEFAULT.timeMs());
    return ms < 0 ? Retention.UNLIMITED : new Span(ms).toString();
  }

  static String retentionSize(TopicSpec topic) {
    long bytes = topic.retentionBytes().orElse(-1);
    return bytes < 0 ? Retention.UNLIMITED : new ByteSize(bytes).toString();
  }

  static String cleanup(TopicSpec topic) {
    return topic.cleanup().name().toLowerCase(Locale.ROOT).replace('_', ',');
  }

  static String summary(TopicSpec topic) {
    return "%s: partitions %d, replicas %d, retention %s, retention-size %s, cleanup %s"
        .formatted(
            topic.name(),
            topic.partitions(),
            topic.replicas(),
            retentionTime(topic),
            retentionSize(topic),
            cleanup(topic));
  }

  static JsonObject json(TopicSpec topic) {
    JsonObject config = new JsonObject();
    new TreeMap<>(topic.config()).forEach(config::put);
    return new JsonObject()
        .put("name", topic.name())
        .put("partitions", topic.partitions())
        .put("replicas", topic.replicas())
        .put("retentionMs", topic.retentionMs().orElse(Retention.DEFAULT.timeMs()))
        .put("retentionBytes", topic.retentionBytes().orElse(-1))
        .put("cleanup", cleanup(topic))
        .put("config", config);
  }
}

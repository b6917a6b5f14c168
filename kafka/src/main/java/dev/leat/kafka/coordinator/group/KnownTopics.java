package dev.leat.kafka.coordinator.group;

import dev.leat.broker.runtime.MetadataFeed;
import dev.leat.broker.runtime.TopicView;
import dev.leat.kafka.coordinator.TopicImages;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** Topics by name and by id, as of the newest metadata. */
final class KnownTopics {
  private final MetadataFeed feed;
  private volatile Index index = new Index(null, Map.of());

  private record Index(MetadataFeed.@Nullable Metadata of, Map<Uuid, TopicView> byId) {}

  KnownTopics(MetadataFeed feed) {
    this.feed = feed;
  }

  @Nullable TopicView named(String name) {
    return feed.current().topics().get(name);
  }

  /** The topic of this id. The index is made anew after changes, when somebody asks by id. */
  @Nullable TopicView of(Uuid id) {
    MetadataFeed.Metadata now = feed.current();
    Index known = index;
    if (known.of != now) {
      Map<Uuid, TopicView> byId = new HashMap<>();
      now.topics().values().forEach(topic -> byId.put(TopicImages.id(topic), topic));
      known = new Index(now, byId);
      index = known;
    }
    return known.byId.get(id);
  }

  /** Whether a topic has a partition of this number. */
  static boolean has(@Nullable TopicView topic, int partition) {
    return topic != null && partition >= 0 && partition < topic.partitions();
  }
}

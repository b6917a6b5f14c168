package dev.leat.kafka.coordinator;

import dev.leat.broker.runtime.view.MetadataFeed;
import dev.leat.broker.runtime.view.TopicView;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metadata.FeatureLevelRecord;
import org.apache.kafka.common.metadata.PartitionRecord;
import org.apache.kafka.common.metadata.RemoveTopicRecord;
import org.apache.kafka.common.metadata.TopicRecord;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.MetadataProvenance;
import org.apache.kafka.server.common.ShareVersion;

/**
 * The topics of the cluster in the form that Kafka's coordinators know: an image, and what has
 * changed in it. Belongs to one thread.
 */
public final class TopicImages {
  private static final List<Integer> NOT_TOLD = List.of(0);

  private final Map<Uuid, TopicView> known = new HashMap<>();
  private MetadataImage image = MetadataImage.EMPTY;
  private long version;

  /**
   * A newer image.
   *
   * @param delta what makes it differ from the one before
   * @param image all of it
   */
  public record Update(MetadataDelta delta, MetadataImage image) {}

  /** What is new in the metadata; empty if it is nothing that coordinators know of. */
  public Optional<Update> next(MetadataFeed.Metadata metadata) {
    MetadataDelta delta = new MetadataDelta.Builder().setImage(image).build();
    boolean changed = version == 0;
    if (changed) {
      delta.replay(
          new FeatureLevelRecord()
              .setName(ShareVersion.FEATURE_NAME)
              .setFeatureLevel(ShareVersion.LATEST_PRODUCTION.featureLevel()));
    }
    changed |= remove(metadata, delta);
    for (TopicView topic : metadata.topics().values()) {
      changed |= put(topic, delta);
    }
    if (!changed) {
      return Optional.empty();
    }
    version++;
    image = delta.apply(new MetadataProvenance(version, 1, version, true));
    return Optional.of(new Update(delta, image));
  }

  private boolean remove(MetadataFeed.Metadata metadata, MetadataDelta delta) {
    Set<Uuid> gone = new HashSet<>(known.keySet());
    metadata.topics().values().forEach(topic -> gone.remove(id(topic)));
    for (Uuid id : gone) {
      known.remove(id);
      delta.replay(new RemoveTopicRecord().setTopicId(id));
    }
    return !gone.isEmpty();
  }

  private boolean put(TopicView topic, MetadataDelta delta) {
    Uuid id = id(topic);
    TopicView before = known.put(id, topic);
    if (before == null) {
      delta.replay(new TopicRecord().setName(topic.name()).setTopicId(id));
    }
    int from = before == null ? 0 : before.partitions();
    for (int partition = from; partition < topic.partitions(); partition++) {
      delta.replay(partition(id, partition));
    }
    return from < topic.partitions();
  }

  /** Who leads and follows is not told: no coordinator asks, and it changes often. */
  private static PartitionRecord partition(Uuid topic, int partition) {
    return new PartitionRecord()
        .setTopicId(topic)
        .setPartitionId(partition)
        .setReplicas(NOT_TOLD)
        .setIsr(NOT_TOLD)
        .setLeader(0)
        .setLeaderEpoch(0)
        .setPartitionEpoch(0);
  }

  /** A topic's id as Kafka writes it. */
  public static Uuid id(TopicView topic) {
    ByteBuffer id = topic.id();
    return new Uuid(id.getLong(id.position()), id.getLong(id.position() + Long.BYTES));
  }
}

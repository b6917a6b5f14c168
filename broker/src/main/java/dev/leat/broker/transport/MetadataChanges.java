package dev.leat.broker.transport;

import com.google.protobuf.ByteString;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.runtime.view.BrokerView;
import dev.leat.broker.runtime.view.GroupView;
import dev.leat.broker.runtime.view.MetadataFeed.Metadata;
import dev.leat.broker.runtime.view.TopicView;
import dev.leat.v1.BrokerAddress;
import dev.leat.v1.BrokerState;
import dev.leat.v1.BrokerStatus;
import dev.leat.v1.GroupLeader;
import dev.leat.v1.MetadataUpdate;
import dev.leat.v1.TopicMetadata;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What changed between two moments of the metadata, as a message. */
final class MetadataChanges {
  private final Predicate<String> wanted;

  /** Changes as one client wants them: of topics only those whose name is {@code wanted}. */
  MetadataChanges(Predicate<String> wanted) {
    this.wanted = wanted;
  }

  /**
   * The update from {@code older} (null: from nothing) to {@code newer}; empty if there is none.
   */
  Optional<MetadataUpdate.Builder> between(@Nullable Metadata older, Metadata newer) {
    MetadataUpdate.Builder update =
        MetadataUpdate.newBuilder()
            .setSnapshot(older == null)
            .setClusterId(newer.clusterId())
            .setController(newer.controller());
    changed(older, newer, Metadata::brokers, (broker) -> update.addBrokers(broker(broker)));
    changedEntries(older, newer, Metadata::groups, entry -> update.addGroups(group(entry)));
    changed(
        older,
        newer,
        Metadata::topics,
        topic -> {
          if (wanted.test(topic.name())) {
            update.addTopics(topic(topic));
          }
        });
    if (older != null) {
      gone(older.brokers(), newer.brokers(), update::addRemovedBrokers);
      gone(
          older.topics(),
          newer.topics(),
          name -> {
            if (wanted.test(name)) {
              update.addRemovedTopics(name);
            }
          });
    }
    return older == null || says(update, older, newer) ? Optional.of(update) : Optional.empty();
  }

  private static boolean says(MetadataUpdate.Builder update, Metadata older, Metadata newer) {
    return update.getBrokersCount() > 0
        || update.getGroupsCount() > 0
        || update.getTopicsCount() > 0
        || update.getRemovedBrokersCount() > 0
        || update.getRemovedTopicsCount() > 0
        || older.controller() != newer.controller();
  }

  private static <K, V> void changed(
      @Nullable Metadata older,
      Metadata newer,
      Function<Metadata, Map<K, V>> part,
      Consumer<V> report) {
    changedEntries(older, newer, part, entry -> report.accept(entry.getValue()));
  }

  private static <K, V> void changedEntries(
      @Nullable Metadata older,
      Metadata newer,
      Function<Metadata, Map<K, V>> part,
      Consumer<Map.Entry<K, V>> report) {
    Map<K, V> before = older == null ? Map.of() : part.apply(older);
    Map<K, V> after = part.apply(newer);
    if (before == after) {
      return;
    }
    for (Map.Entry<K, V> entry : after.entrySet()) {
      if (!Objects.equals(before.get(entry.getKey()), entry.getValue())) {
        report.accept(entry);
      }
    }
  }

  private static <K> void gone(Map<K, ?> before, Map<K, ?> after, Consumer<K> report) {
    before.keySet().stream().filter(key -> !after.containsKey(key)).forEach(report);
  }

  static BrokerAddress address(BrokerView broker) {
    return BrokerAddress.newBuilder()
        .setId(broker.id())
        .setHost(broker.host())
        .setPort(broker.grpcPort())
        .build();
  }

  static BrokerStatus status(BrokerView broker) {
    return switch (broker.status()) {
      case UP -> BrokerStatus.BROKER_STATUS_UNSPECIFIED;
      case DRAINING -> BrokerStatus.BROKER_STATUS_DRAINING;
      case FENCED -> BrokerStatus.BROKER_STATUS_FENCED;
    };
  }

  private static BrokerState broker(BrokerView broker) {
    return BrokerState.newBuilder().setAddress(address(broker)).setStatus(status(broker)).build();
  }

  private static GroupLeader group(Map.Entry<GroupId, GroupView.Leadership> group) {
    return GroupLeader.newBuilder()
        .setGroup(group.getKey().value())
        .setLeader(group.getValue().leader())
        .setEpoch(group.getValue().epoch())
        .build();
  }

  private static TopicMetadata topic(TopicView topic) {
    TopicMetadata.Builder metadata =
        TopicMetadata.newBuilder()
            .setName(topic.name())
            .setTopicId(ByteString.copyFrom(topic.id().duplicate()))
            .setMaxMessageBytes(topic.maxMessageBytes());
    topic.groups().forEach(group -> metadata.addPartitionGroups(group.value()));
    return metadata.build();
  }
}

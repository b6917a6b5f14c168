package dev.leat.kafka.coordinator.nativeapi;

import dev.leat.broker.runtime.Answer;
import dev.leat.broker.runtime.groups.GroupCoordination.Beat;
import dev.leat.broker.runtime.groups.GroupCoordination.BeatAnswer;
import dev.leat.broker.runtime.groups.GroupCoordination.Slot;
import dev.leat.broker.runtime.view.MetadataFeed;
import dev.leat.broker.runtime.view.TopicView;
import dev.leat.kafka.coordinator.TopicImages;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData.TopicPartitions;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ShareGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.jspecify.annotations.Nullable;

/**
 * Beats of members: of consumer groups (KIP-848) and of share groups (KIP-932), whose messages
 * differ in their types.
 */
final class MemberBeats {
  /** A member that does not take an assignment over within this time is given up. */
  private static final int REBALANCE_TIMEOUT_MS = 60_000;

  private static final int NOT_TOLD = -1;

  private final NativeGroups groups;
  private final MetadataFeed metadata;

  /**
   * Beats of one broker's members.
   *
   * @param metadata where topics have their names and ids
   */
  MemberBeats(NativeGroups groups, MetadataFeed metadata) {
    this.groups = groups;
    this.metadata = metadata;
  }

  /** What a coordinator of either kind says. */
  private record Reply(short error, @Nullable String message, BeatAnswer answer) {
    String detail() {
      return message == null ? "" : message;
    }
  }

  CompletionStage<Answer<BeatAnswer>> beat(Beat beat) {
    return switch (beat.kind()) {
      case CONSUMER -> ofConsumer(beat);
      case QUEUE -> ofQueue(beat);
    };
  }

  private CompletionStage<Answer<BeatAnswer>> ofQueue(Beat beat) {
    ShareGroupHeartbeatRequestData request =
        new ShareGroupHeartbeatRequestData()
            .setGroupId(beat.group())
            .setMemberId(beat.member().id())
            .setMemberEpoch(beat.member().epoch())
            .setSubscribedTopicNames(beat.topics());
    return ask(
        beat,
        all ->
            all.shareGroupHeartbeat(context(ApiKeys.SHARE_GROUP_HEARTBEAT, beat), request)
                .thenApply(this::reply));
  }

  private Reply reply(ShareGroupHeartbeatResponseData data) {
    Optional<List<Slot>> assigned =
        Optional.ofNullable(data.assignment())
            .map(
                all ->
                    slots(
                        all.topicPartitions(),
                        topic -> topic.topicId(),
                        topic -> topic.partitions()));
    return new Reply(
        data.errorCode(), data.errorMessage(), new BeatAnswer(data.memberEpoch(), assigned));
  }

  private CompletionStage<Answer<BeatAnswer>> ofConsumer(Beat beat) {
    boolean joins = beat.member().epoch() == Beat.JOIN;
    String instance = beat.identity().instanceId();
    ConsumerGroupHeartbeatRequestData request =
        new ConsumerGroupHeartbeatRequestData()
            .setGroupId(beat.group())
            .setMemberId(beat.member().id())
            .setMemberEpoch(beat.member().epoch())
            .setInstanceId(instance.isEmpty() ? null : instance)
            .setRebalanceTimeoutMs(joins ? REBALANCE_TIMEOUT_MS : NOT_TOLD)
            .setSubscribedTopicNames(beat.topics())
            .setTopicPartitions(beat.owned().map(this::byTopicId).orElse(null));
    return ask(
        beat,
        all ->
            all.consumerGroupHeartbeat(context(ApiKeys.CONSUMER_GROUP_HEARTBEAT, beat), request)
                .thenApply(this::reply));
  }

  private Reply reply(ConsumerGroupHeartbeatResponseData data) {
    Optional<List<Slot>> assigned =
        Optional.ofNullable(data.assignment())
            .map(
                all ->
                    slots(
                        all.topicPartitions(),
                        topic -> topic.topicId(),
                        topic -> topic.partitions()));
    return new Reply(
        data.errorCode(), data.errorMessage(), new BeatAnswer(data.memberEpoch(), assigned));
  }

  private CompletionStage<Answer<BeatAnswer>> ask(
      Beat beat, Function<GroupCoordinator, CompletionStage<Reply>> call) {
    return groups
        .ask(
            new NativeGroups.Call<>(
                beat.group(), call, reply -> Errors.forCode(reply.error()), Reply::detail))
        .thenApply(answer -> NativeGroups.map(answer, Reply::answer));
  }

  private static RequestContext context(ApiKeys key, Beat beat) {
    return NativeGroups.context(key, key.latestVersion(), beat.identity());
  }

  private List<TopicPartitions> byTopicId(Collection<Slot> owned) {
    Map<String, List<Integer>> byTopic =
        owned.stream()
            .collect(
                Collectors.groupingBy(
                    Slot::topic, Collectors.mapping(Slot::partition, Collectors.toList())));
    Map<String, TopicView> topics = metadata.current().topics();
    List<TopicPartitions> all = new ArrayList<>();
    byTopic.forEach(
        (name, partitions) -> {
          TopicView topic = topics.get(name);
          if (topic != null) {
            all.add(
                new TopicPartitions().setTopicId(TopicImages.id(topic)).setPartitions(partitions));
          }
        });
    return all;
  }

  /** Partitions by name; those of topics that are gone are left out. */
  private <T> List<Slot> slots(
      List<T> topics, Function<T, Uuid> id, Function<T, List<Integer>> partitions) {
    Map<Uuid, String> names =
        metadata.current().topics().values().stream()
            .collect(Collectors.toMap(TopicImages::id, TopicView::name));
    return topics.stream()
        .flatMap(topic -> slots(names.get(id.apply(topic)), partitions.apply(topic)))
        .toList();
  }

  private static Stream<Slot> slots(@Nullable String topic, List<Integer> partitions) {
    return topic == null
        ? Stream.empty()
        : partitions.stream().map(partition -> new Slot(topic, partition));
  }
}

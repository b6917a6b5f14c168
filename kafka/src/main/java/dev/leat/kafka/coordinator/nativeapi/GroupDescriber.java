package dev.leat.kafka.coordinator.nativeapi;

import dev.leat.broker.runtime.Answer;
import dev.leat.broker.runtime.RequestError;
import dev.leat.broker.runtime.groups.GroupCoordination.Description;
import dev.leat.broker.runtime.groups.GroupCoordination.Listing;
import dev.leat.broker.runtime.groups.GroupCoordination.Member;
import dev.leat.broker.runtime.groups.GroupCoordination.Slot;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData;
import org.apache.kafka.common.message.StreamsGroupDescribeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.types.SchemaException;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.jspecify.annotations.Nullable;

/** Describes a group of any type: asks for one type after the other. */
final class GroupDescriber {
  private final NativeGroups groups;

  GroupDescriber(NativeGroups groups) {
    this.groups = groups;
  }

  CompletionStage<Answer<Description>> describe(String group) {
    return consumer(group)
        .thenCompose(answer -> otherwise(answer, () -> classic(group)))
        .thenCompose(answer -> otherwise(answer, () -> share(group)))
        .thenCompose(answer -> otherwise(answer, () -> streams(group)));
  }

  private static CompletionStage<Answer<Description>> otherwise(
      Answer<Description> answer, Supplier<CompletionStage<Answer<Description>>> next) {
    return answer instanceof Answer.Refused<Description>(RequestError error)
            && error.code() == RequestError.Code.UNKNOWN_GROUP
        ? next.get()
        : CompletableFuture.completedStage(answer);
  }

  /** Asks for a group of one type, and says what was found. */
  private <D> CompletionStage<Answer<Description>> ask(
      String group,
      Function<GroupCoordinator, ? extends CompletionStage<List<D>>> call,
      Function<D, Short> error,
      Function<D, Description> description) {
    return groups
        .askFor(group, call, error)
        .thenApply(answer -> NativeGroups.map(answer, description));
  }

  private static <M> Description description(
      Listing listing, List<M> members, Function<M, Member> member) {
    return new Description(listing, members.stream().map(member).toList());
  }

  private CompletionStage<Answer<Description>> consumer(String group) {
    return this.<ConsumerGroupDescribeResponseData.DescribedGroup>ask(
        group,
        all ->
            all.consumerGroupDescribe(
                NativeGroups.context(ApiKeys.CONSUMER_GROUP_DESCRIBE), List.of(group)),
        found -> found.errorCode(),
        found ->
            description(
                new Listing(group, "consumer", found.groupState()),
                found.members(),
                GroupDescriber::member));
  }

  private static Member member(ConsumerGroupDescribeResponseData.Member member) {
    return new Member(
        member.memberId(),
        text(member.instanceId()),
        member.clientId(),
        member.clientHost(),
        member.assignment().topicPartitions().stream()
            .flatMap(
                topic ->
                    topic.partitions().stream()
                        .map(partition -> new Slot(topic.topicName(), partition)))
            .toList());
  }

  private CompletionStage<Answer<Description>> classic(String group) {
    return this.<DescribeGroupsResponseData.DescribedGroup>ask(
        group,
        all -> all.describeGroups(NativeGroups.context(ApiKeys.DESCRIBE_GROUPS), List.of(group)),
        found -> found.errorCode(),
        found ->
            description(
                new Listing(group, "classic", found.groupState()),
                found.members(),
                GroupDescriber::member));
  }

  private static Member member(DescribeGroupsResponseData.DescribedGroupMember member) {
    return new Member(
        member.memberId(),
        text(member.groupInstanceId()),
        member.clientId(),
        member.clientHost(),
        classicAssignment(member.memberAssignment()));
  }

  /** What a member of a classic group reads, if its protocol is that of consumers. */
  private static List<Slot> classicAssignment(byte[] assignment) {
    if (assignment.length == 0) {
      return List.of();
    }
    try {
      return ConsumerProtocol.deserializeAssignment(ByteBuffer.wrap(assignment))
          .partitions()
          .stream()
          .map(partition -> new Slot(partition.topic(), partition.partition()))
          .toList();
    } catch (SchemaException anotherProtocol) {
      return List.of();
    }
  }

  private CompletionStage<Answer<Description>> share(String group) {
    return this.<ShareGroupDescribeResponseData.DescribedGroup>ask(
        group,
        all ->
            all.shareGroupDescribe(
                NativeGroups.context(ApiKeys.SHARE_GROUP_DESCRIBE), List.of(group)),
        found -> found.errorCode(),
        found ->
            description(
                new Listing(group, "share", found.groupState()),
                found.members(),
                GroupDescriber::member));
  }

  private static Member member(ShareGroupDescribeResponseData.Member member) {
    return new Member(
        member.memberId(),
        "",
        member.clientId(),
        member.clientHost(),
        member.assignment().topicPartitions().stream()
            .flatMap(
                topic ->
                    topic.partitions().stream()
                        .map(partition -> new Slot(topic.topicName(), partition)))
            .toList());
  }

  private CompletionStage<Answer<Description>> streams(String group) {
    return this.<StreamsGroupDescribeResponseData.DescribedGroup>ask(
        group,
        all ->
            all.streamsGroupDescribe(
                NativeGroups.context(ApiKeys.STREAMS_GROUP_DESCRIBE), List.of(group), false),
        found -> found.errorCode(),
        found ->
            description(
                new Listing(group, "streams", found.groupState()),
                found.members(),
                GroupDescriber::member));
  }

  /** Tasks of streams are no partitions: only who is there is told. */
  private static Member member(StreamsGroupDescribeResponseData.Member member) {
    return new Member(
        member.memberId(),
        text(member.instanceId()),
        member.clientId(),
        member.clientHost(),
        List.of());
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }
}

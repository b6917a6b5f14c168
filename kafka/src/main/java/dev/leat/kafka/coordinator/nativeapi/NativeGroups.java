package dev.leat.kafka.coordinator.nativeapi;

import dev.leat.broker.runtime.Answer;
import dev.leat.broker.runtime.BrokerApi;
import dev.leat.broker.runtime.RequestError;
import dev.leat.broker.runtime.groups.GroupCoordination;
import dev.leat.broker.runtime.transactions.TransactionCoordination;
import dev.leat.broker.runtime.view.GroupView;
import dev.leat.broker.runtime.view.TopicView;
import dev.leat.kafka.coordinator.CoordinatorHost;
import dev.leat.kafka.coordinator.Coordinators;
import dev.leat.kafka.coordinator.InternalTopic;
import dev.leat.kafka.coordinator.TopicImages;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ShareGroupHeartbeatResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.network.ClientInformation;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.jspecify.annotations.Nullable;

/**
 * The broker's port for groups on Kafka's group coordinator. Members are those of the consumer
 * group protocol (KIP-848), with an assignor of the server: so they share groups with Kafka's
 * consumers.
 */
public final class NativeGroups implements GroupCoordination {
  private static final int MAX_TRIES = 50;
  private static final int RETRY_MS = 100;

  /** A member that does not take an assignment over within this time is given up. */
  private static final int REBALANCE_TIMEOUT_MS = 60_000;

  private static final int NOT_TOLD = -1;

  private final BrokerApi broker;
  private final Coordinators coordinators;
  private final CoordinatorHost<GroupCoordinator> groups;
  private final Executor later;

  /** Groups of this broker. */
  public NativeGroups(BrokerApi broker, Coordinators coordinators) {
    this.broker = broker;
    this.coordinators = coordinators;
    this.groups = coordinators.groups();
    this.later =
        CompletableFuture.delayedExecutor(RETRY_MS, TimeUnit.MILLISECONDS, broker.readers());
  }

  /** One call: how it is made, and the error that it was answered with as a whole. */
  private record Call<D>(
      String group,
      Function<GroupCoordinator, ? extends CompletionStage<D>> call,
      Function<D, Errors> error,
      Function<D, String> detail) {}

  private <D> CompletionStage<Answer<D>> ask(Call<D> call) {
    return ask(call, MAX_TRIES).exceptionally(e -> CoordinatorErrors.refused(call.group(), e));
  }

  private <D> CompletionStage<Answer<D>> ask(Call<D> call, int tries) {
    return groups
        .get()
        .thenCompose(call.call())
        .thenCompose(
            data -> {
              Errors error = call.error().apply(data);
              if (error == Errors.NONE) {
                return done(new Answer.Ok<>(data));
              }
              return tries > 1 && isLoading(call.group(), error)
                  ? CompletableFuture.supplyAsync(() -> tries - 1, later)
                      .thenCompose(left -> ask(call, left))
                  : done(CoordinatorErrors.refused(call.group(), error, call.detail().apply(data)));
            });
  }

  /** Elected, but not told yet: the coordinator says that it is not the one. */
  private boolean isLoading(String group, Errors error) {
    return CoordinatorErrors.isLoading(error)
        || (error == Errors.NOT_COORDINATOR
            && coordinators.topics().leaderOf(InternalTopic.CONSUMER_OFFSETS, partitionOf(group))
                == coordinators.around().brokerId());
  }

  private static int partitionOf(String group) {
    return Utils.abs(group.hashCode()) % InternalTopic.PARTITIONS;
  }

  private static <T> CompletionStage<T> done(T value) {
    return CompletableFuture.completedStage(value);
  }

  static <D, T> Answer<T> map(Answer<D> answer, Function<D, T> mapper) {
    return switch (answer) {
      case Answer.Ok<D>(D value) -> new Answer.Ok<>(mapper.apply(value));
      case Answer.Refused<D>(RequestError error) -> new Answer.Refused<>(error);
    };
  }

  @Override
  public CompletionStage<Answer<Integer>> locate(String group) {
    return coordinators
        .topics()
        .ensure(InternalTopic.CONSUMER_OFFSETS)
        .<Answer<Integer>>thenApply(
            topic -> {
              int leader =
                  coordinators
                      .topics()
                      .leaderOf(InternalTopic.CONSUMER_OFFSETS, partitionOf(group));
              return leader == GroupView.NO_LEADER
                  ? Answer.refused(
                      RequestError.Code.UNAVAILABLE,
                      "group \"" + group + "\" has no coordinator now: try again")
                  : new Answer.Ok<>(leader);
            })
        .exceptionally(failure -> CoordinatorErrors.refused(group, failure));
  }

  @Override
  public CompletionStage<Answer<List<Listing>>> list() {
    if (!groups.hasState()) {
      return done(new Answer.Ok<>(List.of()));
    }
    return ask(new Call<>(
            "",
            all -> all.listGroups(context(ApiKeys.LIST_GROUPS), new ListGroupsRequestData()),
            data -> Errors.forCode(data.errorCode()),
            data -> ""))
        .thenApply(
            answer -> map(answer, data -> data.groups().stream().map(this::listing).toList()));
  }

  private Listing listing(ListedGroup group) {
    return new Listing(
        group.groupId(), group.groupType().toLowerCase(Locale.ROOT), group.groupState());
  }

  @Override
  public CompletionStage<Answer<Description>> describe(String group) {
    return new GroupDescriber(this).describe(group);
  }

  /** Asks for one thing of a group, for others of this room. */
  <D> CompletionStage<Answer<D>> askFor(
      String group,
      Function<GroupCoordinator, ? extends CompletionStage<List<D>>> call,
      Function<D, Short> error) {
    return ask(new Call<List<D>>(
            group, call, found -> Errors.forCode(error.apply(found.getFirst())), found -> ""))
        .thenApply(answer -> map(answer, List::getFirst));
  }

  @Override
  public CompletionStage<Answer<String>> delete(String group) {
    return ask(new Call<>(
            group,
            all ->
                all.deleteGroups(
                    context(ApiKeys.DELETE_GROUPS), List.of(group), BufferSupplier.NO_CACHING),
            results -> Errors.forCode(results.iterator().next().errorCode()),
            results -> ""))
        .thenApply(answer -> map(answer, results -> group));
  }

  @Override
  public CompletionStage<Answer<BeatAnswer>> beat(Beat beat) {
    return switch (beat.kind()) {
      case CONSUMER -> beatOfConsumer(beat);
      case QUEUE -> beatOfQueue(beat);
    };
  }

  private CompletionStage<Answer<BeatAnswer>> beatOfQueue(Beat beat) {
    ShareGroupHeartbeatRequestData request =
        new ShareGroupHeartbeatRequestData()
            .setGroupId(beat.group())
            .setMemberId(beat.member().id())
            .setMemberEpoch(beat.member().epoch())
            .setSubscribedTopicNames(beat.topics());
    return ask(new Call<ShareGroupHeartbeatResponseData>(
            beat.group(),
            all ->
                all.shareGroupHeartbeat(
                    context(ApiKeys.SHARE_GROUP_HEARTBEAT, beat.identity()), request),
            data -> Errors.forCode(data.errorCode()),
            data -> data.errorMessage() == null ? "" : data.errorMessage()))
        .thenApply(
            answer ->
                map(
                    answer,
                    data ->
                        new BeatAnswer(
                            data.memberEpoch(),
                            Optional.ofNullable(data.assignment()).map(this::shared))));
  }

  private CompletionStage<Answer<BeatAnswer>> beatOfConsumer(Beat beat) {
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
    return ask(new Call<>(
            beat.group(),
            all ->
                all.consumerGroupHeartbeat(
                    context(ApiKeys.CONSUMER_GROUP_HEARTBEAT, beat.identity()), request),
            data -> Errors.forCode(data.errorCode()),
            data -> data.errorMessage() == null ? "" : data.errorMessage()))
        .thenApply(
            answer ->
                map(
                    answer,
                    data ->
                        new BeatAnswer(
                            data.memberEpoch(),
                            Optional.ofNullable(data.assignment()).map(this::slots))));
  }

  private List<ConsumerGroupHeartbeatRequestData.TopicPartitions> byTopicId(
      Collection<Slot> owned) {
    Map<String, List<Integer>> byTopic =
        owned.stream()
            .collect(
                Collectors.groupingBy(
                    Slot::topic, Collectors.mapping(Slot::partition, Collectors.toList())));
    Map<String, TopicView> topics = broker.metadata().current().topics();
    List<ConsumerGroupHeartbeatRequestData.TopicPartitions> all = new ArrayList<>();
    byTopic.forEach(
        (name, partitions) -> {
          TopicView topic = topics.get(name);
          if (topic != null) {
            all.add(
                new ConsumerGroupHeartbeatRequestData.TopicPartitions()
                    .setTopicId(TopicImages.id(topic))
                    .setPartitions(partitions));
          }
        });
    return all;
  }

  private List<Slot> slots(ConsumerGroupHeartbeatResponseData.Assignment assignment) {
    Map<Uuid, String> names = topicNames();
    return assignment.topicPartitions().stream()
        .flatMap(topic -> slots(names.get(topic.topicId()), topic.partitions()))
        .toList();
  }

  private List<Slot> shared(ShareGroupHeartbeatResponseData.Assignment assignment) {
    Map<Uuid, String> names = topicNames();
    return assignment.topicPartitions().stream()
        .flatMap(topic -> slots(names.get(topic.topicId()), topic.partitions()))
        .toList();
  }

  private static Stream<Slot> slots(@Nullable String topic, List<Integer> partitions) {
    return topic == null
        ? Stream.empty()
        : partitions.stream().map(partition -> new Slot(topic, partition));
  }

  private Map<Uuid, String> topicNames() {
    return broker.metadata().current().topics().values().stream()
        .collect(Collectors.toMap(TopicImages::id, TopicView::name));
  }

  @Override
  public CompletionStage<Answer<Map<Slot, Offset>>> committed(
      String group, Collection<Slot> partitions) {
    List<OffsetFetchRequestTopics> topics =
        partitions.stream()
            .collect(
                Collectors.groupingBy(
                    Slot::topic, Collectors.mapping(Slot::partition, Collectors.toList())))
            .entrySet()
            .stream()
            .map(
                entry ->
                    new OffsetFetchRequestTopics()
                        .setName(entry.getKey())
                        .setPartitionIndexes(entry.getValue()))
            .toList();
    return fetch(new OffsetFetchRequestGroup().setGroupId(group).setTopics(topics), true);
  }

  @Override
  public CompletionStage<Answer<Map<Slot, Offset>>> committed(String group) {
    return fetch(new OffsetFetchRequestGroup().setGroupId(group).setTopics(null), false);
  }

  /**
   * Fetches offsets.
   *
   * @param stable whether to wait for open transactions that are to commit other ones
   */
  private CompletionStage<Answer<Map<Slot, Offset>>> fetch(
      OffsetFetchRequestGroup request, boolean stable) {
    return ask(new Call<OffsetFetchResponseGroup>(
            request.groupId(),
            all -> all.fetchOffsets(context(ApiKeys.OFFSET_FETCH), request, stable),
            Commits::fetchError,
            data -> ""))
        .thenApply(answer -> map(answer, NativeGroups::offsets));
  }

  private static Map<Slot, Offset> offsets(OffsetFetchResponseGroup found) {
    Map<Slot, Offset> offsets = new LinkedHashMap<>();
    found
        .topics()
        .forEach(
            topic ->
                topic.partitions().stream()
                    .filter(partition -> partition.committedOffset() >= 0)
                    .forEach(
                        partition ->
                            offsets.put(
                                new Slot(topic.name(), partition.partitionIndex()),
                                new Offset(partition.committedOffset(), partition.metadata()))));
    return offsets;
  }

  @Override
  public CompletionStage<Answer<Map<Slot, String>>> commit(
      String group, Optional<MemberEpoch> member, Map<Slot, Offset> offsets) {
    OffsetCommitRequestData request =
        new OffsetCommitRequestData()
            .setGroupId(group)
            .setMemberId(member.map(MemberEpoch::id).orElse(""))
            .setGenerationIdOrMemberEpoch(member.map(MemberEpoch::epoch).orElse(-1))
            .setTopics(Commits.topics(offsets));
    return ask(new Call<OffsetCommitResponseData>(
            group,
            all ->
                all.commitOffsets(
                    context(ApiKeys.OFFSET_COMMIT), request, BufferSupplier.NO_CACHING),
            data -> Commits.groupError(Commits.outcomes(data)),
            data -> ""))
        .thenApply(answer -> map(answer, data -> Commits.refused(Commits.outcomes(data))));
  }

  @Override
  public CompletionStage<Answer<Map<Slot, String>>> commit(
      String group,
      MemberEpoch member,
      Map<Slot, Offset> offsets,
      TransactionCoordination.Producer transaction) {
    TxnOffsetCommitRequestData request =
        TransactionalCommits.request(group, member, transaction)
            .setTopics(TransactionalCommits.topics(offsets));
    return ask(new Call<TxnOffsetCommitResponseData>(
            group,
            all ->
                all.commitTransactionalOffsets(
                    TransactionalCommits.context(), request, BufferSupplier.NO_CACHING),
            data -> Commits.groupError(TransactionalCommits.outcomes(data)),
            data -> ""))
        .thenApply(
            answer -> map(answer, data -> Commits.refused(TransactionalCommits.outcomes(data))));
  }

  static RequestContext context(ApiKeys key) {
    return context(key, key.latestVersion(), new Identity("", "leat", ""));
  }

  private static RequestContext context(ApiKeys key, Identity client) {
    return context(key, key.latestVersion(), client);
  }

  static RequestContext context(ApiKeys key, short version, Identity client) {
    return new RequestContext(
        new RequestHeader(key, version, client.clientId(), 0),
        "grpc",
        address(client.host()),
        KafkaPrincipal.ANONYMOUS,
        ListenerName.forSecurityProtocol(SecurityProtocol.PLAINTEXT),
        SecurityProtocol.PLAINTEXT,
        ClientInformation.EMPTY,
        false);
  }

  private static InetAddress address(String host) {
    try {
      return InetAddress.ofLiteral(host);
    } catch (IllegalArgumentException notAnAddress) {
      return InetAddress.getLoopbackAddress();
    }
  }
}

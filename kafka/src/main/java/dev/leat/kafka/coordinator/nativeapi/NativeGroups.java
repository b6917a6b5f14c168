package dev.leat.kafka.coordinator.nativeapi;

import dev.leat.broker.runtime.Answer;
import dev.leat.broker.runtime.BrokerApi;
import dev.leat.broker.runtime.RequestError;
import dev.leat.broker.runtime.groups.GroupCoordination;
import dev.leat.broker.runtime.transactions.TransactionCoordination;
import dev.leat.broker.runtime.view.GroupView;
import dev.leat.kafka.coordinator.CoordinatorHost;
import dev.leat.kafka.coordinator.Coordinators;
import dev.leat.kafka.coordinator.InternalTopic;
import java.net.InetAddress;
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
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
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

/**
 * The broker's port for groups on Kafka's group coordinator. Members are those of the consumer
 * group protocol (KIP-848), with an assignor of the server: so they share groups with Kafka's
 * consumers.
 */
public final class NativeGroups implements GroupCoordination {
  private static final int MAX_TRIES = 50;
  private static final int RETRY_MS = 100;

  private final Coordinators coordinators;
  private final CoordinatorHost<GroupCoordinator> groups;
  private final MemberBeats beats;
  private final Executor later;

  /** Groups of this broker. */
  public NativeGroups(BrokerApi broker, Coordinators coordinators) {
    this.coordinators = coordinators;
    this.groups = coordinators.groups();
    this.later =
        CompletableFuture.delayedExecutor(RETRY_MS, TimeUnit.MILLISECONDS, broker.readers());
    this.beats = new MemberBeats(this, broker.metadata());
  }

  /** One call: how it is made, and the error that it was answered with as a whole. */
  record Call<D>(
      String group,
      Function<GroupCoordinator, ? extends CompletionStage<D>> call,
      Function<D, Errors> error,
      Function<D, String> detail) {}

  /** Makes a call; while the coordinator is loading, again. */
  <D> CompletionStage<Answer<D>> ask(Call<D> call) {
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
    return beats.beat(beat);
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

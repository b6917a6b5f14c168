package dev.leat.broker.transport;

import dev.leat.broker.log.GroupId;
import dev.leat.broker.runtime.Authorizer;
import dev.leat.broker.runtime.Authorizer.Operation;
import dev.leat.broker.runtime.BrokerApi;
import dev.leat.broker.runtime.Principal;
import dev.leat.broker.runtime.RequestError;
import dev.leat.broker.runtime.thread.SerialTask;
import dev.leat.broker.runtime.view.BrokerView;
import dev.leat.broker.runtime.view.GroupView;
import dev.leat.broker.runtime.view.MetadataFeed;
import dev.leat.broker.runtime.view.MetadataFeed.Metadata;
import dev.leat.v1.BrokerDescription;
import dev.leat.v1.ClusterServiceGrpc;
import dev.leat.v1.DescribeClusterRequest;
import dev.leat.v1.DescribeClusterResponse;
import dev.leat.v1.ListLostGroupsRequest;
import dev.leat.v1.ListLostGroupsResponse;
import dev.leat.v1.MetadataUpdate;
import dev.leat.v1.RecoverGroupsRequest;
import dev.leat.v1.RecoverGroupsResponse;
import dev.leat.v1.WaiveBrokerRequest;
import dev.leat.v1.WaiveBrokerResponse;
import dev.leat.v1.WatchMetadataRequest;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** {@code leat.v1.ClusterService}: pushes metadata, describes the cluster. */
public final class ClusterAdapter extends ClusterServiceGrpc.ClusterServiceImplBase {
  /** A client is told so long at least, before it is sent on to a broker that hears others. */
  private static final long ALONE_MS = 3_000;

  private final BrokerApi broker;
  private final String version;

  /**
   * The service.
   *
   * @param version version of this broker
   */
  public ClusterAdapter(BrokerApi broker, String version) {
    this.broker = broker;
    this.version = version;
  }

  @Override
  public void watchMetadata(
      WatchMetadataRequest request, StreamObserver<MetadataUpdate> responses) {
    Principal principal = PrincipalInterceptor.current();
    Set<String> names = Set.copyOf(request.getTopicsList());
    Predicate<String> wanted =
        name ->
            !request.getNoTopics()
                && (names.isEmpty() || names.contains(name))
                && broker.authorizer().allows(principal, Authorizer.Operation.DESCRIBE, name);
    new Watch((ServerCallStreamObserver<MetadataUpdate>) responses, new MetadataChanges(wanted))
        .start();
  }

  /**
   * One client that watches. A slow one skips what was overtaken: it gets the sum of the changes
   * when it is ready. If this broker hears none of the others, the stream ends, so that the client
   * asks one that knows more; but not at once, for there may be none.
   */
  private final class Watch {
    private final ServerCallStreamObserver<MetadataUpdate> responses;
    private final MetadataChanges changes;
    private final SerialTask task = new SerialTask(broker.readers(), this::push);
    private final Runnable wake = task::wake;
    private final long beganMs = broker.clock().monotonicMs();
    private @Nullable Metadata sent;
    private long version;
    private boolean ending;
    private boolean ended;

    Watch(ServerCallStreamObserver<MetadataUpdate> responses, MetadataChanges changes) {
      this.responses = responses;
      this.changes = changes;
    }

    void start() {
      MetadataFeed feed = broker.metadata();
      feed.subscribe(wake);
      responses.setOnReadyHandler(wake);
      responses.setOnCancelHandler(() -> feed.unsubscribe(wake));
      task.wake();
    }

    private void push() {
      if (ended || !responses.isReady()) {
        return;
      }
      Metadata newest = broker.metadata().current();
      changes
          .between(sent, newest)
          .ifPresent(update -> responses.onNext(update.setVersion(++version).build()));
      sent = newest;
      if (newest.alone()) {
        end();
      }
    }

    private void end() {
      long leftMs = beganMs + ALONE_MS - broker.clock().monotonicMs();
      if (leftMs <= 0) {
        ended = true;
        broker.metadata().unsubscribe(wake);
        responses.onError(
            Errors.status(
                RequestError.of(
                    RequestError.Code.UNAVAILABLE,
                    "this broker hears none of the others: ask another one")));
      } else if (!ending) {
        ending = true;
        CompletableFuture.delayedExecutor(leftMs, TimeUnit.MILLISECONDS, broker.readers())
            .execute(wake);
      }
    }
  }

  @Override
  public void describeCluster(
      DescribeClusterRequest request, StreamObserver<DescribeClusterResponse> responses) {
    if (permitted(Operation.DESCRIBE_CLUSTER, responses)) {
      responses.onNext(describe(broker.metadata().current()));
      responses.onCompleted();
    }
  }

  @Override
  public void listLostGroups(
      ListLostGroupsRequest request, StreamObserver<ListLostGroupsResponse> responses) {
    if (permitted(Operation.DESCRIBE_CLUSTER, responses)) {
      Responses.send(broker.lostGroups().list(), LostGroupMessages::of, responses);
    }
  }

  @Override
  public void recoverGroups(
      RecoverGroupsRequest request, StreamObserver<RecoverGroupsResponse> responses) {
    if (!permitted(Operation.ALTER_CLUSTER, responses)) {
      return;
    }
    Optional<String> problem = problemOf(request);
    if (problem.isPresent()) {
      responses.onError(
          Errors.status(RequestError.of(RequestError.Code.INVALID_REQUEST, problem.get())));
      return;
    }
    List<GroupId> groups = request.getGroupsList().stream().map(GroupId::new).toList();
    Responses.send(broker.lostGroups().recover(groups), LostGroupMessages::ofRecovered, responses);
  }

  @Override
  public void waiveBroker(
      WaiveBrokerRequest request, StreamObserver<WaiveBrokerResponse> responses) {
    if (!permitted(Operation.ALTER_CLUSTER, responses)) {
      return;
    }
    if (!request.getAcceptDataLoss()) {
      responses.onError(
          Errors.status(
              RequestError.of(
                  RequestError.Code.INVALID_REQUEST,
                  "what only broker %d has may be lost, and accept_data_loss is false: start the"
                          .formatted(request.getBroker())
                      + " broker, or set it")));
      return;
    }
    Responses.send(
        broker.lostGroups().waive(request.getBroker()),
        waived -> WaiveBrokerResponse.getDefaultInstance(),
        responses);
  }

  private static Optional<String> problemOf(RecoverGroupsRequest request) {
    if (!request.getAcceptDataLoss()) {
      return Optional.of(
          "acknowledged records may be lost, and accept_data_loss is false: look at ListLostGroups,"
              + " and set it");
    }
    return request.getGroupsList().stream()
        .filter(group -> group >>> 16 != 0)
        .findFirst()
        .map(group -> group + " is no number of a group: allowed is 0 to 65535");
  }

  private boolean permitted(Operation operation, StreamObserver<?> responses) {
    Principal principal = PrincipalInterceptor.current();
    boolean permitted = broker.authorizer().allows(principal, operation, "");
    if (!permitted) {
      responses.onError(Errors.status(RequestError.notAuthorized(principal, operation, "")));
    }
    return permitted;
  }

  private DescribeClusterResponse describe(Metadata metadata) {
    DescribeClusterResponse.Builder response =
        DescribeClusterResponse.newBuilder()
            .setClusterId(metadata.clusterId())
            .setController(metadata.controller())
            .setGroupsTotal(metadata.groups().size())
            .setGroupsLeaderless(leadBy(metadata, GroupView.NO_LEADER))
            .setGroupsLagging(metadata.lagging())
            .setGroupsMoving(metadata.moving())
            .addAllGroupsLost(metadata.lost().stream().map(GroupId::value).toList())
            .addAllGroupsPossibleDataLoss(metadata.forked().stream().map(GroupId::value).toList())
            .setVersion(version);
    metadata.brokers().values().stream()
        .sorted(Comparator.comparingInt(BrokerView::id))
        .forEach(view -> response.addBrokers(describe(metadata, view)));
    return response.build();
  }

  private static BrokerDescription describe(Metadata metadata, BrokerView view) {
    return BrokerDescription.newBuilder()
        .setAddress(MetadataChanges.address(view))
        .setStatus(MetadataChanges.status(view))
        .setPid(view.pid())
        .setKafka(view.kafka())
        .setLeads(leadBy(metadata, view.id()))
        .build();
  }

  private static int leadBy(Metadata metadata, int leader) {
    return (int) metadata.groups().values().stream().filter(g -> g.leader() == leader).count();
  }
}

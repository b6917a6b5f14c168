package dev.leat.broker.transport;

import dev.leat.broker.runtime.Authorizer;
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
import dev.leat.v1.MetadataUpdate;
import dev.leat.v1.WatchMetadataRequest;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Comparator;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** {@code leat.v1.ClusterService}: pushes metadata, describes the cluster. */
public final class ClusterAdapter extends ClusterServiceGrpc.ClusterServiceImplBase {
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
   * when it is ready.
   */
  private final class Watch {
    private final ServerCallStreamObserver<MetadataUpdate> responses;
    private final MetadataChanges changes;
    private final SerialTask task = new SerialTask(broker.readers(), this::push);
    private @Nullable Metadata sent;
    private long version;

    Watch(ServerCallStreamObserver<MetadataUpdate> responses, MetadataChanges changes) {
      this.responses = responses;
      this.changes = changes;
    }

    void start() {
      MetadataFeed feed = broker.metadata();
      Runnable wake = task::wake;
      feed.subscribe(wake);
      responses.setOnReadyHandler(wake);
      responses.setOnCancelHandler(() -> feed.unsubscribe(wake));
      task.wake();
    }

    private void push() {
      if (!responses.isReady()) {
        return;
      }
      Metadata newest = broker.metadata().current();
      changes
          .between(sent, newest)
          .ifPresent(update -> responses.onNext(update.setVersion(++version).build()));
      sent = newest;
    }
  }

  @Override
  public void describeCluster(
      DescribeClusterRequest request, StreamObserver<DescribeClusterResponse> responses) {
    Principal principal = PrincipalInterceptor.current();
    if (!broker.authorizer().allows(principal, Authorizer.Operation.DESCRIBE_CLUSTER, "")) {
      RequestError error =
          RequestError.notAuthorized(principal, Authorizer.Operation.DESCRIBE_CLUSTER, "");
      responses.onError(Errors.status(error));
      return;
    }
    responses.onNext(describe(broker.metadata().current()));
    responses.onCompleted();
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

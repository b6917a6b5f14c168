package dev.leat.broker.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.leat.broker.control.StoreOutcome;
import dev.leat.broker.control.coordination.Timing;
import dev.leat.broker.state.LocalStateStore;
import dev.leat.crds.Cluster;
import dev.leat.crds.ClusterSpec;
import dev.leat.crds.ClusterState;
import dev.leat.crds.Kind;
import dev.leat.v1.ClusterServiceGrpc;
import dev.leat.v1.CreateTopicRequest;
import dev.leat.v1.DescribeClusterRequest;
import dev.leat.v1.DescribeClusterResponse;
import dev.leat.v1.DescribeTopicRequest;
import dev.leat.v1.Error;
import dev.leat.v1.FetchForm;
import dev.leat.v1.FetchPartition;
import dev.leat.v1.FetchRequest;
import dev.leat.v1.FetchResponse;
import dev.leat.v1.ListLostGroupsRequest;
import dev.leat.v1.ListOffsetsRequest;
import dev.leat.v1.LostGroup;
import dev.leat.v1.NamedOffset;
import dev.leat.v1.OffsetSpec;
import dev.leat.v1.PartitionAck;
import dev.leat.v1.PartitionDescription;
import dev.leat.v1.PartitionRecords;
import dev.leat.v1.ProduceRequest;
import dev.leat.v1.ProduceResponse;
import dev.leat.v1.Record;
import dev.leat.v1.RecordServiceGrpc;
import dev.leat.v1.RecoverGroupsRequest;
import dev.leat.v1.RecoveredGroup;
import dev.leat.v1.TopicServiceGrpc;
import dev.leat.v1.TopicSpec;
import dev.leat.v1.WaiveBrokerRequest;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Several brokers in this process over one store, and a client that knows nothing but the stubs.
 */
final class RunningCluster implements AutoCloseable {
  static final UUID CLUSTER = new UUID(1, 2);
  private static final int DEADLINE_S = 60;
  private static final int CALL_S = 10;

  /** Nothing moves before the cluster has been stable for a minute. */
  private static final int MOVES_S = 200;

  /** As in production, but brokers are used again, and the ClusterState is read, sooner. */
  private static final Timing TIMING =
      new Timing(
          250, 1_500, 3_000, 3_000, 3_000, 2_000, 500, 40_000, 10_000, 5, 250, 1_000, 10_000, 500,
          60_000, 60_000, 10_000, 2_000, 10_000, 4);

  private final Path directory;
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final LocalStateStore store;
  private final Map<Integer, Broker> brokers = new ConcurrentSkipListMap<>();
  private final Map<Integer, Client> clients = new ConcurrentSkipListMap<>();

  RunningCluster(Path directory, int size) throws IOException, BrokerStartException {
    this.directory = directory;
    store =
        LocalStateStore.open(
            directory,
            new LocalStateStore.Context(
                executor, InstantSource.system(), () -> UUID.randomUUID().toString()));
    store
        .create(Cluster.of(BrokerConfig.EMBEDDED_CLUSTER, ClusterSpec.ofBrokers(size)))
        .toCompletableFuture()
        .join();
    for (int id = 0; id < size; id++) {
      start(id);
    }
  }

  void start(int id) throws BrokerStartException {
    Broker broker = launch(id, directoryOf(id), CLUSTER);
    brokers.put(id, broker);
    clients.put(id, new Client(broker.grpcPort()));
  }

  /** A process that has this number and this disk, whoever else has; not part of the cluster. */
  Broker launch(int id, Path disk, UUID clusterId) throws BrokerStartException {
    return Broker.launch(
        BrokerConfig.embedded(id, disk, "127.0.0.1", 0, -1), clusterId, store, TIMING);
  }

  Path directoryOf(int id) {
    return directory.resolve("broker-" + id);
  }

  /** ClusterState as it is stored. */
  Optional<ClusterState> state() {
    StoreOutcome<ClusterState> found =
        store.get(Kind.CLUSTER_STATE, BrokerConfig.EMBEDDED_CLUSTER).toCompletableFuture().join();
    return found instanceof StoreOutcome.Ok<ClusterState>(ClusterState state)
        ? Optional.of(state)
        : Optional.empty();
  }

  /** Waits until ClusterState has these groups, and no others. */
  void awaitStored(List<ClusterState.Group> groups) {
    await(
        "ClusterState has " + groups,
        () -> {
          var now = state().map(state -> state.status().groups()).orElse(List.of());
          return now.equals(groups) ? Optional.empty() : Optional.of("it has " + now);
        });
  }

  /** As a person edits it by hand; the state before. */
  ClusterState editState(UnaryOperator<ClusterState.Status> edit) {
    while (true) {
      ClusterState before = state().orElseThrow();
      ClusterState edited = before.withStatus(edit.apply(before.status()));
      if (store.update(edited).toCompletableFuture().join()
          instanceof StoreOutcome.Ok<ClusterState>) {
        return before;
      }
    }
  }

  /** As a person deletes it by hand; the state before. */
  ClusterState deleteState() {
    while (true) {
      ClusterState before = state().orElseThrow();
      if (store.delete(before).toCompletableFuture().join()
          instanceof StoreOutcome.Ok<ClusterState>) {
        return before;
      }
    }
  }

  void stop(int id) {
    clients.remove(id).channel.shutdownNow();
    brokers.remove(id).close();
  }

  /** Its disk is gone for good. */
  void destroy(int id) throws IOException {
    stop(id);
    try (Stream<Path> files = Files.walk(directoryOf(id))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** As a person edits the Cluster; brokers that are missing are started. */
  void scale(int size) throws BrokerStartException {
    Cluster found =
        ((StoreOutcome.Ok<Cluster>)
                store.get(Kind.CLUSTER, BrokerConfig.EMBEDDED_CLUSTER).toCompletableFuture().join())
            .value();
    store.update(found.withSpec(found.spec().withBrokers(size))).toCompletableFuture().join();
    for (int id = 0; id < size; id++) {
      if (!brokers.containsKey(id)) {
        start(id);
      }
    }
  }

  /** Waits until a broker has as many groups as it should. */
  void awaitGroups(int id, IntPredicate enough) {
    await(
        "groups of broker " + id,
        MOVES_S,
        () -> {
          int groups = brokers.get(id).groups();
          return enough.test(groups) ? Optional.empty() : Optional.of(groups + " groups");
        });
  }

  Broker broker(int id) {
    return brokers.get(id);
  }

  void awaitReady() {
    await(
        "all ready",
        () -> {
          for (Broker broker : brokers.values()) {
            Optional<String> problem = broker.notReady();
            if (problem.isPresent()) {
              return problem;
            }
          }
          return Optional.empty();
        });
  }

  private interface Problem {
    Optional<String> look();
  }

  private static void await(String what, Problem problem) {
    await(what, DEADLINE_S, problem);
  }

  static void awaitThat(String what, BooleanSupplier reached) {
    await(what, () -> reached.getAsBoolean() ? Optional.empty() : Optional.of("not yet"));
  }

  private static void await(String what, int seconds, Problem problem) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    for (Optional<String> now = problem.look(); now.isPresent(); now = problem.look()) {
      assertThat(System.nanoTime()).as("%s: %s", what, now.get()).isLessThan(deadline);
      try {
        TimeUnit.MILLISECONDS.sleep(5);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  Client client(int id) {
    return clients.get(id);
  }

  /** Produces at whoever takes it. */
  void produce(String topic, int partition, List<String> values) {
    PartitionRecords.Builder records =
        PartitionRecords.newBuilder().setTopic(topic).setPartition(partition);
    values.forEach(
        value -> records.addRecords(Record.newBuilder().setValue(ByteString.copyFromUtf8(value))));
    await(
        "produce to " + topic + "/" + partition,
        () -> {
          Optional<String> problem = Optional.of("nobody runs");
          for (Client client : clients.values()) {
            problem = client.produce(records.build());
            if (problem.isEmpty()) {
              return problem;
            }
          }
          return problem;
        });
  }

  /** Reads all of a partition at its leader. */
  List<String> read(String topic, int partition) {
    List<String> values = new ArrayList<>();
    await(
        "read " + topic + "/" + partition,
        () -> {
          values.clear();
          Optional<String> problem = Optional.of("nobody runs");
          for (Client client : clients.values()) {
            problem = client.read(topic, partition, values);
            if (problem.isEmpty()) {
              return problem;
            }
          }
          return problem;
        });
    return values;
  }

  /** The broker that is controller. */
  int controller() {
    awaitThat("a controller", () -> clients.containsKey(anyClient().describe().getController()));
    return anyClient().describe().getController();
  }

  /** Waits until so many groups count as lost. */
  void awaitLost(int groups) {
    await(
        groups + " lost groups",
        () -> {
          int lost = anyClient().describe().getGroupsLostCount();
          return lost == groups ? Optional.empty() : Optional.of(lost + " are");
        });
  }

  private Client anyClient() {
    return clients.values().iterator().next();
  }

  /** Waits until all partitions of a topic have all their replicas, and those have everything. */
  void awaitWhole(String topic, int replicas) {
    await(
        "all replicas of " + topic,
        MOVES_S,
        () -> {
          try {
            return anyClient().missing(topic, replicas);
          } catch (StatusRuntimeException e) {
            return Optional.of(e.toString());
          }
        });
  }

  /** Whoever serves reads of a partition. */
  int leaderOf(String topic, int partition) {
    for (Map.Entry<Integer, Client> client : clients.entrySet()) {
      if (client.getValue().end(topic, partition) >= 0) {
        return client.getKey();
      }
    }
    throw new IllegalStateException("nobody leads " + topic + "/" + partition);
  }

  /** A client of one broker. */
  static final class Client {
    private final ManagedChannel channel;

    Client(int port) {
      channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    }

    void createTopic(String name, int partitions, int replicas) {
      TopicServiceGrpc.newBlockingStub(channel)
          .withDeadlineAfter(DEADLINE_S, TimeUnit.SECONDS)
          .createTopic(
              CreateTopicRequest.newBuilder()
                  .setTopic(
                      TopicSpec.newBuilder()
                          .setName(name)
                          .setPartitions(partitions)
                          .setReplicas(replicas))
                  .build());
    }

    DescribeClusterResponse describe() {
      return ClusterServiceGrpc.newBlockingStub(channel)
          .withDeadlineAfter(CALL_S, TimeUnit.SECONDS)
          .describeCluster(DescribeClusterRequest.getDefaultInstance());
    }

    private ClusterServiceGrpc.ClusterServiceBlockingStub cluster() {
      return ClusterServiceGrpc.newBlockingStub(channel)
          .withDeadlineAfter(DEADLINE_S, TimeUnit.SECONDS);
    }

    List<LostGroup> lostGroups() {
      return cluster().listLostGroups(ListLostGroupsRequest.getDefaultInstance()).getGroupsList();
    }

    List<RecoveredGroup> recover(boolean acceptDataLoss, Integer... groups) {
      return cluster()
          .recoverGroups(
              RecoverGroupsRequest.newBuilder()
                  .addAllGroups(List.of(groups))
                  .setAcceptDataLoss(acceptDataLoss)
                  .build())
          .getGroupsList();
    }

    void waive(int broker, boolean acceptDataLoss) {
      WaiveBrokerRequest request =
          WaiveBrokerRequest.newBuilder()
              .setBroker(broker)
              .setAcceptDataLoss(acceptDataLoss)
              .build();
      assertThat(cluster().waiveBroker(request)).isNotNull();
    }

    private Optional<String> missing(String topic, int replicas) {
      List<PartitionDescription> partitions = partitions(topic);
      DescribeClusterResponse now = describe();
      boolean whole =
          partitions.stream().allMatch(partition -> partition.getVotersCount() == replicas)
              && now.getGroupsLeaderless() == 0
              && now.getGroupsLagging() == 0
              && now.getGroupsMoving() == 0
              && now.getGroupsLostCount() == 0;
      return whole ? Optional.empty() : Optional.of(partitions + "" + now);
    }

    List<PartitionDescription> partitions(String topic) {
      return TopicServiceGrpc.newBlockingStub(channel)
          .withDeadlineAfter(CALL_S, TimeUnit.SECONDS)
          .describeTopic(DescribeTopicRequest.newBuilder().setName(topic).build())
          .getPartitionsList();
    }

    /** Why a record is not taken; empty if it is. */
    Optional<String> tryProduce(String topic, int partition) {
      return produce(
          PartitionRecords.newBuilder()
              .setTopic(topic)
              .setPartition(partition)
              .addRecords(Record.newBuilder().setValue(ByteString.copyFromUtf8("x")))
              .build());
    }

    private RecordServiceGrpc.RecordServiceBlockingStub records() {
      return RecordServiceGrpc.newBlockingStub(channel).withDeadlineAfter(CALL_S, TimeUnit.SECONDS);
    }

    private static FetchPartition from(String topic, int partition) {
      return FetchPartition.newBuilder()
          .setTopic(topic)
          .setPartition(partition)
          .setStart(OffsetSpec.newBuilder().setNamed(NamedOffset.NAMED_OFFSET_EARLIEST))
          .build();
    }

    long end(String topic, int partition) {
      return records()
          .listOffsets(
              ListOffsetsRequest.newBuilder().addPartitions(from(topic, partition)).build())
          .getOffsets(0)
          .getHighWatermark();
    }

    Optional<String> produce(PartitionRecords records) {
      CompletableFuture<ProduceResponse> answer = new CompletableFuture<>();
      StreamObserver<ProduceRequest> requests =
          RecordServiceGrpc.newStub(channel)
              .produce(
                  new StreamObserver<>() {
                    @Override
                    public void onNext(ProduceResponse response) {
                      answer.complete(response);
                    }

                    @Override
                    public void onError(Throwable failure) {
                      answer.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {}
                  });
      requests.onNext(ProduceRequest.newBuilder().setId(7).addPartitions(records).build());
      try {
        PartitionAck ack = answer.get(CALL_S, TimeUnit.SECONDS).getAcks(0);
        requests.onCompleted();
        return ack.hasError() ? Optional.of(text(ack.getError())) : Optional.empty();
      } catch (ExecutionException | TimeoutException e) {
        return Optional.of(e.toString());
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    private static String text(Error error) {
      return error.getCode() + ": " + error.getMessage();
    }

    Optional<String> read(String topic, int partition, List<String> values) {
      try {
        long end = end(topic, partition);
        if (end < 0) {
          return Optional.of("does not lead " + topic + "/" + partition);
        }
        Iterator<FetchResponse> responses =
            records()
                .fetch(
                    FetchRequest.newBuilder()
                        .setForm(FetchForm.FETCH_FORM_RECORDS)
                        .addPartitions(from(topic, partition))
                        .build());
        while (values.size() < end) {
          var piece = responses.next().getPartitions(0);
          if (piece.hasError()) {
            return Optional.of(text(piece.getError()));
          }
          piece.getRecordsList().forEach(r -> values.add(r.getValue().toStringUtf8()));
        }
        return Optional.empty();
      } catch (StatusRuntimeException e) {
        return Optional.of(e.toString());
      }
    }
  }

  @Override
  public void close() {
    clients.values().forEach(client -> client.channel.shutdownNow());
    brokers.values().forEach(Broker::close);
    store.close();
    executor.shutdownNow();
  }
}

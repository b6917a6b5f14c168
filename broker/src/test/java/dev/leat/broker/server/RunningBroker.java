package dev.leat.broker.server;

import dev.leat.broker.state.LocalStateStore;
import dev.leat.crds.Cluster;
import dev.leat.crds.ClusterSpec;
import dev.leat.v1.ClusterServiceGrpc;
import dev.leat.v1.CreateTopicRequest;
import dev.leat.v1.FetchForm;
import dev.leat.v1.FetchPartition;
import dev.leat.v1.FetchRequest;
import dev.leat.v1.FetchResponse;
import dev.leat.v1.NamedOffset;
import dev.leat.v1.OffsetSpec;
import dev.leat.v1.PartitionAck;
import dev.leat.v1.PartitionRecords;
import dev.leat.v1.ProduceRequest;
import dev.leat.v1.ProduceResponse;
import dev.leat.v1.RecordServiceGrpc;
import dev.leat.v1.TopicServiceGrpc;
import dev.leat.v1.TopicSpec;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A broker in this process, with a channel to it. */
final class RunningBroker implements AutoCloseable {
  private static final UUID CLUSTER = new UUID(1, 2);
  private static final int DEADLINE_S = 20;

  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final LocalStateStore store;
  private final Broker broker;
  private final ManagedChannel channel;

  RunningBroker(Path directory) throws IOException, BrokerStartException {
    this(directory, UnaryOperator.identity());
  }

  RunningBroker(Path directory, UnaryOperator<BrokerConfig> change)
      throws IOException, BrokerStartException {
    store =
        LocalStateStore.open(
            directory,
            new LocalStateStore.Context(
                executor, InstantSource.system(), () -> UUID.randomUUID().toString()));
    // Ok the first time, AlreadyExists after a restart.
    store
        .create(Cluster.of(BrokerConfig.EMBEDDED_CLUSTER, ClusterSpec.ofBrokers(1)))
        .toCompletableFuture()
        .join();
    broker =
        Broker.start(
            change.apply(
                BrokerConfig.embedded(0, directory.resolve("broker-0"), "127.0.0.1", 0, 0)),
            CLUSTER,
            store);
    channel = connect();
  }

  Broker broker() {
    return broker;
  }

  /** A connection of its own, for whoever wants to end it. */
  ManagedChannel connect() {
    return NettyChannelBuilder.forAddress("127.0.0.1", broker.grpcPort()).usePlaintext().build();
  }

  /** What Prometheus would read. */
  String metrics() {
    URI uri = URI.create("http://127.0.0.1:" + broker.httpPort() + "/metrics");
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  RecordServiceGrpc.RecordServiceStub records() {
    return RecordServiceGrpc.newStub(channel);
  }

  RecordServiceGrpc.RecordServiceBlockingStub recordsBlocking() {
    return RecordServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(DEADLINE_S, TimeUnit.SECONDS);
  }

  TopicServiceGrpc.TopicServiceBlockingStub topics() {
    return TopicServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(DEADLINE_S, TimeUnit.SECONDS);
  }

  ClusterServiceGrpc.ClusterServiceBlockingStub cluster() {
    return ClusterServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(DEADLINE_S, TimeUnit.SECONDS);
  }

  void createTopic(String name, int partitions) {
    topics()
        .createTopic(
            CreateTopicRequest.newBuilder()
                .setTopic(TopicSpec.newBuilder().setName(name).setPartitions(partitions))
                .build());
  }

  /** Sends one request with these parts, and waits for its response. */
  ProduceResponse produce(PartitionRecords... parts) throws InterruptedException {
    BlockingQueue<ProduceResponse> responses = new LinkedBlockingQueue<>();
    StreamObserver<ProduceRequest> requests = records().produce(into(responses));
    requests.onNext(ProduceRequest.newBuilder().setId(7).addAllPartitions(List.of(parts)).build());
    ProduceResponse response = responses.poll(DEADLINE_S, TimeUnit.SECONDS);
    requests.onCompleted();
    return Objects.requireNonNull(response, "no response in time");
  }

  /** Keeps what is answered. */
  static StreamObserver<ProduceResponse> into(BlockingQueue<ProduceResponse> responses) {
    return new StreamObserver<>() {
      @Override
      public void onNext(ProduceResponse response) {
        responses.add(response);
      }

      @Override
      public void onError(Throwable failure) {
        // Whoever waits for answers runs into the deadline.
      }

      @Override
      public void onCompleted() {}
    };
  }

  PartitionAck produceOne(PartitionRecords part) throws InterruptedException {
    return produce(part).getAcks(0);
  }

  /** Values of the first {@code count} records. */
  List<String> read(String topic, int partition, int count) {
    Iterator<FetchResponse> responses =
        recordsBlocking()
            .fetch(
                FetchRequest.newBuilder()
                    .setForm(FetchForm.FETCH_FORM_RECORDS)
                    .addPartitions(
                        FetchPartition.newBuilder()
                            .setTopic(topic)
                            .setPartition(partition)
                            .setStart(
                                OffsetSpec.newBuilder()
                                    .setNamed(NamedOffset.NAMED_OFFSET_EARLIEST)))
                    .build());
    List<String> values = new ArrayList<>();
    while (values.size() < count) {
      responses.next().getPartitionsList().stream()
          .flatMap(piece -> piece.getRecordsList().stream())
          .map(record -> record.getValue().toStringUtf8())
          .forEach(values::add);
    }
    return values;
  }

  @Override
  public void close() {
    channel.shutdownNow();
    broker.close();
    store.close();
    executor.shutdown();
  }
}

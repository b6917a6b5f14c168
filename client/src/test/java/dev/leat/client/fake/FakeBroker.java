package dev.leat.client.fake;

import dev.leat.v1.ClusterServiceGrpc;
import dev.leat.v1.Error;
import dev.leat.v1.ErrorCode;
import dev.leat.v1.FetchRequest;
import dev.leat.v1.FetchResponse;
import dev.leat.v1.GroupLeader;
import dev.leat.v1.ListOffsetsRequest;
import dev.leat.v1.ListOffsetsResponse;
import dev.leat.v1.MetadataUpdate;
import dev.leat.v1.PartitionAck;
import dev.leat.v1.PartitionRecords;
import dev.leat.v1.ProduceRequest;
import dev.leat.v1.ProduceResponse;
import dev.leat.v1.RecordServiceGrpc;
import dev.leat.v1.WatchMetadataRequest;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A broker of a {@link FakeCluster}, made with the generated stubs. */
public final class FakeBroker implements AutoCloseable {

  private final FakeCluster cluster;
  private final int id;
  private final Server server;
  private final int port;
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final AtomicInteger produceStreams = new AtomicInteger();
  private final Set<FakeFetch> fetches = ConcurrentHashMap.newKeySet();

  FakeBroker(FakeCluster cluster, int id, int port) {
    this.cluster = cluster;
    this.id = id;
    try {
      server =
          NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", port))
              .executor(executor)
              .maxInboundMessageSize(16 << 20)
              .permitKeepAliveTime(1, TimeUnit.SECONDS)
              .permitKeepAliveWithoutCalls(true)
              .addService(new Records())
              .addService(new Clusters())
              .build()
              .start();
      this.port = server.getPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The port it listens on. */
  public int port() {
    return port;
  }

  /** Produce streams that were opened. */
  public int produceStreams() {
    return produceStreams.get();
  }

  /** Fetch streams that are open. */
  public Set<FakeFetch> fetches() {
    return fetches;
  }

  @Override
  public void close() {
    server.shutdownNow();
    try {
      server.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    executor.shutdownNow();
  }

  /** What the broker says if it cannot serve a partition; null if it can. */
  Error refusal(String topic, int partition) {
    if (cluster.log(topic, partition) == null) {
      return error(ErrorCode.ERROR_CODE_UNKNOWN_TOPIC, "no topic " + topic).build();
    }
    GroupLeader leader = cluster.leader(topic, partition);
    if (leader.getLeader() == id) {
      return null;
    }
    Error.Builder error = error(ErrorCode.ERROR_CODE_NOT_LEADER, id + " does not lead");
    if (leader.getLeader() >= 0) {
      error.setLeader(cluster.address(leader.getLeader())).setLeaderEpoch(leader.getEpoch());
    }
    return error.build();
  }

  private static Error.Builder error(ErrorCode code, String message) {
    return Error.newBuilder().setCode(code).setMessage(message);
  }

  private final class Clusters extends ClusterServiceGrpc.ClusterServiceImplBase {
    @Override
    public void watchMetadata(
        WatchMetadataRequest request, StreamObserver<MetadataUpdate> updates) {
      ((ServerCallStreamObserver<MetadataUpdate>) updates)
          .setOnCancelHandler(() -> cluster.unwatch(updates));
      cluster.watch(id, updates);
    }
  }

  private final class Records extends RecordServiceGrpc.RecordServiceImplBase {
    @Override
    public StreamObserver<ProduceRequest> produce(StreamObserver<ProduceResponse> responses) {
      produceStreams.incrementAndGet();
      return new ProduceStream(responses);
    }

    @Override
    public void fetch(FetchRequest request, StreamObserver<FetchResponse> responses) {
      FakeFetch fetch =
          new FakeFetch(
              cluster,
              FakeBroker.this,
              request,
              (ServerCallStreamObserver<FetchResponse>) responses);
      fetches.add(fetch);
      executor.execute(fetch);
    }

    @Override
    public void listOffsets(
        ListOffsetsRequest request, StreamObserver<ListOffsetsResponse> responses) {
      ListOffsetsResponse.Builder response = ListOffsetsResponse.newBuilder();
      request
          .getPartitionsList()
          .forEach(asked -> response.addOffsets(FakeFetch.listed(cluster, FakeBroker.this, asked)));
      responses.onNext(response.build());
      responses.onCompleted();
    }
  }

  private final class ProduceStream implements StreamObserver<ProduceRequest> {
    private final StreamObserver<ProduceResponse> responses;
    private boolean over;

    ProduceStream(StreamObserver<ProduceResponse> responses) {
      this.responses = responses;
    }

    @Override
    public void onNext(ProduceRequest request) {
      if (over) {
        return;
      }
      ProduceResponse.Builder response = ProduceResponse.newBuilder().setId(request.getId());
      for (PartitionRecords records : request.getPartitionsList()) {
        if (!handle(records, response)) {
          over = true;
          return;
        }
      }
      responses.onNext(response.build());
    }

    /** Says whether the request goes on. */
    private boolean handle(PartitionRecords records, ProduceResponse.Builder response) {
      Error refusal = refusal(records.getTopic(), records.getPartition());
      if (refusal != null) {
        response.addAcks(PartitionAck.newBuilder().setError(refusal));
        return true;
      }
      ProduceScript.Fate fate = cluster.fate(id, records.getTopic(), records.getPartition());
      switch (fate.kind()) {
        case APPEND -> response.addAcks(append(records));
        case REFUSE -> response.addAcks(refused(fate.error()));
        case APPEND_AND_REFUSE -> {
          append(records);
          response.addAcks(refused(fate.error()));
        }
        case BREAK_BEFORE -> responses.onError(Status.UNAVAILABLE.asRuntimeException());
        case BREAK_AFTER -> {
          append(records);
          responses.onError(Status.UNAVAILABLE.asRuntimeException());
        }
        case HANG -> {}
      }
      return switch (fate.kind()) {
        case APPEND, REFUSE, APPEND_AND_REFUSE -> true;
        case BREAK_BEFORE, BREAK_AFTER, HANG -> false;
      };
    }

    private PartitionAck refused(ErrorCode code) {
      return PartitionAck.newBuilder().setError(error(code, "scripted " + code)).build();
    }

    private PartitionAck append(PartitionRecords records) {
      if (records.getBatches().size() > cluster.maxMessageBytes()) {
        return refused(ErrorCode.ERROR_CODE_RECORD_TOO_LARGE);
      }
      ByteBuffer batch = ByteBuffer.wrap(records.getBatches().toByteArray());
      FakeLog.Appended appended =
          cluster.log(records.getTopic(), records.getPartition()).append(batch);
      if (appended.error() != ErrorCode.ERROR_CODE_UNSPECIFIED) {
        return refused(appended.error());
      }
      return PartitionAck.newBuilder()
          .setBaseOffset(appended.baseOffset())
          .setAppendTime(-1)
          .build();
    }

    @Override
    public void onError(Throwable error) {
      over = true;
    }

    @Override
    public void onCompleted() {
      over = true;
      responses.onCompleted();
    }
  }
}

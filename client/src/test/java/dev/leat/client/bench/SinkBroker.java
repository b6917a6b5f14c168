package dev.leat.client.bench;

import dev.leat.api.rpc.FetchResponseFrame;
import dev.leat.api.rpc.PartitionRecordsView;
import dev.leat.api.rpc.PooledBufferSource;
import dev.leat.api.rpc.ProduceRequestView;
import dev.leat.api.rpc.RecordMethods;
import dev.leat.v1.BrokerAddress;
import dev.leat.v1.BrokerState;
import dev.leat.v1.ClusterServiceGrpc;
import dev.leat.v1.FetchRequest;
import dev.leat.v1.GroupLeader;
import dev.leat.v1.ListOffsetsRequest;
import dev.leat.v1.ListOffsetsResponse;
import dev.leat.v1.MetadataUpdate;
import dev.leat.v1.PartitionAck;
import dev.leat.v1.ProduceResponse;
import dev.leat.v1.TopicMetadata;
import dev.leat.v1.WatchMetadataRequest;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * A broker that acknowledges everything at once and keeps nothing: what a producer costs by itself.
 * Every topic exists and has as many partitions as the argument says.
 */
public final class SinkBroker {

  private static final int PORT = 19_999;

  private SinkBroker() {}

  /** Runs; argument: partitions. */
  public static void main(String[] args) throws Exception {
    int partitions = Integer.parseInt(args[0]);
    RecordMethods.Server methods =
        RecordMethods.server(PooledBufferSource.direct(64L * 1024 * 1024));
    NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", PORT))
        .directExecutor()
        .initialFlowControlWindow(1 << 20)
        .maxInboundMessageSize(16 << 20)
        .permitKeepAliveTime(1, TimeUnit.SECONDS)
        .addService(new Clusters(partitions))
        .addService(
            ServerServiceDefinition.builder(methods.service())
                .addMethod(methods.produce(), ServerCalls.asyncBidiStreamingCall(Sink::new))
                .addMethod(
                    methods.fetch(), ServerCalls.asyncServerStreamingCall(SinkBroker::refuse))
                .addMethod(
                    methods.listOffsets(), ServerCalls.asyncUnaryCall(SinkBroker::refuseOffsets))
                .build())
        .build()
        .start()
        .awaitTermination();
  }

  private static void refuse(FetchRequest request, StreamObserver<FetchResponseFrame> responses) {
    responses.onError(Status.UNIMPLEMENTED.asRuntimeException());
  }

  private static void refuseOffsets(
      ListOffsetsRequest request, StreamObserver<ListOffsetsResponse> responses) {
    responses.onError(Status.UNIMPLEMENTED.asRuntimeException());
  }

  private record Sink(StreamObserver<ProduceResponse> responses)
      implements StreamObserver<ProduceRequestView> {
    @Override
    public void onNext(ProduceRequestView view) {
      ProduceResponse.Builder response = ProduceResponse.newBuilder().setId(view.id());
      for (PartitionRecordsView ignored : view.partitions()) {
        response.addAcks(PartitionAck.newBuilder().setAppendTime(-1));
      }
      view.release();
      responses.onNext(response.build());
    }

    @Override
    public void onError(Throwable error) {}

    @Override
    public void onCompleted() {
      responses.onCompleted();
    }
  }

  private static final class Clusters extends ClusterServiceGrpc.ClusterServiceImplBase {
    private final int partitions;

    Clusters(int partitions) {
      this.partitions = partitions;
    }

    @Override
    public void watchMetadata(
        WatchMetadataRequest request, StreamObserver<MetadataUpdate> updates) {
      MetadataUpdate.Builder update =
          MetadataUpdate.newBuilder()
              .setSnapshot(true)
              .addBrokers(
                  BrokerState.newBuilder()
                      .setAddress(BrokerAddress.newBuilder().setHost("127.0.0.1").setPort(PORT)))
              .addGroups(GroupLeader.newBuilder().setGroup(1).setEpoch(1));
      for (String name : request.getTopicsList()) {
        TopicMetadata.Builder topic = TopicMetadata.newBuilder().setName(name);
        for (int p = 0; p < partitions; p++) {
          topic.addPartitionGroups(1);
        }
        update.addTopics(topic);
      }
      updates.onNext(update.build());
    }
  }
}

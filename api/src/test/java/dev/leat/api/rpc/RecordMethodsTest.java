package dev.leat.api.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.leat.v1.FetchPartition;
import dev.leat.v1.FetchRequest;
import dev.leat.v1.FetchResponse;
import dev.leat.v1.FetchedPartition;
import dev.leat.v1.ListOffsetsRequest;
import dev.leat.v1.ListOffsetsResponse;
import dev.leat.v1.PartitionAck;
import dev.leat.v1.PartitionRecords;
import dev.leat.v1.ProduceRequest;
import dev.leat.v1.ProduceResponse;
import dev.leat.v1.RecordServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Fast and generated sides talk to each other over a real connection. */
class RecordMethodsTest {

  private static final byte[] LARGE = new byte[3_000_000];

  private final CountingBufferSource buffers = new CountingBufferSource();
  private final BlockingQueue<Object> answers = new LinkedBlockingQueue<>();
  private Server server;
  private ManagedChannel channel;

  static {
    for (int i = 0; i < LARGE.length; i++) {
      LARGE[i] = (byte) (i * 31 >> 3);
    }
  }

  @AfterEach
  void close() throws InterruptedException {
    channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
  }

  @Test
  void shouldServeGeneratedStubs() throws Exception {
    start(fastService());
    RecordServiceGrpc.RecordServiceStub stub = RecordServiceGrpc.newStub(channel);

    StreamObserver<ProduceRequest> requests = stub.produce(collect());
    requests.onNext(produceRequest());
    ProduceResponse ack = (ProduceResponse) next();
    stub.fetch(fetchRequest(), collect());
    FetchResponse fetched = (FetchResponse) next();

    assertThat(ack.getId()).isEqualTo(7);
    assertThat(ack.getAcks(0).getBaseOffset()).isEqualTo(LARGE.length);
    assertThat(fetched.getPartitions(0).getBatches()).isEqualTo(ByteString.copyFrom(LARGE));
  }

  @Test
  void shouldCallGeneratedServices() throws Exception {
    start(new GeneratedService().bindService());
    RecordMethods.Client methods = RecordMethods.client(buffers);

    StreamObserver<ProduceRequestFrame> requests =
        ClientCalls.asyncBidiStreamingCall(
            channel.newCall(methods.produce(), CallOptions.DEFAULT), collect());
    ByteBuffer direct = ByteBuffer.allocateDirect(LARGE.length).put(0, LARGE);
    requests.onNext(
        new ProduceRequestFrame(
            7, List.of(new ProducePiece(TopicName.of("t"), 2, List.of(direct)))));
    ProduceResponse ack = (ProduceResponse) next();
    ClientCalls.asyncServerStreamingCall(
        channel.newCall(methods.fetch(), CallOptions.DEFAULT), fetchRequest(), collect());
    FetchResponseView fetched = (FetchResponseView) next();

    assertThat(ack.getAcks(0).getBaseOffset()).isEqualTo(LARGE.length);
    assertThat(fetched.partitions().getFirst().batches()).isEqualTo(ByteBuffer.wrap(LARGE));
    fetched.release();
    assertThat(buffers.inUse()).isZero();
  }

  @Test
  void shouldAnswerMalformedRequestsWithInvalidArgument() throws Exception {
    start(fastService());
    MethodDescriptor<byte[], ProduceResponse> raw =
        RecordServiceGrpc.getProduceMethod().toBuilder(
                new RawMarshaller(), RecordServiceGrpc.getProduceMethod().getResponseMarshaller())
            .build();

    StreamObserver<byte[]> requests =
        ClientCalls.asyncBidiStreamingCall(channel.newCall(raw, CallOptions.DEFAULT), collect());
    requests.onNext("garbage".getBytes(UTF_8));

    assertThat(next())
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
              assertThat(e.getStatus().getDescription()).contains("malformed");
            });
  }

  @Test
  void shouldRefuseMessagesOverTheLimit() throws Exception {
    start(fastService());
    ByteString tooLong = ByteString.copyFrom(new byte[WireLimits.MAX_MESSAGE_BYTES + 1]);
    ListOffsetsRequest request =
        ListOffsetsRequest.newBuilder()
            .addPartitions(FetchPartition.newBuilder().setTopicBytes(tooLong))
            .build();

    assertThatThrownBy(() -> RecordServiceGrpc.newBlockingStub(channel).listOffsets(request))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("RESOURCE_EXHAUSTED");
  }

  private static ProduceRequest produceRequest() {
    return ProduceRequest.newBuilder()
        .setId(7)
        .addPartitions(
            PartitionRecords.newBuilder()
                .setTopic("t")
                .setPartition(2)
                .setBatches(ByteString.copyFrom(LARGE)))
        .build();
  }

  private static FetchRequest fetchRequest() {
    return FetchRequest.newBuilder()
        .addPartitions(FetchPartition.newBuilder().setTopic("t").setPartition(2))
        .build();
  }

  private ServerServiceDefinition fastService() {
    RecordMethods.Server methods = RecordMethods.server(buffers);
    return ServerServiceDefinition.builder(methods.service())
        .addMethod(methods.produce(), ServerCalls.asyncBidiStreamingCall(Acknowledge::new))
        .addMethod(
            methods.fetch(),
            ServerCalls.asyncServerStreamingCall(
                (request, responses) -> {
                  ByteBuffer mapped = ByteBuffer.allocateDirect(LARGE.length).put(0, LARGE);
                  List<ByteBuffer> batches =
                      List.of(mapped.slice(0, 1_000), mapped.slice(1_000, LARGE.length - 1_000));
                  TopicName topic = TopicName.of(request.getPartitions(0).getTopic());
                  FetchedPiece piece = FetchedPiece.of(topic, 2, 100, 0).withBatches(batches);
                  responses.onNext(new FetchResponseFrame(List.of(piece)));
                  responses.onCompleted();
                }))
        .addMethod(
            methods.listOffsets(),
            ServerCalls.asyncUnaryCall(
                (request, responses) -> {
                  responses.onNext(ListOffsetsResponse.getDefaultInstance());
                  responses.onCompleted();
                }))
        .build();
  }

  private static ProduceResponse ack(long id, long bytes) {
    return ProduceResponse.newBuilder()
        .setId(id)
        .addAcks(PartitionAck.newBuilder().setBaseOffset(bytes))
        .build();
  }

  private void start(ServerServiceDefinition service) throws Exception {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .maxInboundMessageSize(WireLimits.MAX_MESSAGE_BYTES)
            .addService(service)
            .build()
            .start();
    channel =
        ManagedChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
  }

  private Object next() throws InterruptedException {
    Object answer = answers.poll(10, TimeUnit.SECONDS);
    assertThat(answer).as("answer within 10 s").isNotNull();
    return answer;
  }

  private <T> StreamObserver<T> collect() {
    return new StreamObserver<>() {
      @Override
      public void onNext(T message) {
        answers.add(message);
      }

      @Override
      public void onError(Throwable error) {
        answers.add(error);
      }

      @Override
      public void onCompleted() {}
    };
  }

  /** Answers requests with the size of what they hold. */
  private record Acknowledge(StreamObserver<ProduceResponse> responses)
      implements StreamObserver<ProduceRequestView> {
    @Override
    public void onNext(ProduceRequestView view) {
      view.defect()
          .ifPresentOrElse(
              defect ->
                  responses.onError(
                      Status.INVALID_ARGUMENT.withDescription(defect).asRuntimeException()),
              () -> {
                long bytes = view.partitions().getFirst().batches().remaining();
                responses.onNext(ack(view.id(), bytes));
              });
      view.release();
    }

    @Override
    public void onError(Throwable error) {}

    @Override
    public void onCompleted() {
      responses.onCompleted();
    }
  }

  /** As a broker of the generated classes would be. */
  private static final class GeneratedService extends RecordServiceGrpc.RecordServiceImplBase {
    @Override
    public StreamObserver<ProduceRequest> produce(StreamObserver<ProduceResponse> responses) {
      return new StreamObserver<>() {
        @Override
        public void onNext(ProduceRequest request) {
          boolean same = request.getPartitions(0).getBatches().equals(ByteString.copyFrom(LARGE));
          responses.onNext(ack(request.getId(), same ? LARGE.length : -1));
        }

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onCompleted() {
          responses.onCompleted();
        }
      };
    }

    @Override
    public void fetch(FetchRequest request, StreamObserver<FetchResponse> responses) {
      FetchedPartition.Builder partition =
          FetchedPartition.newBuilder()
              .setTopic(request.getPartitions(0).getTopic())
              .setBatches(ByteString.copyFrom(LARGE));
      responses.onNext(FetchResponse.newBuilder().addPartitions(partition).build());
      responses.onCompleted();
    }
  }

  /** Sends any bytes. */
  private static final class RawMarshaller implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] bytes) {
      return new ByteArrayInputStream(bytes);
    }

    @Override
    public byte[] parse(InputStream input) {
      throw new UnsupportedOperationException();
    }
  }
}

package dev.leat.broker.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.leat.v1.ClusterServiceGrpc;
import dev.leat.v1.DescribeTopicRequest;
import dev.leat.v1.GroupServiceGrpc;
import dev.leat.v1.PartitionRecords;
import dev.leat.v1.ProduceRequest;
import dev.leat.v1.ProduceResponse;
import dev.leat.v1.QueueServiceGrpc;
import dev.leat.v1.Record;
import dev.leat.v1.RecordServiceGrpc;
import dev.leat.v1.TopicServiceGrpc;
import dev.leat.v1.TransactionServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Clients that send nonsense, or vanish in the middle of what they do. */
class HostileClientTest {
  private static final int DEADLINE_S = 20;
  private static final int ROUNDS = 5;
  private static final int REQUESTS = 200;

  /** Many more than the answers that windows and buffers have room for. */
  private static final int MANY = 100_000;

  private static final int SMALL_WINDOW_BYTES = 64 << 10;

  private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final String FILLER = "x".repeat(10_000);

  /** A field of 127 bytes, of which there is one. */
  private static final byte[] LONGER_THAN_ITSELF = {0x12, 0x7f, 1};

  private static final MethodDescriptor.Marshaller<byte[]> BYTES =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] message) {
          return new ByteArrayInputStream(message);
        }

        @Override
        public byte[] parse(InputStream message) {
          try {
            return message.readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  private static final MethodDescriptor<byte[], byte[]> PRODUCE =
      ofBytes(RecordServiceGrpc.getProduceMethod());

  @TempDir Path directory;
  private RunningBroker running;

  @BeforeEach
  void start() throws Exception {
    running = new RunningBroker(directory);
    running.createTopic("click", 1);
  }

  @AfterEach
  void stop() {
    running.close();
  }

  private static MethodDescriptor<byte[], byte[]> ofBytes(MethodDescriptor<?, ?> method) {
    return method.toBuilder(BYTES, BYTES).build();
  }

  @Test
  void shouldSayWhatIsMalformed() throws Exception {
    Status status = fateOf(PRODUCE, LONGER_THAN_ITSELF);

    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription())
        .isEqualTo("ProduceRequest is malformed, it has a field that is longer than its message");
    assertServed();
  }

  static Stream<MethodDescriptor<?, ?>> methods() {
    return Stream.of(
            RecordServiceGrpc.getServiceDescriptor(),
            TopicServiceGrpc.getServiceDescriptor(),
            TransactionServiceGrpc.getServiceDescriptor(),
            GroupServiceGrpc.getServiceDescriptor(),
            QueueServiceGrpc.getServiceDescriptor(),
            ClusterServiceGrpc.getServiceDescriptor())
        .flatMap(service -> service.getMethods().stream());
  }

  @ParameterizedTest
  @MethodSource("methods")
  void shouldRefuseWhatIsMalformedInOneLine(MethodDescriptor<?, ?> method) throws Exception {
    Status status = fateOf(ofBytes(method), LONGER_THAN_ITSELF);

    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).contains("Request is malformed").hasLineCount(1);
    assertServed();
  }

  @Test
  void shouldRefuseAMessageOverTheLimit() throws Exception {
    Status status = fateOf(PRODUCE, new byte[17 << 20]);

    assertThat(status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertServed();
  }

  /** How a call ends that sends this as its first message. */
  private Status fateOf(MethodDescriptor<byte[], byte[]> method, byte[] message) throws Exception {
    ManagedChannel channel = running.connect();
    try {
      CompletableFuture<Status> fate = new CompletableFuture<>();
      ClientCall<byte[], byte[]> call = channel.newCall(method, CallOptions.DEFAULT);
      call.start(
          new ClientCall.Listener<byte[]>() {
            @Override
            public void onClose(Status status, Metadata trailers) {
              fate.complete(status);
            }
          },
          new Metadata());
      call.request(1);
      call.sendMessage(message);
      if (method.getType().clientSendsOneMessage()) {
        // It leaves the client with the end of the request.
        call.halfClose();
      }
      return fate.get(DEADLINE_S, TimeUnit.SECONDS);
    } finally {
      channel.shutdownNow();
    }
  }

  /** Its answers would pile up in the broker. */
  @Test
  void shouldStopReadingAProducerThatTakesNoAnswers() throws Exception {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", running.broker().grpcPort())
            .usePlaintext()
            .flowControlWindow(SMALL_WINDOW_BYTES)
            .build();
    ClientCall<byte[], byte[]> call = channel.newCall(PRODUCE, CallOptions.DEFAULT);
    call.start(new ClientCall.Listener<byte[]>() {}, new Metadata());

    byte[] request =
        ProduceRequest.newBuilder().addPartitions(record("x".repeat(200))).build().toByteArray();
    int sent = 0;
    while (sent < MANY && isReadySoon(call)) {
      call.sendMessage(request);
      sent++;
    }

    assertThat(sent).isLessThan(MANY);
    assertServed();
    channel.shutdownNow();
  }

  private static boolean isReadySoon(ClientCall<byte[], byte[]> call) {
    long deadline = System.nanoTime() + STALL_NANOS;
    while (!call.isReady() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(100));
    }
    return call.isReady();
  }

  @Test
  void shouldStoreTheBeginningOfWhatAVanishedProducerSent() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      vanishInTheMiddle(round);
    }

    awaitNothingHeld();
    Map<String, Integer> counts = new HashMap<>();
    for (String value : running.read("click", 0, stored())) {
      List<String> parts = List.of(value.split(" "));
      int before = counts.merge(parts.get(0), 1, Integer::sum) - 1;
      assertThat(parts.get(1)).as("round " + parts.get(0)).isEqualTo(Integer.toString(before));
    }
    assertThat(counts).hasSize(ROUNDS);
    assertServed();
  }

  /** Sends more than the broker takes at once, and closes the connection at the first answer. */
  private void vanishInTheMiddle(int round) throws InterruptedException {
    ManagedChannel channel = running.connect();
    CountDownLatch answered = new CountDownLatch(1);
    StreamObserver<ProduceRequest> requests =
        RecordServiceGrpc.newStub(channel)
            .produce(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ProduceResponse response) {
                    answered.countDown();
                  }

                  @Override
                  public void onError(Throwable cancelled) {
                    // It is meant to be.
                  }

                  @Override
                  public void onCompleted() {}
                });
    for (int i = 0; i < REQUESTS; i++) {
      requests.onNext(
          ProduceRequest.newBuilder()
              .setId(i)
              .addPartitions(record("%d %d %s".formatted(round, i, FILLER)))
              .build());
    }
    assertThat(answered.await(DEADLINE_S, TimeUnit.SECONDS)).isTrue();
    channel.shutdownNow();
  }

  private int stored() {
    return (int)
        running
            .topics()
            .describeTopic(DescribeTopicRequest.newBuilder().setName("click").build())
            .getPartitions(0)
            .getHighWatermark();
  }

  private void awaitNothingHeld() {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_S);
    while (!running.metrics().contains("\nleat_produce_held_bytes 0.0\n")) {
      assertThat(System.nanoTime()).as("memory is given back in time").isLessThan(deadline);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  private void assertServed() throws InterruptedException {
    assertThat(running.produceOne(record("still here")).hasError()).isFalse();
  }

  private static PartitionRecords record(String value) {
    return PartitionRecords.newBuilder()
        .setTopic("click")
        .addRecords(Record.newBuilder().setValue(ByteString.copyFromUtf8(value)))
        .build();
  }
}

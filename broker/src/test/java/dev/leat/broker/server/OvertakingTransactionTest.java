package dev.leat.broker.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.leat.broker.runtime.Answer;
import dev.leat.broker.runtime.BrokerApi;
import dev.leat.broker.runtime.BrokerMetrics;
import dev.leat.broker.runtime.LivePartition;
import dev.leat.broker.runtime.thread.OnDemand;
import dev.leat.broker.runtime.transactions.TransactionCoordination;
import dev.leat.broker.transport.ConnectionGate;
import dev.leat.broker.transport.Errors;
import dev.leat.broker.transport.GrpcListener;
import dev.leat.broker.transport.NetworkLoops;
import dev.leat.broker.transport.RecordAdapter;
import dev.leat.v1.ErrorCode;
import dev.leat.v1.PartitionAck;
import dev.leat.v1.PartitionRecords;
import dev.leat.v1.ProduceRequest;
import dev.leat.v1.ProduceResponse;
import dev.leat.v1.ProducerIdentity;
import dev.leat.v1.Record;
import dev.leat.v1.RecordServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests of one transaction that are under way together, when their coordinator does not confirm
 * them in their order. The log is real; the coordinator answers when the test wants.
 */
@Timeout(60)
class OvertakingTransactionTest {
  private static final int DEADLINE_S = 20;

  /** Rounds of the core loop within which a confirmed batch has been tried. */
  private static final int ROUNDS = 5;

  private static final Answer<Long> CONFIRMED = new Answer.Ok<>(0L);
  private static final ProducerIdentity PRODUCER =
      ProducerIdentity.newBuilder()
          .setTransactionalId("shop")
          .setProducerId(7)
          .setProducerEpoch(0)
          .build();

  @TempDir Path directory;
  private final BlockingQueue<CompletableFuture<Answer<Long>>> questions =
      new LinkedBlockingQueue<>();
  private final BlockingQueue<ProduceResponse> answers = new LinkedBlockingQueue<>();
  private final NetworkLoops loops = new NetworkLoops(1);
  private RunningBroker running;
  private GrpcListener listener;
  private ManagedChannel channel;
  private StreamObserver<ProduceRequest> requests;

  @BeforeEach
  void start() throws Exception {
    running = new RunningBroker(directory);
    running.createTopic("orders", 2);
    BrokerApi api = running.broker().api();
    OnDemand<TransactionCoordination> coordinator = new OnDemand<>(Held::new, api.readers());
    // Before the first request: those that wait for it to be made are not asked in their order.
    coordinator.get().toCompletableFuture().join();
    listener =
        new GrpcListener(
            new InetSocketAddress("127.0.0.1", 0),
            loops,
            List.of(),
            List.of(
                new RecordAdapter(api, Errors.withAddresses(api.metadata()), coordinator, 16 << 20)
                    .definition()),
            List.of(),
            new GrpcListener.Limits(new ConnectionGate(10, 10, BrokerMetrics.NONE), 600_000));
    channel = NettyChannelBuilder.forAddress("127.0.0.1", listener.port()).usePlaintext().build();
    requests = RecordServiceGrpc.newStub(channel).produce(RunningBroker.into(answers));
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    listener.close();
    loops.close();
    running.close();
  }

  /** Keeps questions until they are answered by the test. */
  private final class Held implements TransactionCoordination {
    @Override
    public CompletionStage<Answer<Long>> join(Producer producer, LivePartition partition) {
      CompletableFuture<Answer<Long>> answer = new CompletableFuture<>();
      questions.add(answer);
      return answer;
    }

    @Override
    public CompletionStage<Answer<Integer>> locate(String transactionalId) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Answer<Producer>> begin(String transactionalId, int timeoutMs) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Answer<Producer>> end(Producer producer, boolean commit) {
      throw new UnsupportedOperationException();
    }
  }

  private static PartitionRecords records(int partition, int sequence) {
    return PartitionRecords.newBuilder()
        .setTopic("orders")
        .setPartition(partition)
        .setSequence(sequence)
        .addRecords(Record.newBuilder().setValue(ByteString.copyFromUtf8("order")))
        .build();
  }

  private void send(PartitionRecords... parts) {
    requests.onNext(
        ProduceRequest.newBuilder()
            .setTransaction(PRODUCER)
            .addAllPartitions(List.of(parts))
            .build());
  }

  private CompletableFuture<Answer<Long>> question() throws InterruptedException {
    return Objects.requireNonNull(
        questions.poll(DEADLINE_S, TimeUnit.SECONDS), "the coordinator was not asked in time");
  }

  private List<PartitionAck> answer() throws InterruptedException {
    return Objects.requireNonNull(answers.poll(DEADLINE_S, TimeUnit.SECONDS), "no answer in time")
        .getAcksList();
  }

  /** Confirms, and waits until what was confirmed has been tried. */
  private void confirm(CompletableFuture<Answer<Long>> question) throws InterruptedException {
    question.complete(CONFIRMED);
    for (int round = 0; round < ROUNDS; round++) {
      CountDownLatch passed = new CountDownLatch(1);
      running.broker().api().core().call(passed::countDown);
      assertThat(passed.await(DEADLINE_S, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void shouldAppendInOrderWhatIsConfirmedInAnother() throws Exception {
    send(records(0, 0));
    send(records(0, 1));
    send(records(0, 2));
    CompletableFuture<Answer<Long>> first = question();
    CompletableFuture<Answer<Long>> second = question();
    CompletableFuture<Answer<Long>> third = question();

    confirm(third);
    confirm(second);
    confirm(first);

    for (int i = 0; i < 3; i++) {
      PartitionAck ack = answer().getFirst();
      assertThat(ack.getError()).isEqualTo(dev.leat.v1.Error.getDefaultInstance());
      assertThat(ack.getBaseOffset()).isEqualTo(i);
    }
  }

  @Test
  void shouldWaitForARequestThatWaitsBecauseOfAnotherPartition() throws Exception {
    send(records(0, 0), records(1, 0));
    send(records(1, 1));
    CompletableFuture<Answer<Long>> other = question();
    CompletableFuture<Answer<Long>> first = question();
    CompletableFuture<Answer<Long>> second = question();

    confirm(first);
    confirm(second);
    confirm(other);

    assertThat(answer()).extracting(PartitionAck::getBaseOffset).containsExactly(0L, 0L);
    assertThat(answer()).extracting(PartitionAck::getBaseOffset).containsExactly(1L);
  }

  @Test
  void shouldStillRefuseWhatDoesNotFollow() throws Exception {
    send(records(0, 0));
    send(records(0, 7));
    send(records(0, 1));
    confirm(question());
    confirm(question());
    confirm(question());

    assertThat(answer().getFirst().hasError()).isFalse();
    assertThat(answer().getFirst().getError().getCode())
        .isEqualTo(ErrorCode.ERROR_CODE_OUT_OF_ORDER_SEQUENCE);
    assertThat(answer().getFirst().getBaseOffset()).isEqualTo(1);
  }
}

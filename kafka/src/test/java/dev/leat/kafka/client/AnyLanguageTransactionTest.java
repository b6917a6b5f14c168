package dev.leat.kafka.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.leat.client.Consumer;
import dev.leat.client.LeatClient;
import dev.leat.client.Position;
import dev.leat.client.admin.TopicSpec;
import dev.leat.kafka.RunningBroker;
import dev.leat.v1.EndTransactionRequest;
import dev.leat.v1.ErrorCode;
import dev.leat.v1.InitProducerRequest;
import dev.leat.v1.LocateTransactionRequest;
import dev.leat.v1.PartitionAck;
import dev.leat.v1.PartitionRecords;
import dev.leat.v1.ProduceRequest;
import dev.leat.v1.ProduceResponse;
import dev.leat.v1.ProducerIdentity;
import dev.leat.v1.Record;
import dev.leat.v1.RecordServiceGrpc;
import dev.leat.v1.TransactionServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Transactions as a client of any language would write them: generated stubs, simple records. */
@Timeout(60)
class AnyLanguageTransactionTest {
  private static final int DEADLINE_S = 30;
  private static final String ID = "python";

  @TempDir private Path directory;
  private final BlockingQueue<ProduceResponse> answers = new LinkedBlockingQueue<>();
  private RunningBroker broker;
  private LeatClient client;
  private ManagedChannel channel;
  private StreamObserver<ProduceRequest> requests;

  @BeforeEach
  void start() throws Exception {
    broker = new RunningBroker(directory);
    client = LeatClient.connect("127.0.0.1:" + broker.grpcPort());
    client.admin().createTopic(TopicSpec.of("orders").withPartitions(1));
    channel = NettyChannelBuilder.forAddress("127.0.0.1", broker.grpcPort()).usePlaintext().build();
    requests =
        RecordServiceGrpc.newStub(channel)
            .produce(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ProduceResponse response) {
                    answers.add(response);
                  }

                  @Override
                  public void onError(Throwable failure) {}

                  @Override
                  public void onCompleted() {}
                });
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    client.close();
    broker.close();
  }

  private TransactionServiceGrpc.TransactionServiceBlockingStub transactions() {
    return TransactionServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(DEADLINE_S, TimeUnit.SECONDS);
  }

  private ProducerIdentity init() {
    return transactions()
        .initProducer(
            InitProducerRequest.newBuilder().setTransactionalId(ID).setTimeoutMs(60_000).build())
        .getProducer();
  }

  private ProducerIdentity end(ProducerIdentity producer, boolean commit) {
    return transactions()
        .endTransaction(
            EndTransactionRequest.newBuilder().setProducer(producer).setCommit(commit).build())
        .getProducer();
  }

  private PartitionAck send(ProducerIdentity producer, int sequence, String... values)
      throws InterruptedException {
    submit(producer, sequence, values);
    return answer();
  }

  private void submit(ProducerIdentity producer, int sequence, String... values) {
    PartitionRecords.Builder records =
        PartitionRecords.newBuilder().setTopic("orders").setSequence(sequence);
    for (String value : values) {
      records.addRecords(Record.newBuilder().setValue(ByteString.copyFromUtf8(value)));
    }
    requests.onNext(
        ProduceRequest.newBuilder().setTransaction(producer).addPartitions(records).build());
  }

  private PartitionAck answer() throws InterruptedException {
    ProduceResponse answer = answers.poll(DEADLINE_S, TimeUnit.SECONDS);
    assertThat(answer).isNotNull();
    return answer.getAcks(0);
  }

  private List<String> read(int count) {
    List<String> values = new ArrayList<>();
    try (Consumer consumer = client.consumer()) {
      consumer.assign("orders", Position.earliest());
      while (values.size() < count) {
        consumer.poll(Duration.ofSeconds(1)).forEach(record -> values.add(record.valueText()));
      }
    }
    return values;
  }

  @Test
  void shouldSendSimpleRecordsInTransactions() throws Exception {
    assertThat(
            transactions()
                .locateTransaction(
                    LocateTransactionRequest.newBuilder().setTransactionalId(ID).build())
                .getCoordinator()
                .getPort())
        .isEqualTo(broker.grpcPort());
    ProducerIdentity first = init();

    assertThat(send(first, 0, "a", "b").hasError()).isFalse();
    PartitionAck sent = send(first, 2, "c");
    PartitionAck again = send(first, 2, "c");
    ProducerIdentity second = end(first, true);
    ProducerIdentity repeated = end(first, true);
    assertThat(send(second, 0, "aborted").hasError()).isFalse();
    ProducerIdentity third = end(second, false);
    assertThat(send(third, 0, "d").hasError()).isFalse();
    end(third, true);

    assertThat(again.getBaseOffset()).isEqualTo(sent.getBaseOffset());
    assertThat(repeated).isEqualTo(second);
    assertThat(read(4)).containsExactly("a", "b", "c", "d");
  }

  @Test
  void shouldTakeRequestsThatDoNotWaitForEachOther() throws Exception {
    ProducerIdentity producer = init();
    List<String> expected = new ArrayList<>();
    for (int transaction = 0; transaction < 30; transaction++) {
      for (int i = 0; i < 10; i++) {
        expected.add(transaction + "/" + i);
        submit(producer, i, expected.getLast());
      }
      for (int i = 0; i < 10; i++) {
        assertThat(answer().getError().getMessage()).isEmpty();
      }
      producer = end(producer, true);
    }

    assertThat(read(expected.size())).isEqualTo(expected);
  }

  @Test
  void shouldRefuseWhatIsNotPartOfATransaction() throws Exception {
    ProducerIdentity fenced = init();
    ProducerIdentity present = init();

    assertThat(send(fenced, 0, "late").getError().getCode())
        .isEqualTo(ErrorCode.ERROR_CODE_PRODUCER_FENCED);
    assertThatThrownBy(() -> end(fenced, true))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("FAILED_PRECONDITION");
    assertThatThrownBy(() -> end(present, true))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("FAILED_PRECONDITION");
    assertThatThrownBy(() -> transactions().initProducer(InitProducerRequest.getDefaultInstance()))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("INVALID_ARGUMENT");
    assertThat(send(present, 0, "first").hasError()).isFalse();
    assertThat(send(present, 7, "gap").getError().getCode())
        .isEqualTo(ErrorCode.ERROR_CODE_OUT_OF_ORDER_SEQUENCE);
  }
}

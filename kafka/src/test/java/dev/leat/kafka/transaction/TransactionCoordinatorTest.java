package dev.leat.kafka.transaction;

import static dev.leat.kafka.coordinator.CoordinatedBroker.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.batch.BatchBuilder;
import dev.leat.api.batch.Compression;
import dev.leat.broker.log.AbortedTransactions.Aborted;
import dev.leat.broker.log.AppendOrigin;
import dev.leat.broker.log.BatchInfo;
import dev.leat.broker.log.ProducerSpan;
import dev.leat.broker.runtime.BatchInfos;
import dev.leat.broker.runtime.LivePartition;
import dev.leat.broker.runtime.ProduceRequest;
import dev.leat.broker.runtime.RequestError;
import dev.leat.kafka.coordinator.CoordinatedBroker;
import dev.leat.kafka.coordinator.TransactionVerifier;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.apache.kafka.server.common.TransactionVersion;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The coordinator on a real log: what it decides, and what consumers then see. */
class TransactionCoordinatorTest {
  private static final int TIMEOUT_MS = 60_000;
  private static final TopicPartition ORDERS = new TopicPartition("orders", 0);
  private static final Set<Errors> AGAIN =
      EnumSet.of(
          Errors.COORDINATOR_LOAD_IN_PROGRESS,
          Errors.NOT_COORDINATOR,
          Errors.CONCURRENT_TRANSACTIONS);

  @TempDir private Path directory;
  private CoordinatedBroker broker;

  @BeforeEach
  void start() throws Exception {
    broker = new CoordinatedBroker(directory);
    broker.createTopic("orders", 1);
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  private void restart() throws Exception {
    broker.close();
    broker = new CoordinatedBroker(directory);
    until(() -> broker.api().topics().find("orders") != null);
  }

  private LivePartition orders() {
    return broker.api().topics().find("orders").partition(0);
  }

  private static void until(BooleanSupplier condition) {
    await(
        CompletableFuture.runAsync(
            () -> {
              while (!condition.getAsBoolean()) {
                Thread.onSpinWait();
              }
            }));
  }

  /** Asks until the coordinator is loaded, and the last transaction is complete. */
  private Reply ask(Function<TransactionCoordinator, CompletionStage<Reply>> question) {
    while (true) {
      Reply reply = askOnce(question);
      if (!AGAIN.contains(reply.error())) {
        return reply;
      }
    }
  }

  private Reply askOnce(Function<TransactionCoordinator, CompletionStage<Reply>> question) {
    return await(
        broker
            .coordinators()
            .transactions()
            .coordinator()
            .get()
            .thenCompose(question)
            .exceptionally(failure -> Reply.failed(CoordinatorErrors.of(failure))));
  }

  private TransactionVerifier.Producer begin(String id, int timeoutMs) {
    Reply reply =
        ask(present -> present.initProducerId(new InitProducer(id, timeoutMs, -1, (short) -1)));
    assertThat(reply.error()).isEqualTo(Errors.NONE);
    return new TransactionVerifier.Producer(id, reply.producerId(), reply.epoch());
  }

  private Errors add(TransactionVerifier.Producer producer) {
    return askOnce(
            present ->
                present
                    .addPartitions(producer, Set.of(ORDERS), TransactionVersion.TV_2)
                    .thenApply(Reply::failed))
        .error();
  }

  private Reply end(TransactionVerifier.Producer producer, boolean commit) {
    return askOnce(present -> present.end(producer, commit, TransactionVersion.TV_2));
  }

  /** Appends one record of a transaction; the error, or null. */
  private @Nullable RequestError append(TransactionVerifier.Producer producer, long verifiedFrom) {
    BatchBuilder builder = new BatchBuilder(new byte[512]);
    builder.append(1, null, "order".getBytes(StandardCharsets.UTF_8));
    ByteBuffer batch =
        builder.producer(producer.producerId(), producer.epoch(), 0).finish(Compression.NONE);
    BatchInfo info = BatchInfos.of(batch).getFirst();
    CompletableFuture<ProduceRequest> done = new CompletableFuture<>();
    ProduceRequest request = new ProduceRequest(done::complete, 1, 0);
    BatchInfo inTransaction =
        new BatchInfo(
            info.sizeBytes(),
            info.lastOffsetDelta(),
            info.maxTimestamp(),
            info.producerId(),
            info.producerEpoch(),
            info.baseSequence(),
            ProducerSpan.TRANSACTIONAL);
    request.add(orders(), batch, List.of(inTransaction), new AppendOrigin.Producer(verifiedFrom));
    broker.api().core().submit(request);
    return await(done).error(0);
  }

  private Errors verify(TransactionVerifier.Producer producer, boolean adds) {
    TransactionVerifier gate = broker.coordinators().transactions().gate();
    return await(gate.verify(producer, ORDERS, orders()::highWatermark, adds)).error();
  }

  private void appendVerified(TransactionVerifier.Producer producer) {
    long from = orders().highWatermark();
    assertThat(add(producer)).isEqualTo(Errors.NONE);
    assertThat(append(producer, from)).isNull();
  }

  private long lastStable() {
    return orders().lastStableOffset();
  }

  @Test
  void shouldShowRecordsWhenTheirTransactionIsCommitted() {
    TransactionVerifier.Producer producer = begin("a", TIMEOUT_MS);
    appendVerified(producer);
    assertThat(lastStable()).isZero();
    assertThat(orders().highWatermark()).isEqualTo(1);

    Reply reply = end(producer, true);

    assertThat(reply.error()).isEqualTo(Errors.NONE);
    assertThat(reply.producerId()).isEqualTo(producer.producerId());
    assertThat(reply.epoch()).isEqualTo((short) (producer.epoch() + 1));
    until(() -> lastStable() == 2);
    assertThat(orders().abortedTransactions(0, 2)).isEmpty();
  }

  @Test
  void shouldNameAbortedTransactions() {
    TransactionVerifier.Producer producer = begin("a", TIMEOUT_MS);
    appendVerified(producer);

    end(producer, false);

    until(() -> lastStable() == 2);
    assertThat(orders().abortedTransactions(0, 2))
        .containsExactly(new Aborted(producer.producerId(), 0, 1, 2));
  }

  @Test
  void shouldLetInNoRecordsOfTransactionsThatItDoesNotKnow() {
    TransactionVerifier.Producer producer = begin("a", TIMEOUT_MS);

    assertThat(append(producer, AppendOrigin.UNVERIFIED).code())
        .isEqualTo(RequestError.Code.INVALID_TXN_STATE);
    assertThat(verify(producer, false)).isEqualTo(Errors.TRANSACTION_ABORTABLE);
    assertThat(verify(producer, true)).isEqualTo(Errors.NONE);
    assertThat(verify(producer, false)).isEqualTo(Errors.NONE);
  }

  @Test
  void shouldLetInNoRecordsThatComeAfterTheEndOfTheirTransaction() {
    TransactionVerifier.Producer producer = begin("a", TIMEOUT_MS);
    long from = orders().highWatermark();
    assertThat(add(producer)).isEqualTo(Errors.NONE);
    end(producer, false);
    until(() -> orders().highWatermark() == 1);

    RequestError late = append(producer, from);

    assertThat(late.code()).isEqualTo(RequestError.Code.PRODUCER_FENCED);
    assertThat(lastStable()).isEqualTo(1);
  }

  @Test
  void shouldFenceAProducerWhenAnotherBegins() {
    TransactionVerifier.Producer first = begin("a", TIMEOUT_MS);
    appendVerified(first);

    TransactionVerifier.Producer second = begin("a", TIMEOUT_MS);

    assertThat(second.producerId()).isEqualTo(first.producerId());
    assertThat(second.epoch()).isGreaterThan(first.epoch());
    assertThat(orders().abortedTransactions(0, 2)).hasSize(1);
    assertThat(add(first)).isEqualTo(Errors.PRODUCER_FENCED);
    assertThat(end(first, true).error()).isEqualTo(Errors.PRODUCER_FENCED);
  }

  @Test
  void shouldLetAProducerGoOnFromItsEpoch() {
    TransactionVerifier.Producer producer = begin("a", TIMEOUT_MS);
    InitProducer again = new InitProducer("a", TIMEOUT_MS, producer.producerId(), producer.epoch());

    Reply bumped = ask(present -> present.initProducerId(again));
    Reply repeated = ask(present -> present.initProducerId(again));
    Reply zombie =
        ask(
            present ->
                present.initProducerId(
                    new InitProducer("a", TIMEOUT_MS, producer.producerId(), (short) 7)));

    assertThat(bumped.epoch()).isEqualTo((short) (producer.epoch() + 1));
    assertThat(repeated).isEqualTo(bumped);
    assertThat(zombie.error()).isEqualTo(Errors.PRODUCER_FENCED);
  }

  @Test
  void shouldAnswerARepeatedEndAsTheFirstOne() {
    TransactionVerifier.Producer producer = begin("a", TIMEOUT_MS);
    appendVerified(producer);
    Reply first = end(producer, true);

    Reply again = ask(present -> present.end(producer, true, TransactionVersion.TV_2));

    assertThat(again.error()).isEqualTo(Errors.NONE);
    assertThat(again.epoch()).isEqualTo(first.epoch());
    assertThat(end(producer, false).error()).isEqualTo(Errors.INVALID_TXN_STATE);
    assertThat(orders().highWatermark()).isEqualTo(2);
  }

  @Test
  void shouldAbortWhatIsOpenForTooLong() {
    TransactionVerifier.Producer producer = begin("a", 100);
    appendVerified(producer);

    until(() -> lastStable() == 2);

    assertThat(orders().abortedTransactions(0, 2)).hasSize(1);
    assertThat(ask(present -> present.end(producer, true, TransactionVersion.TV_2)).error())
        .isEqualTo(Errors.PRODUCER_FENCED);
  }

  @Test
  void shouldEndATransactionThatABrokerBeganThatIsGone() throws Exception {
    TransactionVerifier.Producer producer = begin("a", TIMEOUT_MS);
    appendVerified(producer);

    restart();
    Reply reply = ask(present -> present.end(producer, true, TransactionVersion.TV_2));

    assertThat(reply.error()).isEqualTo(Errors.NONE);
    until(() -> lastStable() == 2);
  }

  @Test
  void shouldDescribeWhatIsOpen() {
    TransactionVerifier.Producer producer = begin("a", TIMEOUT_MS);
    appendVerified(producer);
    TransactionCoordinator coordinator =
        await(broker.coordinators().transactions().coordinator().get());

    Transaction open = await(coordinator.describe("a")).orElseThrow();

    assertThat(open.state()).isEqualTo(TransactionState.ONGOING);
    assertThat(open.partitions()).containsExactly(ORDERS);
    assertThat(await(coordinator.list())).extracting(Transaction::id).containsExactly("a");
    assertThat(await(coordinator.describe("b"))).isEmpty();
  }

  @Test
  void shouldDrawAnotherProducerIdWhenEpochsAreUsedUp() {
    TransactionVerifier.Producer producer = begin("a", TIMEOUT_MS);
    Transaction open =
        Transaction.unused("a", producer.producerId(), TIMEOUT_MS, 1)
            .begun(TIMEOUT_MS, Optional.empty(), 2);
    for (int i = 0; i < Short.MAX_VALUE - 1; i++) {
      open = open.begun(TIMEOUT_MS, Optional.empty(), 3);
    }
    assertThat(open.isEpochExhausted()).isTrue();

    Transaction committed =
        open.with(Set.of(ORDERS), 4, TransactionVersion.TV_2)
            .decided(true, TransactionVersion.TV_2, 77, 5, false)
            .completed(6);

    assertThat(committed.producerId()).isEqualTo(77);
    assertThat(committed.previousProducerId()).isEqualTo(producer.producerId());
    assertThat(committed.epoch()).isZero();
  }
}

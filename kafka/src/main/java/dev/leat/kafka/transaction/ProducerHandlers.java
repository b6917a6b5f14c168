package dev.leat.kafka.transaction;

import dev.leat.kafka.coordinator.CoordinatorHost;
import dev.leat.kafka.coordinator.InternalTopic;
import dev.leat.kafka.coordinator.TransactionVerifier;
import java.security.SecureRandom;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddOffsetsToTxnResponseData;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.EndTxnResponseData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.AddOffsetsToTxnRequest;
import org.apache.kafka.common.requests.AddOffsetsToTxnResponse;
import org.apache.kafka.common.requests.EndTxnRequest;
import org.apache.kafka.common.requests.EndTxnResponse;
import org.apache.kafka.common.requests.InitProducerIdRequest;
import org.apache.kafka.common.requests.InitProducerIdResponse;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.server.common.TransactionVersion;

/** What producers ask: an id, and to end a transaction. */
final class ProducerHandlers {
  private static final short INIT_KNOWS_FENCED = 4;
  private static final short OTHERS_KNOW_FENCED = 2;

  private final CoordinatorHost<TransactionCoordinator> coordinator;
  private final SecureRandom random = new SecureRandom();

  ProducerHandlers(CoordinatorHost<TransactionCoordinator> coordinator) {
    this.coordinator = coordinator;
  }

  /**
   * InitProducerId. Without transactions an id is drawn from the same 63 bits as those that Leat's
   * own clients draw for themselves.
   */
  CompletionStage<AbstractResponse> initialise(
      RequestContext client, InitProducerIdRequest request) {
    InitProducerIdRequestData data = request.data();
    String id = data.transactionalId();
    if (id == null) {
      return now(response(Reply.producer(random.nextLong() & Long.MAX_VALUE, (short) 0)));
    }
    boolean half =
        (data.producerId() == RecordBatch.NO_PRODUCER_ID)
            != (data.producerEpoch() == RecordBatch.NO_PRODUCER_EPOCH);
    if (id.isEmpty() || half) {
      return now(response(Reply.failed(Errors.INVALID_REQUEST)));
    }
    if (request.enable2Pc() || request.keepPreparedTxn()) {
      return now(response(Reply.failed(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED)));
    }
    InitProducer wanted =
        new InitProducer(id, data.transactionTimeoutMs(), data.producerId(), data.producerEpoch());
    return ask(present -> present.initProducerId(wanted))
        .thenApply(reply -> response(known(reply, request.version(), INIT_KNOWS_FENCED)));
  }

  private static AbstractResponse response(Reply reply) {
    return new InitProducerIdResponse(
        new InitProducerIdResponseData()
            .setErrorCode(reply.error().code())
            .setProducerId(reply.producerId())
            .setProducerEpoch(reply.epoch()));
  }

  /** AddOffsetsToTxn: the partition of the group's offsets joins the transaction. */
  CompletionStage<AbstractResponse> addOffsets(
      RequestContext client, AddOffsetsToTxnRequest request) {
    AddOffsetsToTxnRequestData data = request.data();
    TopicPartition offsets =
        new TopicPartition(
            InternalTopic.CONSUMER_OFFSETS.topicName(),
            Utils.abs(data.groupId().hashCode()) % InternalTopic.PARTITIONS);
    TransactionVerifier.Producer producer =
        new TransactionVerifier.Producer(
            data.transactionalId(), data.producerId(), data.producerEpoch());
    return ask(present ->
            present
                .addPartitions(producer, Set.of(offsets), TransactionVersion.TV_0)
                .thenApply(Reply::failed))
        .thenApply(reply -> known(reply, request.version(), OTHERS_KNOW_FENCED))
        .thenApply(
            reply ->
                new AddOffsetsToTxnResponse(
                    new AddOffsetsToTxnResponseData().setErrorCode(reply.error().code())));
  }

  /** EndTxn, also by a process that has not begun the transaction itself. */
  CompletionStage<AbstractResponse> end(RequestContext client, EndTxnRequest request) {
    EndTxnRequestData data = request.data();
    TransactionVerifier.Producer producer =
        new TransactionVerifier.Producer(
            data.transactionalId(), data.producerId(), data.producerEpoch());
    TransactionVersion version = TransactionVersion.transactionVersionForEndTxn(request);
    return ask(present -> present.end(producer, data.committed(), version))
        .thenApply(reply -> known(reply, request.version(), OTHERS_KNOW_FENCED))
        .thenApply(reply -> response(reply, version));
  }

  private static AbstractResponse response(Reply reply, TransactionVersion version) {
    EndTxnResponseData data = new EndTxnResponseData().setErrorCode(reply.error().code());
    if (version.supportsEpochBump()) {
      data.setProducerId(reply.producerId()).setProducerEpoch(reply.epoch());
    }
    return new EndTxnResponse(data);
  }

  private CompletionStage<Reply> ask(
      Function<TransactionCoordinator, CompletionStage<Reply>> question) {
    return coordinator
        .get()
        .thenCompose(question)
        .exceptionally(failure -> Reply.failed(CoordinatorErrors.of(failure)));
  }

  /** Older clients do not know PRODUCER_FENCED. */
  private static Reply known(Reply reply, short version, short knownFrom) {
    return reply.error() == Errors.PRODUCER_FENCED && version < knownFrom
        ? Reply.failed(Errors.INVALID_PRODUCER_EPOCH)
        : reply;
  }

  private static CompletionStage<AbstractResponse> now(AbstractResponse response) {
    return CompletableFuture.completedStage(response);
  }
}

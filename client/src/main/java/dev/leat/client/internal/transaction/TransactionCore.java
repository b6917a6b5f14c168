package dev.leat.client.internal.transaction;

import dev.leat.client.GroupConsumer;
import dev.leat.client.ProducerRecord;
import dev.leat.client.RecordMetadata;
import dev.leat.client.SendCallback;
import dev.leat.client.TopicPartition;
import dev.leat.client.TransactionConfig;
import dev.leat.client.TransactionalProducer;
import dev.leat.client.error.LeatErrorCode;
import dev.leat.client.error.LeatException;
import dev.leat.client.error.ProducerFencedException;
import dev.leat.client.internal.admin.TransactionCalls;
import dev.leat.client.internal.group.GroupCore;
import dev.leat.client.internal.net.Session;
import dev.leat.client.internal.produce.ProducerCore;
import dev.leat.client.internal.produce.ProducerTransaction;
import dev.leat.v1.ProducerIdentity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Begins and ends transactions around a producer that sends their records.
 *
 * <p>Before a transaction is ended nobody sends any more, and everything is acknowledged or given
 * up; so all that a partition gets under the next identity belongs to the next transaction.
 */
public final class TransactionCore implements TransactionalProducer {
  /** A program that ends does not wait longer for that: what is open is aborted in time. */
  private static final Duration MAX_FAREWELL = Duration.ofSeconds(5);

  private final TransactionConfig config;
  private final TransactionCalls calls;
  private final ProducerTransaction transaction;
  private final ProducerCore producer;
  private final SendGate gate = new SendGate();
  private final List<ReadOffsets> offsets = new ArrayList<>();
  private State state = State.READY;
  private @Nullable LeatException dead;
  private volatile boolean sent;

  /** What the present transaction is doing. */
  private enum State {
    /** There is none. */
    READY,
    /** Records are sent. */
    OPEN,
    /** Its commit was asked for, and is not answered. */
    COMMITTING,
    /** Its abort was asked for, and is not answered. */
    ABORTING,
    /** There will be no other one. */
    DEAD
  }

  /** What a member has read, if the transaction is committed. */
  private record ReadOffsets(GroupCore member, Map<TopicPartition, Long> offsets) {}

  /**
   * Takes the transactional id over.
   *
   * @param onClosed hears when the producer is closed
   */
  public TransactionCore(Session session, TransactionConfig config, Runnable onClosed) {
    this.config = config;
    calls = new TransactionCalls(session, config.transactionalId());
    transaction =
        new ProducerTransaction(config.transactionalId(), identity(calls.begin(config.timeout())));
    producer = new ProducerCore(session, config.producer(), transaction, onClosed);
  }

  private static ProducerTransaction.Identity identity(ProducerIdentity given) {
    return new ProducerTransaction.Identity(
        given.getProducerId(), (short) given.getProducerEpoch());
  }

  private ProducerIdentity identity() {
    ProducerTransaction.Identity present = transaction.identity();
    return ProducerIdentity.newBuilder()
        .setTransactionalId(config.transactionalId())
        .setProducerId(present.producerId())
        .setProducerEpoch(present.epoch())
        .build();
  }

  @Override
  public synchronized void begin() {
    require(State.READY);
    sent = false;
    state = State.OPEN;
    gate.open();
  }

  private void require(State wanted) {
    if (state == wanted) {
      return;
    }
    if (dead != null) {
      throw dead;
    }
    throw LeatException.of(
        LeatErrorCode.INVALID_TXN_STATE,
        switch (state) {
          case READY -> "no transaction is open: begin one";
          case OPEN -> "a transaction is open: commit or abort it";
          case COMMITTING -> "it is not known whether the transaction is committed: commit again";
          case ABORTING -> "it is not known whether the transaction is aborted: abort again";
          case DEAD -> "the producer cannot be used any more";
        });
  }

  @Override
  public CompletableFuture<RecordMetadata> send(ProducerRecord record) {
    if (!gate.enter()) {
      return CompletableFuture.failedFuture(notOpen());
    }
    try {
      sent = true;
      return producer.send(record);
    } finally {
      gate.leave();
    }
  }

  @Override
  public void send(ProducerRecord record, SendCallback callback) {
    if (!gate.enter()) {
      callback.onFailed(notOpen());
      return;
    }
    try {
      sent = true;
      producer.send(record, callback);
    } finally {
      gate.leave();
    }
  }

  private static LeatException notOpen() {
    return LeatException.of(
        LeatErrorCode.INVALID_TXN_STATE,
        "no transaction is open: begin one before you send, and send nothing while it ends");
  }

  @Override
  public synchronized void sendOffsets(GroupConsumer member) {
    require(State.OPEN);
    if (!(member instanceof GroupCore core)) {
      throw LeatException.of(
          LeatErrorCode.INVALID_REQUEST, "offsets of a member of this client are needed");
    }
    try {
      Map<TopicPartition, Long> read = core.commitIn(identity());
      if (!read.isEmpty()) {
        offsets.add(new ReadOffsets(core, read));
      }
    } catch (LeatException e) {
      // It is not known whether they are part of the transaction.
      sent = true;
      transaction.fail(e);
      throw e;
    }
  }

  @Override
  public synchronized void commit() {
    if (state != State.COMMITTING) {
      require(State.OPEN);
      closeGate();
      producer.flush();
      LeatException failure = transaction.failure();
      if (failure instanceof ProducerFencedException fenced) {
        throw fenced;
      }
      if (failure != null) {
        throw LeatException.of(
            LeatErrorCode.INVALID_TXN_STATE,
            "the transaction can only be aborted: " + failure.getMessage(),
            failure);
      }
      state = State.COMMITTING;
    }
    end(true, config.producer().deliveryTimeout());
  }

  @Override
  public synchronized void abort() {
    abort(config.producer().deliveryTimeout());
  }

  private void abort(Duration patience) {
    if (state != State.ABORTING) {
      require(State.OPEN);
      LeatException reason =
          LeatException.of(LeatErrorCode.INVALID_TXN_STATE, "the transaction is aborted");
      transaction.fail(reason);
      closeGate();
      producer.abandon(reason);
      state = State.ABORTING;
    }
    end(false, patience);
  }

  private void closeGate() {
    try {
      gate.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw LeatException.of(LeatErrorCode.INTERRUPTED, "interrupted while others were sending", e);
    }
  }

  /** A transaction in which nothing was done is not known to anybody. */
  private void end(boolean commit, Duration patience) {
    boolean known = sent || !offsets.isEmpty();
    ProducerTransaction.Identity next =
        known ? identity(decide(commit, patience)) : transaction.identity();
    transaction.next(next);
    state = State.READY;
    if (commit) {
      offsets.forEach(read -> read.member().onTransactionCommitted(read.offsets()));
    }
    offsets.clear();
  }

  private ProducerIdentity decide(boolean commit, Duration patience) {
    try {
      return calls.end(identity(), commit, patience);
    } catch (LeatException e) {
      if (!e.isRetriable() && e.code() != LeatErrorCode.NOT_LEADER) {
        dead = e;
        state = State.DEAD;
      }
      throw e;
    }
  }

  @Override
  public void flush() {
    producer.flush();
  }

  @Override
  public long bufferedBytes() {
    return producer.bufferedBytes();
  }

  @Override
  public void close() {
    close(config.producer().deliveryTimeout());
  }

  /** What is open is aborted; if that does not succeed, it is when its time is up. */
  @Override
  public synchronized void close(Duration timeout) {
    try {
      if (state == State.OPEN || state == State.ABORTING) {
        abort(timeout.compareTo(MAX_FAREWELL) < 0 ? timeout : MAX_FAREWELL);
      }
    } catch (LeatException e) {
      if (e.code() == LeatErrorCode.INTERRUPTED) {
        throw e;
      }
    } finally {
      state = State.DEAD;
      dead = LeatException.of(LeatErrorCode.CLOSED, "the producer is closed");
      producer.close(timeout);
    }
  }
}

package dev.leat.broker.runtime.transactions;

import dev.leat.api.batch.BatchFormat;
import dev.leat.broker.log.AppendOrigin;
import dev.leat.broker.runtime.Answer;
import dev.leat.broker.runtime.CoreLoop;
import dev.leat.broker.runtime.LivePartition;
import dev.leat.broker.runtime.ProduceRequest;
import dev.leat.broker.runtime.RequestError;
import dev.leat.broker.runtime.thread.OnDemand;
import dev.leat.broker.runtime.transactions.TransactionCoordination.Producer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntPredicate;

/**
 * Appends a request whose batches are part of a transaction. Where its leader does not know of the
 * transaction yet, the partition is made part of it, and the batches are tried once more: so only
 * the first batch in each partition costs a question to the coordinator.
 *
 * <p>While one request waits for the coordinator, those behind it on the same stream go on, and may
 * be confirmed first: their sequence does not follow then. So what is refused for its sequence is
 * tried once more when every request before it has its results; only then it is wrong.
 *
 * <p>Belongs to the core loop.
 */
public final class TransactionalAppend implements ProduceRequest.Listener {
  /** A confirmation is worth nothing if a marker came after it: then there is another one. */
  private static final int MAX_ROUNDS = 3;

  private final CoreLoop core;
  private final OnDemand<TransactionCoordination> transactions;
  private final String transactionalId;
  private final Stream stream;
  private final BitSet refused = new BitSet();
  private List<Integer> overtaking = List.of();
  private boolean inTurn;
  private int rounds;

  /**
   * Of one request.
   *
   * @param transactionalId whose transaction it is
   * @param stream by which it came; hears when every part has its result
   */
  public TransactionalAppend(
      CoreLoop core,
      OnDemand<TransactionCoordination> transactions,
      String transactionalId,
      Stream stream) {
    this.core = core;
    this.transactions = transactions;
    this.transactionalId = transactionalId;
    this.stream = stream;
  }

  /** The requests of a client, in the order in which they were sent. */
  public interface Stream extends ProduceRequest.Listener {
    /**
     * The request has to wait until all before it have their results: then {@link #onTurn} is to be
     * called, which may be now. On the core loop.
     */
    void onOvertaking(ProduceRequest request);
  }

  /** A part that waits for the coordinator. */
  private record Question(int part, CompletableFuture<Answer<Long>> answer) {}

  @Override
  public void onComplete(ProduceRequest request) {
    List<Integer> joining = reopen(request, part -> mayJoin(request, part));
    if (joining.isEmpty()) {
      settle(request);
    } else if (rounds == MAX_ROUNDS) {
      giveUp(request, joining);
    } else {
      rounds++;
      join(request, joining);
    }
  }

  private static List<Integer> reopen(ProduceRequest request, IntPredicate wanted) {
    List<Integer> reopened = new ArrayList<>();
    for (int part = 0; part < request.size(); part++) {
      if (wanted.test(part)) {
        request.reopen(part);
        reopened.add(part);
      }
    }
    return reopened;
  }

  private void settle(ProduceRequest request) {
    if (!inTurn) {
      overtaking = reopen(request, part -> mayBeOvertaking(request, part));
    }
    if (overtaking.isEmpty()) {
      stream.onComplete(request);
    } else {
      stream.onOvertaking(request);
    }
  }

  /** All requests before this one have their results. On the core loop. */
  public void onTurn(ProduceRequest request) {
    if (!overtaking.isEmpty()) {
      inTurn = true;
      overtaking.forEach(part -> request.retry(part, AppendOrigin.PRODUCER));
      overtaking = List.of();
      resubmit(request);
    }
  }

  /** What was appended in the round before must be written before its ticket is replaced. */
  private void resubmit(ProduceRequest request) {
    core.whenWritten(request, () -> core.submit(request));
  }

  /** What the coordinator has confirmed is not wrong: whoever sends it may try again. */
  private void giveUp(ProduceRequest request, List<Integer> joining) {
    joining.forEach(refused::set);
    for (int part : joining) {
      LivePartition partition = Objects.requireNonNull(request.partition(part));
      request.refuse(part, RequestError.transactionUnsettled(partition));
    }
  }

  private void join(ProduceRequest request, List<Integer> joining) {
    List<Question> questions =
        joining.stream().map(part -> new Question(part, ask(request, part))).toList();
    CompletableFuture.allOf(
            questions.stream().map(Question::answer).toArray(CompletableFuture[]::new))
        .thenRun(() -> core.call(() -> again(request, questions)));
  }

  private boolean mayJoin(ProduceRequest request, int part) {
    RequestError error = request.error(part);
    return error != null
        && error.code() == RequestError.Code.INVALID_TXN_STATE
        && !refused.get(part)
        && isTransactional(request, part);
  }

  private static boolean mayBeOvertaking(ProduceRequest request, int part) {
    RequestError error = request.error(part);
    return error != null && isOfSequence(error.code()) && isTransactional(request, part);
  }

  private static boolean isOfSequence(RequestError.Code code) {
    return code == RequestError.Code.OUT_OF_ORDER_SEQUENCE
        || code == RequestError.Code.UNKNOWN_PRODUCER;
  }

  private static boolean isTransactional(ProduceRequest request, int part) {
    ByteBuffer batches = request.batches(part);
    return batches != null && BatchFormat.isTransactional(batches, batches.position());
  }

  private CompletableFuture<Answer<Long>> ask(ProduceRequest request, int part) {
    LivePartition partition = request.partition(part);
    ByteBuffer batches = request.batches(part);
    if (partition == null || batches == null) {
      throw new IllegalStateException("part " + part + " has nothing to append");
    }
    int at = batches.position();
    Producer producer =
        new Producer(
            transactionalId,
            BatchFormat.producerId(batches, at),
            BatchFormat.producerEpoch(batches, at));
    CompletionStage<Answer<Long>> answer =
        transactions.get().thenCompose(all -> all.join(producer, partition));
    return answer.exceptionally(TransactionalAppend::defect).toCompletableFuture();
  }

  private static Answer<Long> defect(Throwable failure) {
    return Answer.refused(RequestError.Code.INTERNAL, "a defect of the broker: " + failure);
  }

  private void again(ProduceRequest request, List<Question> questions) {
    boolean joined = false;
    for (Question question : questions) {
      if (question.answer().join() instanceof Answer.Ok<Long>(Long from)) {
        request.retry(question.part(), new AppendOrigin.Producer(from));
        joined = true;
      }
    }
    if (joined) {
      resubmit(request);
    }
    for (Question question : questions) {
      if (question.answer().join() instanceof Answer.Refused<Long>(RequestError error)) {
        refused.set(question.part());
        request.refuse(question.part(), error);
      }
    }
  }
}

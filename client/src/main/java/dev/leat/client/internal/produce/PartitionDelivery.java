package dev.leat.client.internal.produce;

import dev.leat.api.batch.BatchFormat;
import dev.leat.api.batch.Compression;
import dev.leat.client.error.LeatErrorCode;
import dev.leat.client.error.LeatException;
import dev.leat.client.internal.produce.PartitionQueue.QueueSettings;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The batches of one partition that are on their way, in the order in which they must be appended.
 * Of the loop. Decides what is sent next and what an answer means; sends nothing itself.
 *
 * <p>A broker remembers the last five batches of a producer. So no batch is sent that is the fifth
 * or more behind one without an answer, even if those between are acknowledged: else the broker
 * could forget the one that is sent again, and take it for new. Within that, batches are sent one
 * after the other without waiting. When one of them fails for a passing reason, those behind it
 * fail too, for their sequence numbers do not follow; nothing is sent then until every one has its
 * answer (or its stream is gone), and all are sent again in order. The broker knows those it has by
 * their numbers.
 *
 * <p>When a batch is given up, numbers after it would never follow. What is behind it goes on under
 * a new producer id from 0, but not before all of the old id is acknowledged, for two ids have no
 * order between them. A batch behind the lost one may be in the log already only if the lost one
 * is, too; where that cannot be excluded they are given up together, for under the new id they
 * might be appended twice.
 *
 * <p>In a transaction, id and epoch are the coordinator's, and numbers begin with 0 in each. A
 * partition joins it with its first batch, so others are sent when that is acknowledged. When a
 * batch is given up, so is the transaction.
 */
final class PartitionDelivery {

  /** As many batches as a broker remembers of a producer in a partition. */
  static final int MAX_UNACKNOWLEDGED = 5;

  /** What to do after an answer. */
  enum Next {
    /** Send on. */
    GO_ON,
    /** Send again after a pause. */
    PAUSE
  }

  private static final SecureRandom RANDOM = new SecureRandom();

  private final PartitionQueue queue;
  private final BufferPool pool;
  private final @Nullable ProducerTransaction transaction;
  private final List<Batch> unacknowledged = new ArrayList<>(MAX_UNACKNOWLEDGED);
  private ProducerTransaction.@Nullable Identity identity;
  private boolean joined = true;
  private long producerId;
  private int nextSequence;
  private long nextOrdinal;
  private int inFlight;
  private boolean recovering;
  private boolean queueHasMore;
  private int failures;
  private @Nullable LeatException lastError;

  // Of Sender and ProduceLink.
  @Nullable ProduceLink waitingAt;
  @Nullable ProduceLink sentTo;
  int activeIndex = -1;
  boolean pausing;
  boolean lingering;
  boolean countedFull;

  PartitionDelivery(PartitionQueue queue, QueueSettings settings) {
    this.queue = queue;
    pool = settings.pool();
    transaction = settings.transaction();
    producerId = settings.producerId();
  }

  /** 63 random bits: nobody hands out producer ids, so nobody must be up. */
  static long newProducerId() {
    return RANDOM.nextLong() & Long.MAX_VALUE;
  }

  PartitionQueue queue() {
    return queue;
  }

  /** Passing failures since the last acknowledgement. */
  int failures() {
    return failures;
  }

  /** The queue has something. */
  void onReady() {
    queueHasMore = true;
  }

  /** Whether nothing is here and nothing is known to be in the queue. */
  boolean isIdle() {
    return unacknowledged.isEmpty() && !queueHasMore && !lingering;
  }

  /** Whether {@link #next} may give something. */
  boolean canSend() {
    if (recovering || pausing || (inFlight > 0 && !joined)) {
      return false;
    }
    return inFlight < unacknowledged.size() || (queueHasMore && isRemembered());
  }

  /** Whether the broker will still know the oldest batch when another one is appended. */
  private boolean isRemembered() {
    return unacknowledged.isEmpty()
        || nextOrdinal - unacknowledged.getFirst().ordinal < MAX_UNACKNOWLEDGED;
  }

  /**
   * The batch to send next, the same one until it is sent; null if there is none now.
   *
   * @param openUpToNanos a batch that is not full is taken if it was not begun later
   */
  @Nullable Batch next(Compression compression, long openUpToNanos) {
    if (!canSend()) {
      return null;
    }
    for (int i = 0; i < unacknowledged.size(); i++) {
      Batch batch = unacknowledged.get(i);
      if (i > 0 && batch.producerId != unacknowledged.get(i - 1).producerId) {
        return null;
      }
      if (!batch.inFlight) {
        return batch;
      }
    }
    if (!unacknowledged.isEmpty() && unacknowledged.getLast().producerId != producerId) {
      return null;
    }
    return takeFromQueue(compression, openUpToNanos);
  }

  private @Nullable Batch takeFromQueue(Compression compression, long openUpToNanos) {
    Batch batch = queue.take(openUpToNanos);
    LeatException failure = transaction == null ? null : transaction.failure();
    while (batch != null && failure != null) {
      drop(batch, failure);
      batch = queue.take(openUpToNanos);
    }
    if (batch == null) {
      queueHasMore = false;
      return null;
    }
    queueHasMore = queue.isAnnounced();
    followTransaction();
    if (!batch.isSealed()) {
      batch.seal(compression);
    }
    batch.ordinal = nextOrdinal++;
    number(batch);
    unacknowledged.add(batch);
    return batch;
  }

  /** Another transaction has begun: all of the one before is acknowledged or given up. */
  private void followTransaction() {
    if (transaction != null && transaction.identity() != identity) {
      ProducerTransaction.Identity following = transaction.identity();
      identity = following;
      producerId = following.producerId();
      nextSequence = 0;
      joined = false;
    }
  }

  private void number(Batch batch) {
    batch.producerId = producerId;
    ProducerTransaction.Identity present = identity;
    if (present != null) {
      batch.producerEpoch = present.epoch();
      batch.transactional = true;
    }
    batch.sequence = nextSequence;
    nextSequence = BatchFormat.nextSequence(nextSequence, batch.count());
  }

  /** The batch was given to a stream; returns the number of the attempt. */
  int onSent(Batch batch, ProduceLink link) {
    batch.inFlight = true;
    batch.attempts++;
    sentTo = link;
    inFlight++;
    return batch.attempts;
  }

  /** The batch is at a quorum, by any attempt. */
  void onAcknowledged(Batch batch, long baseOffset, long appendTime) {
    if (batch.isDone()) {
      return;
    }
    onAnswered(batch);
    unacknowledged.remove(batch);
    joined = true;
    failures = 0;
    pool.release(batch.memory());
    batch.acknowledge(queue.partition(), baseOffset, appendTime);
    endRecovery();
  }

  /** An attempt was refused. */
  Next onRefused(Batch batch, int attempt, LeatException error) {
    if (isOver(batch, attempt)) {
      return Next.GO_ON;
    }
    onAnswered(batch);
    boolean alone = !recovering;
    Next next = Next.GO_ON;
    if (isOfSequence(error.code())) {
      // Behind another batch: that one must come first. Else the partition has lost track of this
      // producer although all before is acknowledged, so this batch was not appended.
      if (unacknowledged.getFirst() == batch && transaction != null) {
        giveUp(batch, error, false);
      } else if (unacknowledged.getFirst() == batch) {
        beginAnew(0);
        failures++;
        next = failures > 1 ? Next.PAUSE : Next.GO_ON;
      }
      recovering = true;
    } else if (isPassing(error.code())) {
      batch.maybeAppended |= isUncertain(error.code());
      lastError = error;
      recovering = true;
      failures += alone ? 1 : 0;
      next = alone ? Next.PAUSE : Next.GO_ON;
    } else {
      giveUp(batch, error, false);
    }
    endRecovery();
    return next;
  }

  /** The stream of an attempt is gone, or its broker leads no more: it may be appended or not. */
  void onLost(Batch batch, int attempt, LeatException reason) {
    if (isOver(batch, attempt)) {
      return;
    }
    onAnswered(batch);
    batch.maybeAppended = true;
    lastError = reason;
    recovering = true;
    endRecovery();
  }

  /** The stream of an attempt has failed for a reason that will not pass. */
  void onFatal(Batch batch, int attempt, LeatException reason) {
    if (!isOver(batch, attempt)) {
      giveUp(batch, reason, true);
      endRecovery();
    }
  }

  /** All attempts under way count as lost. */
  void abandonAttempts(LeatException reason) {
    for (Batch batch : List.copyOf(unacknowledged)) {
      onLost(batch, batch.attempts, reason);
    }
  }

  private static boolean isOver(Batch batch, int attempt) {
    return batch.isDone() || !batch.inFlight || attempt != batch.attempts;
  }

  private void onAnswered(Batch batch) {
    if (batch.inFlight) {
      batch.inFlight = false;
      inFlight--;
    }
  }

  private void endRecovery() {
    if (inFlight == 0) {
      recovering = false;
    }
  }

  /** Gives up what was begun before a time. */
  void expire(long beforeNanos, String timeoutText) {
    while (!unacknowledged.isEmpty()
        && unacknowledged.getFirst().createdNanos() - beforeNanos < 0) {
      Batch batch = unacknowledged.getFirst();
      boolean uncertain = batch.maybeAppended || batch.inFlight;
      giveUp(batch, timeout(timeoutText, uncertain), uncertain);
      endRecovery();
    }
    while (unacknowledged.isEmpty() && queue.isOlderThan(beforeNanos)) {
      Batch batch = queue.take(beforeNanos);
      if (batch == null) {
        return;
      }
      queueHasMore = queue.isAnnounced();
      drop(batch, timeout(timeoutText, false));
    }
  }

  /** Gives up a batch that was never sent. */
  private void drop(Batch batch, LeatException error) {
    failTransaction(error);
    pool.release(batch.memory());
    batch.fail(error);
  }

  private void failTransaction(LeatException error) {
    if (transaction != null) {
      transaction.fail(error);
    }
  }

  private LeatException timeout(String timeoutText, boolean uncertain) {
    String why = lastError == null ? "no leader could be reached" : lastError.getMessage();
    String outcome = uncertain ? "they may be written all the same" : "they were not written";
    return LeatException.of(
        LeatErrorCode.TIMEOUT,
        "records for %s-%d were not acknowledged within %s, %s: %s"
            .formatted(queue.topic(), queue.partition(), timeoutText, outcome, why),
        lastError);
  }

  /** Gives up one batch, and with it those behind it that may be in the log. */
  private void giveUp(Batch lost, LeatException error, boolean uncertain) {
    if (transaction != null) {
      endAll(error);
      return;
    }
    int index = unacknowledged.indexOf(lost);
    List<Batch> behind = List.copyOf(unacknowledged.subList(index + 1, unacknowledged.size()));
    end(lost, error);
    for (Batch batch : behind) {
      if (uncertain && (batch.maybeAppended || batch.inFlight)) {
        end(batch, error);
      }
    }
    beginAnew(index);
    recovering = inFlight > 0;
  }

  private void end(Batch batch, LeatException error) {
    onAnswered(batch);
    unacknowledged.remove(batch);
    pool.release(batch.memory());
    batch.fail(error);
  }

  private void endAll(LeatException error) {
    failTransaction(error);
    for (Batch batch : List.copyOf(unacknowledged)) {
      end(batch, error);
    }
    recovering = false;
  }

  /** Gives up everything, also what waits in the queue, which takes nothing more. */
  void giveUpAll(LeatException error) {
    endAll(error);
    queue.remove().forEach(batch -> drop(batch, error));
    queueHasMore = false;
  }

  /** Gives up everything of a transaction that is aborted. Nobody may be sending meanwhile. */
  void abandon(LeatException error) {
    endAll(error);
    long now = System.nanoTime();
    for (Batch batch = queue.take(now); batch != null; batch = queue.take(now)) {
      drop(batch, error);
    }
    queueHasMore = false;
  }

  /** A new producer id, from sequence 0, for the batches from an index on and for later ones. */
  private void beginAnew(int index) {
    producerId = newProducerId();
    nextSequence = 0;
    for (int i = index; i < unacknowledged.size(); i++) {
      Batch batch = unacknowledged.get(i);
      number(batch);
      batch.maybeAppended = false;
    }
  }

  private static boolean isOfSequence(LeatErrorCode code) {
    return code == LeatErrorCode.OUT_OF_ORDER_SEQUENCE || code == LeatErrorCode.UNKNOWN_PRODUCER;
  }

  /** A topic that a broker does not know yet is known to another one, who told us of it. */
  private static boolean isPassing(LeatErrorCode code) {
    return code.isRetriable()
        || code == LeatErrorCode.UNKNOWN_TOPIC
        || code == LeatErrorCode.UNKNOWN_PARTITION;
  }

  /** Whether a batch that was refused so may be appended all the same. */
  private static boolean isUncertain(LeatErrorCode code) {
    return code == LeatErrorCode.TIMEOUT
        || code == LeatErrorCode.NOT_LEADER
        || code == LeatErrorCode.LEADER_NOT_AVAILABLE
        || code == LeatErrorCode.UNAVAILABLE;
  }
}

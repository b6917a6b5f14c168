package dev.leat.client.internal.produce;

import dev.leat.client.error.LeatException;
import org.jspecify.annotations.Nullable;

/**
 * The transaction that all records of a producer are part of, one after the other. Written by the
 * threads that begin and end transactions, and by the loop; read by any thread.
 */
public final class ProducerTransaction {
  private final String transactionalId;
  private volatile Identity identity;
  private volatile @Nullable LeatException failure;

  /** The first transaction of a producer. */
  public ProducerTransaction(String transactionalId, Identity identity) {
    this.transactionalId = transactionalId;
    this.identity = identity;
  }

  /**
   * As whom a transaction is sent. Another object is another transaction.
   *
   * @param producerId as the coordinator gave it
   * @param epoch as the coordinator gave it
   */
  public record Identity(long producerId, short epoch) {}

  /** Name by which the producer is known when it comes back. */
  public String transactionalId() {
    return transactionalId;
  }

  /** As whom the present transaction is sent. */
  public Identity identity() {
    return identity;
  }

  /** Why the present transaction can only be aborted, or null. */
  public @Nullable LeatException failure() {
    return failure;
  }

  /** The present transaction cannot be committed any more. */
  public synchronized void fail(LeatException reason) {
    if (failure == null) {
      failure = reason;
    }
  }

  /** The transaction is over; another one follows. */
  public synchronized void next(Identity following) {
    identity = following;
    failure = null;
  }
}

package dev.leat.client;

import java.time.Duration;

/**
 * How a producer of transactions works.
 *
 * @param transactionalId name by which the producer is known when it comes back, 1 to 1,024 bytes:
 *     of two with the same one, the first is fenced
 * @param timeout a transaction that is open for longer is aborted, and its producer fenced; 1 ms to
 *     15 minutes
 * @param producer how records are sent
 */
public record TransactionConfig(String transactionalId, Duration timeout, ProducerConfig producer) {
  private static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(1);
  private static final Duration MAX_TIMEOUT = Duration.ofMinutes(15);

  /** Checks what no broker takes. */
  public TransactionConfig {
    if (transactionalId.isEmpty()) {
      throw new IllegalArgumentException("a producer of transactions has a transactional id");
    }
    if (timeout.toMillis() < 1 || timeout.compareTo(MAX_TIMEOUT) > 0) {
      throw new IllegalArgumentException("timeout must be from 1 ms to 15 minutes");
    }
  }

  /** The defaults: transactions may take a minute. */
  public static TransactionConfig of(String transactionalId) {
    return new TransactionConfig(transactionalId, DEFAULT_TIMEOUT, ProducerConfig.DEFAULT);
  }

  /** The same with another time that a transaction may take. */
  public TransactionConfig withTimeout(Duration other) {
    return new TransactionConfig(transactionalId, other, producer);
  }

  /** The same, sending in another way. */
  public TransactionConfig withProducer(ProducerConfig other) {
    return new TransactionConfig(transactionalId, timeout, other);
  }
}

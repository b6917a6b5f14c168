package dev.leat.client.error;

import org.jspecify.annotations.Nullable;

/**
 * Another producer has begun with the same transactional id, or the transaction was open for too
 * long: close this producer.
 */
public final class ProducerFencedException extends LeatException {

  private static final long serialVersionUID = 1L;

  ProducerFencedException(String message, @Nullable Throwable cause) {
    super(LeatErrorCode.PRODUCER_FENCED, message, cause);
  }
}

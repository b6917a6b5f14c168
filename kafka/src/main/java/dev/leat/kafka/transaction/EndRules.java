package dev.leat.kafka.transaction;

import dev.leat.kafka.coordinator.TransactionVerifier;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.apache.kafka.server.common.TransactionVersion;

/**
 * What becomes of an EndTxn: decided, refused, or known already because it is sent again. With
 * transaction version 2 the epoch goes up at each end (KIP-890), so a repeated request has the
 * epoch before that; without it, state and result tell.
 */
record EndRules(
    Transaction present,
    TransactionVerifier.Producer producer,
    boolean commit,
    TransactionVersion client) {

  /** What to do. */
  sealed interface Verdict {
    /** Decide now; {@code nothingAdded} if no partition was added to the transaction. */
    record Decide(boolean nothingAdded) implements Verdict {}

    /** Done before. */
    record Repeated() implements Verdict {}

    /** Not possible. */
    record Refuse(Errors error) implements Verdict {}
  }

  /**
   * While a decision is carried out everybody has to wait, first of all: its producer may already
   * go on under the id and epoch that come next.
   */
  Verdict verdict() {
    if (present.isPrepared()) {
      return new Verdict.Refuse(Errors.CONCURRENT_TRANSACTIONS);
    }
    return client.supportsEpochBump() ? verdictWithBump() : verdictWithoutBump();
  }

  private Verdict verdictWithoutBump() {
    if (present.producerId() != producer.producerId()) {
      return new Verdict.Refuse(Errors.INVALID_PRODUCER_ID_MAPPING);
    }
    if (present.epoch() != producer.epoch()) {
      return new Verdict.Refuse(Errors.PRODUCER_FENCED);
    }
    return switch (present.state()) {
      case ONGOING -> new Verdict.Decide(false);
      case COMPLETE_COMMIT -> commit ? new Verdict.Repeated() : invalid();
      case COMPLETE_ABORT -> commit ? invalid() : new Verdict.Repeated();
      case EMPTY, PREPARE_COMMIT, PREPARE_ABORT, DEAD, PREPARE_EPOCH_FENCE -> invalid();
    };
  }

  private Verdict verdictWithBump() {
    if (present.producerId() != producer.producerId() && !repeatsAfterRotation()) {
      return new Verdict.Refuse(Errors.INVALID_PRODUCER_ID_MAPPING);
    }
    if (!isEpochValid()) {
      return new Verdict.Refuse(Errors.PRODUCER_FENCED);
    }
    return switch (present.state()) {
      case ONGOING -> new Verdict.Decide(false);
      case COMPLETE_COMMIT, COMPLETE_ABORT -> whileComplete();
      case EMPTY -> commit ? invalid() : new Verdict.Decide(true);
      case PREPARE_COMMIT, PREPARE_ABORT, DEAD, PREPARE_EPOCH_FENCE -> invalid();
    };
  }

  private boolean isEpochValid() {
    boolean same = producer.epoch() == present.epoch();
    return switch (present.state()) {
      case ONGOING, EMPTY, PREPARE_COMMIT, PREPARE_ABORT, DEAD, PREPARE_EPOCH_FENCE -> same;
      case COMPLETE_COMMIT, COMPLETE_ABORT -> same || repeatsAfterBump() || repeatsAfterRotation();
    };
  }

  private boolean repeatsAfterBump() {
    return present.epoch() == producer.epoch() + 1;
  }

  private boolean repeatsAfterRotation() {
    return present.previousProducerId() == producer.producerId()
        && producer.epoch() == Short.MAX_VALUE - 1
        && present.epoch() == 0;
  }

  private Verdict whileComplete() {
    boolean committed = present.state() == TransactionState.COMPLETE_COMMIT;
    if (repeatsAfterBump() || repeatsAfterRotation()) {
      return committed == commit ? new Verdict.Repeated() : invalid();
    }
    return commit ? invalid() : new Verdict.Decide(true);
  }

  private static Verdict invalid() {
    return new Verdict.Refuse(Errors.INVALID_TXN_STATE);
  }
}

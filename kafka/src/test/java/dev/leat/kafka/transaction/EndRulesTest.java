package dev.leat.kafka.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.kafka.coordinator.TransactionVerifier;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.server.common.TransactionVersion;
import org.junit.jupiter.api.Test;

class EndRulesTest {
  private static final long PRODUCER = 5;
  private static final Transaction BEGUN =
      Transaction.unused("id", PRODUCER, 1_000, 1).begun(1_000, Optional.empty(), 1);
  private static final Transaction OPEN =
      BEGUN.with(Set.of(new TopicPartition("a", 0)), 2, TransactionVersion.TV_2);
  private static final Transaction PREPARED =
      OPEN.decided(true, TransactionVersion.TV_2, -1, 3, false);
  private static final Transaction COMMITTED = PREPARED.completed(4);

  private static EndRules.Verdict verdict(Transaction present, int epoch, boolean commit) {
    return verdict(present, PRODUCER, epoch, commit, TransactionVersion.TV_2);
  }

  private static EndRules.Verdict verdict(
      Transaction present, long producer, int epoch, boolean commit, TransactionVersion client) {
    return new EndRules(
            present,
            new TransactionVerifier.Producer("id", producer, (short) epoch),
            commit,
            client)
        .verdict();
  }

  private static EndRules.Verdict refused(Errors error) {
    return new EndRules.Verdict.Refuse(error);
  }

  @Test
  void shouldDecideWhatIsOpen() {
    assertThat(verdict(OPEN, 0, true)).isEqualTo(new EndRules.Verdict.Decide(false));
    assertThat(verdict(OPEN, 0, false)).isEqualTo(new EndRules.Verdict.Decide(false));
    assertThat(verdict(OPEN, 1, true)).isEqualTo(refused(Errors.PRODUCER_FENCED));
    assertThat(verdict(OPEN, 9, 0, true, TransactionVersion.TV_2))
        .isEqualTo(refused(Errors.INVALID_PRODUCER_ID_MAPPING));
  }

  @Test
  void shouldLetEverybodyWaitWhileADecisionIsCarriedOut() {
    assertThat(verdict(PREPARED, 0, true)).isEqualTo(refused(Errors.CONCURRENT_TRANSACTIONS));
    assertThat(verdict(PREPARED, 1, false)).isEqualTo(refused(Errors.CONCURRENT_TRANSACTIONS));
  }

  @Test
  void shouldKnowARepeatedEndByItsEpoch() {
    assertThat(verdict(COMMITTED, 0, true)).isEqualTo(new EndRules.Verdict.Repeated());
    assertThat(verdict(COMMITTED, 0, false)).isEqualTo(refused(Errors.INVALID_TXN_STATE));
  }

  @Test
  void shouldAbortATransactionThatHasTouchedNothing() {
    assertThat(verdict(COMMITTED, 1, false)).isEqualTo(new EndRules.Verdict.Decide(true));
    assertThat(verdict(COMMITTED, 1, true)).isEqualTo(refused(Errors.INVALID_TXN_STATE));
    assertThat(verdict(BEGUN, 0, false)).isEqualTo(new EndRules.Verdict.Decide(true));
    assertThat(verdict(BEGUN, 0, true)).isEqualTo(refused(Errors.INVALID_TXN_STATE));
  }

  @Test
  void shouldKnowARepeatedEndByItsResultWithoutBumps() {
    Transaction committed = OPEN.decided(true, TransactionVersion.TV_0, -1, 3, false).completed(4);

    assertThat(verdict(committed, PRODUCER, 0, true, TransactionVersion.TV_0))
        .isEqualTo(new EndRules.Verdict.Repeated());
    assertThat(verdict(committed, PRODUCER, 0, false, TransactionVersion.TV_0))
        .isEqualTo(refused(Errors.INVALID_TXN_STATE));
    assertThat(verdict(BEGUN, PRODUCER, 0, true, TransactionVersion.TV_0))
        .isEqualTo(refused(Errors.INVALID_TXN_STATE));
  }

  @Test
  void shouldKnowARepeatedEndAfterItsProducerIdHasChanged() {
    Transaction last = OPEN;
    for (int i = 0; i < Short.MAX_VALUE - 1; i++) {
      last =
          last.isOngoing()
              ? last.decided(true, TransactionVersion.TV_2, -1, 3, false).completed(3)
              : last.begun(1_000, Optional.empty(), 3);
    }
    Transaction rotated =
        last.with(Set.of(new TopicPartition("a", 0)), 4, TransactionVersion.TV_2)
            .decided(true, TransactionVersion.TV_2, 77, 5, false)
            .completed(6);

    assertThat(last.epoch()).isEqualTo((short) (Short.MAX_VALUE - 1));
    assertThat(verdict(rotated, PRODUCER, Short.MAX_VALUE - 1, true, TransactionVersion.TV_2))
        .isEqualTo(new EndRules.Verdict.Repeated());
    assertThat(verdict(rotated, 77, 0, false, TransactionVersion.TV_2))
        .isEqualTo(new EndRules.Verdict.Decide(true));
  }
}

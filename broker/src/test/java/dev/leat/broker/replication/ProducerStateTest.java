package dev.leat.broker.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.log.EntryKind;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What idempotent producers may rely on. */
class ProducerStateTest {
  private static final long DAY_MS = 86_400_000;

  private final OneVoter voter = OneVoter.leading(2);

  private void appendAndSync(AppendPart part) {
    voter.append(part);
    voter.sync();
  }

  @Test
  void shouldGiveARepeatedBatchItsFirstOffset() {
    appendAndSync(Parts.idempotent(1, 9, 0, 0, 5, "a"));
    appendAndSync(Parts.idempotent(1, 9, 0, 5, 5, "b"));

    appendAndSync(Parts.idempotent(1, 9, 0, 0, 5, "again"));

    assertThat(voter.appendedAt("again")).isZero();
    assertThat(voter.machine.view(1).orElseThrow().endOffset()).isEqualTo(10);
  }

  @Test
  void shouldAnswerARepeatedPendingBatchWhenItIsCommitted() {
    voter.append(Parts.plain(1, 3, "before"), Parts.idempotent(1, 9, 0, 0, 5, "a"));
    voter.append(Parts.idempotent(1, 9, 0, 0, 5, "again"));

    assertThat(voter.replies).doesNotContainKey("again");
    voter.sync();
    assertThat(voter.appendedAt("again")).isEqualTo(3);
  }

  @Test
  void shouldRememberFiveBatches() {
    for (int i = 0; i < 7; i++) {
      appendAndSync(Parts.idempotent(1, 9, 0, i, 1, i));
    }

    appendAndSync(Parts.idempotent(1, 9, 0, 2, 1, "fifth"));
    appendAndSync(Parts.idempotent(1, 9, 0, 1, 1, "sixth"));

    assertThat(voter.appendedAt("fifth")).isEqualTo(2);
    assertThat(voter.refusalOf("sixth")).isEqualTo(Refusal.OUT_OF_ORDER_SEQUENCE);
  }

  @Test
  void shouldAppendOnlyWhatIsNewOfAPart() {
    appendAndSync(Parts.idempotent(1, 9, 0, 0, 5, "a"));
    ByteBuffer bytes = ByteBuffer.allocate(160);

    appendAndSync(
        new AppendPart(
            1, bytes, List.of(Parts.batch(9, 0, 0, 5), Parts.batch(9, 0, 5, 5)), "both"));

    assertThat(voter.appendedAt("both")).isZero();
    assertThat(voter.machine.view(1).orElseThrow().endOffset()).isEqualTo(10);
    assertThat(voter.disk.getLast().sizeBytes()).isEqualTo(80);
    assertThat(voter.disk.getLast().body().getFirst().getLong(0)).isEqualTo(5);
  }

  @Test
  void shouldRefuseGaps() {
    appendAndSync(Parts.idempotent(1, 9, 0, 0, 5, "a"));
    appendAndSync(Parts.idempotent(1, 9, 0, 6, 1, "gap"));
    appendAndSync(
        Parts.of(1, List.of(Parts.batch(9, 0, 5, 1), Parts.batch(9, 0, 7, 1)), "inner gap"));

    assertThat(voter.refusalOf("gap")).isEqualTo(Refusal.OUT_OF_ORDER_SEQUENCE);
    assertThat(voter.refusalOf("inner gap")).isEqualTo(Refusal.OUT_OF_ORDER_SEQUENCE);
    assertThat(voter.machine.view(1).orElseThrow().endOffset()).isEqualTo(5);
  }

  @Test
  void shouldRefuseUnknownProducersInTheMiddle() {
    appendAndSync(Parts.idempotent(1, 9, 0, 3, 1, "a"));

    assertThat(voter.refusalOf("a")).isEqualTo(Refusal.UNKNOWN_PRODUCER);
  }

  @Test
  void shouldFenceOlderEpochs() {
    appendAndSync(Parts.idempotent(1, 9, 1, 0, 5, "a"));
    appendAndSync(Parts.idempotent(1, 9, 0, 0, 5, "older"));
    voter.append(Parts.idempotent(1, 9, 2, 0, 1, "newer"));
    voter.append(Parts.idempotent(1, 9, 1, 5, 1, "fenced while pending"));

    assertThat(voter.refusalOf("older")).isEqualTo(Refusal.PRODUCER_FENCED);
    assertThat(voter.refusalOf("fenced while pending")).isEqualTo(Refusal.PRODUCER_FENCED);
  }

  @Test
  void shouldBeginANewEpochAtSequenceZero() {
    appendAndSync(Parts.idempotent(1, 9, 0, 0, 5, "a"));
    appendAndSync(Parts.idempotent(1, 9, 1, 5, 1, "five"));
    appendAndSync(Parts.idempotent(1, 9, 1, 0, 1, "zero"));

    assertThat(voter.refusalOf("five")).isEqualTo(Refusal.OUT_OF_ORDER_SEQUENCE);
    assertThat(voter.appendedAt("zero")).isEqualTo(5);
  }

  @Test
  void shouldWrapSequences() {
    appendAndSync(Parts.idempotent(1, 9, 0, 0, Integer.MAX_VALUE, "a"));
    appendAndSync(Parts.idempotent(1, 9, 0, Integer.MAX_VALUE, 3, "wraps"));
    appendAndSync(Parts.idempotent(1, 9, 0, 2, 1, "after"));

    assertThat(voter.appendedAt("wraps")).isEqualTo(Integer.MAX_VALUE);
    assertThat(voter.appendedAt("after")).isEqualTo(Integer.MAX_VALUE + 3L);
  }

  @Test
  void shouldKeepPartitionsAndProducersApart() {
    appendAndSync(Parts.idempotent(1, 9, 0, 0, 1, "a"));
    appendAndSync(Parts.idempotent(2, 9, 0, 0, 1, "b"));
    appendAndSync(Parts.idempotent(1, 8, 0, 0, 1, "c"));

    assertThat(voter.appendedAt("a")).isZero();
    assertThat(voter.appendedAt("b")).isZero();
    assertThat(voter.appendedAt("c")).isEqualTo(1);
  }

  @Test
  void shouldForgetIdleProducersByTheClockInTheLog() {
    voter.tick(10 * DAY_MS);
    appendAndSync(Parts.idempotent(1, 9, 0, 0, 1, "a"));
    voter.tick(11 * DAY_MS - 600_000);
    appendAndSync(Parts.idempotent(1, 8, 0, 0, 1, "other"));
    appendAndSync(Parts.idempotent(1, 9, 0, 0, 1, "still known"));

    voter.tick(11 * DAY_MS + 700_000);
    voter.sync();
    appendAndSync(Parts.idempotent(1, 9, 0, 1, 1, "forgotten"));
    appendAndSync(Parts.idempotent(1, 8, 0, 1, 1, "kept"));

    assertThat(voter.disk.stream().filter(e -> e.header().kind() == EntryKind.CLOCK)).hasSize(3);
    assertThat(voter.appendedAt("still known")).isZero();
    assertThat(voter.refusalOf("forgotten")).isEqualTo(Refusal.UNKNOWN_PRODUCER);
    assertThat(voter.appendedAt("kept")).isEqualTo(2);
  }

  @Test
  void shouldNotForgetAProducerThatCameAfterALongIdleTime() {
    voter.tick(10 * DAY_MS);
    appendAndSync(Parts.idempotent(1, 9, 0, 0, 1, "a"));
    voter.tick(20 * DAY_MS);
    voter.sync();
    appendAndSync(Parts.idempotent(1, 8, 0, 0, 1, "b"));
    voter.tick(20 * DAY_MS + 700_000);
    voter.sync();

    appendAndSync(Parts.idempotent(1, 8, 0, 1, 1, "c"));

    assertThat(voter.appendedAt("c")).isEqualTo(2);
  }

  @Test
  void shouldBoundTheNumberOfProducers() {
    for (int i = 0; i <= 10_000; i++) {
      voter.append(Parts.idempotent(1, i, 0, 0, 1, i));
      if (i % 500 == 0) {
        voter.sync();
      }
    }
    voter.sync();

    appendAndSync(Parts.idempotent(1, 0, 0, 1, 1, "evicted"));
    appendAndSync(Parts.idempotent(1, 1, 0, 1, 1, "kept"));

    assertThat(voter.refusalOf("evicted")).isEqualTo(Refusal.UNKNOWN_PRODUCER);
    assertThat(voter.appendedAt("kept")).isEqualTo(10_001);
  }
}

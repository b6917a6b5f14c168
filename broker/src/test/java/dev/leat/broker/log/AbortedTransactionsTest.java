package dev.leat.broker.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.log.AbortedTransactions.Aborted;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AbortedTransactionsTest {

  /** Random transactions, some open for long, against a plain list. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void shouldFindWhatAPlainListFinds(long seed) {
    Random random = new Random(seed);
    AbortedTransactions transactions = AbortedTransactions.NONE;
    List<Aborted> plain = new ArrayList<>();
    List<Long> open = new ArrayList<>();
    for (long offset = 0; offset < 3_000; offset++) {
      if (random.nextInt(3) > 0) {
        open.add(offset);
      } else if (!open.isEmpty()) {
        long first = open.remove(random.nextInt(open.size()));
        long lastStable = open.stream().min(Long::compare).orElse(offset + 1);
        Aborted aborted = new Aborted(first, first, offset, lastStable);
        transactions = transactions.plus(aborted);
        plain.add(aborted);
      }
      if (random.nextInt(50) == 0) {
        long start = random.nextLong(offset + 1) / 2;
        transactions = transactions.from(start);
        plain.removeIf(aborted -> aborted.markerOffset() < start);
      }

      long from = random.nextLong(offset + 1);
      long to = from + random.nextInt(100);
      assertThat(transactions.between(from, to))
          .isEqualTo(
              plain.stream()
                  .filter(a -> a.markerOffset() >= from && a.firstOffset() < to)
                  .toList());
    }
    assertThat(transactions.toList()).isEqualTo(plain);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 100})
  void shouldNotChangeUnderWhoeverReadsIt(int count) {
    AbortedTransactions before = AbortedTransactions.NONE;
    for (int i = 0; i < count; i++) {
      before = before.plus(new Aborted(i, i, i, i));
    }
    List<Aborted> seen = before.toList();

    AbortedTransactions one = before.plus(new Aborted(-1, 500, 501, 502));
    AbortedTransactions other = before.plus(new Aborted(-2, 600, 601, 602));

    assertThat(before.toList()).isEqualTo(seen);
    assertThat(one.get(count).producerId()).isEqualTo(-1);
    assertThat(other.get(count).producerId()).isEqualTo(-2);
  }
}

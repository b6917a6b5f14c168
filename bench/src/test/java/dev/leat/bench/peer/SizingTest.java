package dev.leat.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SizingTest {
  private final List<Long> sizes = new ArrayList<>();

  @Test
  void shouldGrowUntilARunLastsLongEnough() {
    Rate rate = Sizing.find(1_000, 10, records -> run(records, 1_000));

    assertThat(sizes).containsExactly(1_000L, 8_000L);
    assertThat(rate.recordsPerSecond()).isEqualTo(1_000);
  }

  @Test
  void shouldTakeTheRateOfTheWarmServer() {
    // Each run is twice as fast as the one before, up to 4,000 records/s.
    Rate rate =
        Sizing.find(1_000, 10, records -> run(records, Math.min(4_000, 1_000 << sizes.size())));

    assertThat(rate.recordsPerSecond()).isEqualTo(4_000);
    assertThat(sizes.getLast()).isGreaterThanOrEqualTo(28_000);
  }

  @Test
  void shouldShrinkWhatWouldLastTooLong() {
    Sizing.find(100_000, 10, records -> run(records, 2_000));

    assertThat(sizes).containsExactly(100_000L, 20_000L);
  }

  private Rate run(long records, double recordsPerSecond) {
    sizes.add(records);
    return new Rate(recordsPerSecond, 1024);
  }
}

package dev.leat.bench.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.bench.process.Await;
import dev.leat.bench.process.MeasurementException;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LongestGapsTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  @Test
  void shouldCountAGapThatBeganBeforeTheMeasurement() {
    LongestGaps gaps = new LongestGaps(2);
    Await.pause(Duration.ofMillis(30));
    gaps.begin();

    try (Repeat events = new Repeat("events", () -> noteBoth(gaps))) {
      double[] longest = gaps.end("events", LIMIT, Duration.ofMillis(20));

      assertThat(Arrays.stream(longest).boxed()).hasSize(2).allMatch(gap -> gap >= 30);
    }
  }

  @Test
  void shouldForgetWhatWasBefore() {
    LongestGaps gaps = new LongestGaps(1);
    Await.pause(Duration.ofMillis(200));
    gaps.note(0);

    gaps.begin();

    try (Repeat events = new Repeat("events", () -> noteOften(gaps))) {
      double[] longest = gaps.end("events", LIMIT, Duration.ZERO);

      assertThat(Arrays.stream(longest).boxed()).allMatch(gap -> gap < 200);
    }
  }

  @Test
  void shouldNotWaitForEverForAPartition() {
    LongestGaps gaps = new LongestGaps(2);

    try (Repeat events = new Repeat("events", () -> noteOften(gaps))) {
      assertThatThrownBy(() -> gaps.end("events", Duration.ofMillis(100), Duration.ZERO))
          .isInstanceOf(MeasurementException.class)
          .hasMessageContaining("events did not happen");
    }
  }

  private static void noteBoth(LongestGaps gaps) {
    gaps.note(1);
    noteOften(gaps);
  }

  private static void noteOften(LongestGaps gaps) {
    gaps.note(0);
    Await.pause(Duration.ofMillis(1));
  }
}

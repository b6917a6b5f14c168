package dev.leat.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.bench.process.MeasurementException;
import java.util.List;
import org.junit.jupiter.api.Test;

class KafkaPerfTest {
  private static final String ALL =
      "1500000 records sent, 158831.003812 records/sec (155.11 MB/sec), 728.76 ms avg latency,"
          + " 2624.00 ms max latency, 690 ms 50th, 1322 ms 95th, 1604 ms 99th, 2129 ms 99.9th.";
  private static final String STEADY =
      "1200000 steady state records sent, 167317.345231 records/sec (163.40 MB/sec), 683.86 ms avg"
          + " latency, 1745.00 ms max latency, 660 ms 50th, 1152 ms 95th, 1365 ms 99th, 1618 ms"
          + " 99.9th.";

  @Test
  void shouldReadTheResultWithoutTheWarmUp() {
    KafkaPerf.Produced result = KafkaPerf.produced(List.of("In steady state.", ALL, STEADY), 1024);

    assertThat(result.rate().recordsPerSecond()).isEqualTo(167317.345231);
    assertThat(result.rate().mbPerSecond()).isEqualTo(167317.345231 * 1024 / 1e6);
    assertThat(result.latency()).isEqualTo(new Latency(660, 1365, 1618));
  }

  @Test
  void shouldNotTakeARunWithoutResultForOne() {
    assertThatThrownBy(() -> KafkaPerf.produced(List.of(ALL), 1024))
        .isInstanceOf(MeasurementException.class);
  }

  @Test
  void shouldReadTheConsumersRateWithAndWithoutJoining() {
    String line =
        "2026-11-24 02:48:14:983, 2026-11-24 02:48:20:375, 1553.0488, 288.0283, 1590322,"
            + " 294941.0237, 1316, 4076, 381.0228, 390167.3209";

    KafkaPerf.Consumed consumed = KafkaPerf.consumed(line, 1_590_000, 1024);
    assertThat(consumed.fetching().recordsPerSecond()).isEqualTo(390167.3209);
    assertThat(consumed.reported().recordsPerSecond()).isEqualTo(294941.0237);
    assertThatThrownBy(() -> KafkaPerf.consumed(line, 2_000_000, 1024))
        .isInstanceOf(MeasurementException.class)
        .hasMessageContaining("read less");
  }
}

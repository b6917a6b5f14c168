package dev.leat.cli.perf;

import dev.leat.cli.console.JsonObject;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What a load test found.
 *
 * @param records acknowledged or read
 * @param errors records that were never acknowledged
 * @param bytes of keys and values
 * @param seconds that all of it took
 * @param latencyMicros one value per record or call
 */
record PerfReport(long records, long errors, long bytes, double seconds, Histogram latencyMicros) {
  private static final double MICROS_PER_MS = 1_000;
  private static final double BYTES_PER_MB = 1_000_000;

  private double perSecond(double amount) {
    return seconds > 0 ? amount / seconds : 0;
  }

  private double latencyMs(double percentile) {
    return latencyMicros.getTotalCount() == 0
        ? 0
        : latencyMicros.getValueAtPercentile(percentile) / MICROS_PER_MS;
  }

  List<String> lines() {
    return List.of(
        "%d records in %.2f s, %d errors".formatted(records, seconds, errors),
        "%.0f records/s, %.2f MB/s".formatted(perSecond(records), perSecond(bytes / BYTES_PER_MB)),
        "latency ms: p50 %.3f, p99 %.3f, p99.9 %.3f, max %.3f"
            .formatted(latencyMs(50), latencyMs(99), latencyMs(99.9), latencyMs(100)));
  }

  JsonObject json() {
    return new JsonObject()
        .put("records", records)
        .put("errors", errors)
        .put("recordsPerSecond", perSecond(records))
        .put("mbPerSecond", perSecond(bytes / BYTES_PER_MB))
        .put(
            "latencyMs",
            new JsonObject()
                .put("p50", latencyMs(50))
                .put("p99", latencyMs(99))
                .put("p999", latencyMs(99.9))
                .put("max", latencyMs(100)));
  }
}

package dev.leat.cli.perf;

import dev.leat.api.batch.RecordReader;
import dev.leat.client.ConsumedBatch;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Measures what a consumer reads; every record is decoded. For one thread. */
final class ConsumeMeter {
  private static final int DIGITS = 3;
  private static final long MICROS_PER_MS = 1_000;

  private final Warmup warmup;
  private final boolean endToEnd;
  private final Histogram latencyMicros = new Histogram(DIGITS);
  private long total;
  private long counted;
  private long bytes;
  private long asked;
  private long last;

  /**
   * A meter.
   *
   * @param endToEnd latency is from a record's timestamp to its arrival; else that of a poll
   */
  ConsumeMeter(Warmup warmup, boolean endToEnd) {
    this.warmup = warmup;
    this.endToEnd = endToEnd;
    asked = warmup.start();
    last = warmup.counted();
  }

  long total() {
    return total;
  }

  boolean isOver() {
    return warmup.isOver(System.nanoTime());
  }

  /** Takes what a poll gave. */
  void add(List<ConsumedBatch> batches) {
    long now = System.nanoTime();
    boolean counts = warmup.counts(now);
    batches.forEach(batch -> read(batch, counts));
    if (counts && !batches.isEmpty()) {
      last = System.nanoTime();
      if (!endToEnd) {
        latencyMicros.recordValue(TimeUnit.NANOSECONDS.toMicros(now - asked));
      }
    }
    asked = System.nanoTime();
  }

  private void read(ConsumedBatch batch, boolean counts) {
    long now = System.currentTimeMillis();
    RecordReader records = batch.records();
    while (records.next()) {
      if (records.offset() < batch.firstOffset()) {
        continue;
      }
      total++;
      if (counts) {
        counted++;
        bytes += Math.max(0, records.keyBytes()) + Math.max(0, records.valueBytes());
        if (endToEnd) {
          latencyMicros.recordValue(Math.max(0, now - records.timestamp()) * MICROS_PER_MS);
        }
      }
    }
  }

  PerfReport report() {
    return new PerfReport(counted, 0, bytes, (last - warmup.counted()) / 1e9, latencyMicros);
  }
}

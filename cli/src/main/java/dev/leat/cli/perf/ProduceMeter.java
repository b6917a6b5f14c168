package dev.leat.cli.perf;

import dev.leat.client.SendCallback;
import dev.leat.client.error.LeatException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Measures acknowledgements. Latency counts from the time at which a record was to be sent: if the
 * sender falls behind, that is waiting too.
 *
 * <p>Written by the client's network thread; read by others once everything is acknowledged.
 */
final class ProduceMeter {
  private static final int DIGITS = 3;

  private final Warmup warmup;
  private final Histogram latencyMicros = new Histogram(DIGITS);
  private volatile long acknowledged;
  private volatile long failed;
  private long counted;
  private long lastNanos;
  private @Nullable LeatException firstFailure;

  ProduceMeter(Warmup warmup) {
    this.warmup = warmup;
    lastNanos = warmup.counted();
  }

  /** Callback of a record that was to be sent at {@code intendedNanos}. */
  SendCallback sentAt(long intendedNanos) {
    return new Sent(intendedNanos);
  }

  private final class Sent implements SendCallback {
    private final long intendedNanos;

    Sent(long intendedNanos) {
      this.intendedNanos = intendedNanos;
    }

    @Override
    public void onFailed(LeatException error) {
      if (firstFailure == null) {
        firstFailure = error;
      }
      failed = failed + 1;
    }

    @Override
    public void onAcknowledged(int partition, long offset) {
      long now = System.nanoTime();
      acknowledged = acknowledged + 1;
      if (warmup.counts(intendedNanos)) {
        counted++;
        lastNanos = now;
        latencyMicros.recordValue(TimeUnit.NANOSECONDS.toMicros(now - intendedNanos));
      }
    }
  }

  long acknowledged() {
    return acknowledged;
  }

  long failed() {
    return failed;
  }

  Optional<LeatException> firstFailure() {
    return Optional.ofNullable(firstFailure);
  }

  PerfReport report(int recordBytes) {
    double seconds = (lastNanos - warmup.counted()) / 1e9;
    return new PerfReport(counted, failed, counted * recordBytes, seconds, latencyMicros);
  }
}

package dev.leat.cli.records;

import dev.leat.client.SendCallback;
import dev.leat.client.error.LeatException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Counts what became of records. */
final class Deliveries implements SendCallback {
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicReference<@Nullable LeatException> failure = new AtomicReference<>();

  @Override
  public void onFailed(LeatException error) {
    failure.compareAndSet(null, error);
  }

  @Override
  public void onAcknowledged(int partition, long offset) {
    acknowledged.lazySet(acknowledged.getPlain() + 1);
  }

  /** Records that are on disk of a quorum. */
  long acknowledged() {
    return acknowledged.get();
  }

  /** Why the first record failed that did. */
  Optional<LeatException> failure() {
    return Optional.ofNullable(failure.get());
  }
}

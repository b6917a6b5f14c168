package dev.leat.broker.runtime.thread;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Something that is made when it is asked for first, and never by a thread that must not wait: what
 * nobody needs costs nothing.
 *
 * @param <T> what it is
 */
public final class OnDemand<T> {
  private final Supplier<T> maker;
  private final Executor executor;
  private @Nullable CompletionStage<T> made;

  /**
   * Nothing is made yet.
   *
   * @param maker may take a while
   * @param executor runs it
   */
  public OnDemand(Supplier<T> maker, Executor executor) {
    this.maker = maker;
    this.executor = executor;
  }

  /** It; fails if it could not be made. */
  public synchronized CompletionStage<T> get() {
    CompletionStage<T> present = made;
    if (present == null) {
      present = CompletableFuture.supplyAsync(maker, executor);
      made = present;
    }
    return present;
  }
}

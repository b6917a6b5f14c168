package dev.leat.kafka.records;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the produce requests of a transactional producer in their order while the coordinator is
 * asked about one of them: a later one that is tried first seems to have lost what came before it.
 *
 * <p>Threads: any. Memory: one entry for each producer whose coordinator is being asked.
 */
final class TransactionOrder {
  private final Map<String, CompletableFuture<Void>> newest = new ConcurrentHashMap<>();

  /** Whether requests of this transactional id have to wait their turn. */
  boolean isKept(@Nullable String transactionalId) {
    return transactionalId != null && newest.containsKey(transactionalId);
  }

  /**
   * Waits for the turn of a request.
   *
   * @param turn begins when all that entered before have left; gets what makes it leave
   */
  void enter(String transactionalId, Consumer<Runnable> turn) {
    CompletableFuture<Void> mine = new CompletableFuture<>();
    Runnable leave =
        () -> {
          newest.remove(transactionalId, mine);
          mine.complete(null);
        };
    CompletableFuture<Void> before = newest.put(transactionalId, mine);
    if (before == null) {
      turn.accept(leave);
    } else {
      before.thenRun(() -> turn.accept(leave));
    }
  }
}

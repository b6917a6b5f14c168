package dev.leat.kafka.coordinator.share;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.CoordinatorNotAvailableException;
import org.apache.kafka.server.share.persister.DeleteShareGroupStateParameters;
import org.apache.kafka.server.share.persister.DeleteShareGroupStateResult;
import org.apache.kafka.server.share.persister.InitializeShareGroupStateParameters;
import org.apache.kafka.server.share.persister.InitializeShareGroupStateResult;
import org.apache.kafka.server.share.persister.Persister;
import org.apache.kafka.server.share.persister.ReadShareGroupStateParameters;
import org.apache.kafka.server.share.persister.ReadShareGroupStateResult;
import org.apache.kafka.server.share.persister.ReadShareGroupStateSummaryParameters;
import org.apache.kafka.server.share.persister.ReadShareGroupStateSummaryResult;
import org.apache.kafka.server.share.persister.WriteShareGroupStateParameters;
import org.apache.kafka.server.share.persister.WriteShareGroupStateResult;
import org.jspecify.annotations.Nullable;

/**
 * A persister that is made when the first share group comes, and anew when its thread has ended by
 * a defect: what it was asked then fails, and may be asked again.
 */
public final class LazyPersister implements Persister {
  private final Supplier<Persister> maker;
  private @Nullable Made made;
  private boolean stopped;

  /** Nothing is made yet. */
  public LazyPersister(Supplier<Persister> maker) {
    this.maker = maker;
  }

  /** A persister and what it has not answered yet. */
  private static final class Made {
    private final Set<CompletableFuture<?>> open = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Persister persister;
    private volatile boolean ended;

    /** On its thread, which has nothing to do any more: its connections are closed. */
    void end() {
      ended = true;
      open.forEach(Made::fail);
      Persister present = persister;
      if (present != null) {
        present.stop();
      }
    }

    <T> CompletableFuture<T> track(CompletableFuture<T> answer) {
      open.add(answer);
      answer.whenComplete((done, failure) -> open.remove(answer));
      // It may have ended between being asked and being noted.
      if (ended) {
        fail(answer);
      }
      return answer;
    }

    private static void fail(CompletableFuture<?> answer) {
      answer.completeExceptionally(
          new CoordinatorNotAvailableException(
              "what asks share coordinators has ended by a defect: try again"));
    }
  }

  private <T> CompletableFuture<T> ask(Function<Persister, CompletableFuture<T>> question) {
    Made present;
    Persister persister;
    synchronized (this) {
      present = made;
      if (present == null || (present.ended && !stopped)) {
        present = new Made();
        present.persister = ExitGuard.guard(present::end, maker);
        made = present;
      }
      persister = present.persister;
    }
    return persister == null
        ? CompletableFuture.failedFuture(new CoordinatorNotAvailableException("not made"))
        : present.track(question.apply(persister));
  }

  @Override
  public CompletableFuture<InitializeShareGroupStateResult> initializeState(
      InitializeShareGroupStateParameters parameters) {
    return ask(persister -> persister.initializeState(parameters));
  }

  @Override
  public CompletableFuture<ReadShareGroupStateResult> readState(
      ReadShareGroupStateParameters parameters) {
    return ask(persister -> persister.readState(parameters));
  }

  @Override
  public CompletableFuture<WriteShareGroupStateResult> writeState(
      WriteShareGroupStateParameters parameters) {
    return ask(persister -> persister.writeState(parameters));
  }

  @Override
  public CompletableFuture<DeleteShareGroupStateResult> deleteState(
      DeleteShareGroupStateParameters parameters) {
    return ask(persister -> persister.deleteState(parameters));
  }

  @Override
  public CompletableFuture<ReadShareGroupStateSummaryResult> readSummary(
      ReadShareGroupStateSummaryParameters parameters) {
    return ask(persister -> persister.readSummary(parameters));
  }

  @Override
  public synchronized void stop() {
    stopped = true;
    Persister present = made == null ? null : made.persister;
    if (present != null) {
      present.stop();
    }
  }
}

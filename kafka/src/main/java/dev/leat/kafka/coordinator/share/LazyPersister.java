package dev.leat.kafka.coordinator.share;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
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

/** A persister that is made when the first share group comes. */
public final class LazyPersister implements Persister {
  private final Supplier<Persister> maker;
  private @Nullable Persister made;

  /** Nothing is made yet. */
  public LazyPersister(Supplier<Persister> maker) {
    this.maker = maker;
  }

  private synchronized Persister persister() {
    if (made == null) {
      made = maker.get();
    }
    return made;
  }

  @Override
  public CompletableFuture<InitializeShareGroupStateResult> initializeState(
      InitializeShareGroupStateParameters parameters) {
    return persister().initializeState(parameters);
  }

  @Override
  public CompletableFuture<ReadShareGroupStateResult> readState(
      ReadShareGroupStateParameters parameters) {
    return persister().readState(parameters);
  }

  @Override
  public CompletableFuture<WriteShareGroupStateResult> writeState(
      WriteShareGroupStateParameters parameters) {
    return persister().writeState(parameters);
  }

  @Override
  public CompletableFuture<DeleteShareGroupStateResult> deleteState(
      DeleteShareGroupStateParameters parameters) {
    return persister().deleteState(parameters);
  }

  @Override
  public CompletableFuture<ReadShareGroupStateSummaryResult> readSummary(
      ReadShareGroupStateSummaryParameters parameters) {
    return persister().readSummary(parameters);
  }

  @Override
  public synchronized void stop() {
    if (made != null) {
      made.stop();
    }
  }
}

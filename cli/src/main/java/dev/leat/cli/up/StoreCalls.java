package dev.leat.cli.up;

import dev.leat.broker.control.StateStore;
import dev.leat.broker.control.StoreOutcome;
import dev.leat.cli.console.CommandFailedException;
import dev.leat.crds.Kind;
import dev.leat.crds.Resource;
import dev.leat.crds.ResourceName;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A {@link StateStore} for a caller that waits. */
final class StoreCalls {
  /** A local disk that takes longer for one file is broken. */
  private static final int TIMEOUT_S = 30;

  private final StateStore store;

  StoreCalls(StateStore store) {
    this.store = store;
  }

  <R extends Resource<R>> List<R> list(Kind<R> kind) {
    return success(await(store.list(kind)), kind.plural());
  }

  <R extends Resource<R>> Optional<R> find(Kind<R> kind, ResourceName name) {
    StoreOutcome<R> outcome = await(store.get(kind, name));
    return outcome instanceof StoreOutcome.NotFound<R>
        ? Optional.empty()
        : Optional.of(success(outcome, kind + " " + name));
  }

  <R extends Resource<R>> R create(R resource) {
    return success(await(store.create(resource)), describe(resource));
  }

  <R extends Resource<R>> R update(R resource) {
    return success(await(store.update(resource)), describe(resource));
  }

  private static String describe(Resource<?> resource) {
    return resource.kind() + " " + resource.resourceName();
  }

  private static <T> T success(StoreOutcome<T> outcome, String what) {
    return switch (outcome) {
      case StoreOutcome.Ok<T>(T value) -> value;
      case StoreOutcome.Refused<T>(String reason) -> throw refused(what, reason);
      case StoreOutcome.Unreachable<T> lost -> throw refused(what, lost.reason());
      case StoreOutcome.Conflict<T> conflict ->
          throw refused(what, "somebody else has just changed it; try again");
      case StoreOutcome.AlreadyExists<T> exists -> throw refused(what, "exists already");
      case StoreOutcome.NotFound<T> gone ->
          throw refused(what, "somebody else has just deleted it; try again");
    };
  }

  private static CommandFailedException refused(String what, String reason) {
    return new CommandFailedException(what + ": " + reason);
  }

  private static <T> T await(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(TIMEOUT_S, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new CommandFailedException(
          "the disk did not take a file within " + TIMEOUT_S + " s; check it", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailedException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a store's stage failed", e);
    }
  }
}

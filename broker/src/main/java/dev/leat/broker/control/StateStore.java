package dev.leat.broker.control;

import dev.leat.crds.Kind;
import dev.leat.crds.Resource;
import dev.leat.crds.ResourceName;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Port to where resources are kept: the Kubernetes API, or files.
 *
 * <p>Each resource has a resourceVersion that changes with every write, and a write names the one
 * it was made from: compare-and-set of one resource is all the atomicity there is. Nothing holds
 * between two resources, and no order between two watches.
 *
 * <p>Calls return at once. Their stages never complete exceptionally for what can happen to a
 * store: that is an {@link StoreOutcome}. They may complete on any thread, so callers hand over to
 * their own, and must not block there. Calls may overtake each other: who needs an order waits for
 * the answer, or relies on resourceVersion.
 *
 * <p>Adapters bound every call in time and never repeat a write by themselves: a repeated
 * compare-and-set would take its own first success for a conflict.
 */
public interface StateStore extends AutoCloseable {
  /** The resource as it is now, not an older copy. {@code Ok}, {@code NotFound}. */
  <R extends Resource<R>> CompletionStage<StoreOutcome<R>> get(Kind<R> kind, ResourceName name);

  /** All resources of a kind as they are now, in order of their names. {@code Ok}. */
  <R extends Resource<R>> CompletionStage<StoreOutcome<List<R>>> list(Kind<R> kind);

  /**
   * Stores a new resource. Its uid, resourceVersion, generation and timestamps are given by the
   * store, and its status is dropped if the kind's status lies apart.
   *
   * <p>{@code Ok} with what was stored, {@code AlreadyExists}, {@code Refused}.
   */
  <R extends Resource<R>> CompletionStage<StoreOutcome<R>> create(R resource);

  /**
   * Replaces the spec, labels, annotations and finalizers of a resource; not its status if that
   * lies apart. The generation grows if the spec differs. If it is being deleted and has no
   * finalizer left, it is gone afterwards.
   *
   * <p>{@code Ok} with what was stored (or removed), {@code Conflict} if the stored one has another
   * resourceVersion or uid, {@code NotFound}, {@code Refused}.
   */
  <R extends Resource<R>> CompletionStage<StoreOutcome<R>> update(R resource);

  /**
   * Replaces the status of a resource and nothing else. Only for kinds whose status lies apart.
   * Outcomes as for {@link #update}.
   */
  <R extends Resource<R>> CompletionStage<StoreOutcome<R>> updateStatus(R resource);

  /**
   * Asks for the deletion of this very object: one with another uid, or another resourceVersion
   * unless that is empty, is a {@code Conflict}. With finalizers it gets a deletionTimestamp,
   * without it is gone.
   *
   * <p>{@code Ok} with what was marked or removed, {@code Conflict}, {@code NotFound}.
   */
  <R extends Resource<R>> CompletionStage<StoreOutcome<R>> delete(R resource);

  /**
   * Watches a kind: first all there is, then what changes, until the watch is closed. Survives
   * interruptions by itself.
   */
  <R extends Resource<R>> Watch watch(Kind<R> kind, WatchListener<R> listener);

  /** Ends all watches and, once everything accepted is done, the store. Returns when it has. */
  @Override
  void close();

  /** A running watch. */
  interface Watch extends AutoCloseable {
    /** Ends it. A listener that is running may still finish; it is not called afterwards. */
    @Override
    void close();
  }
}

package dev.leat.broker.control;

import dev.leat.crds.Kind;
import dev.leat.crds.ObjectMeta;
import dev.leat.crds.Resource;
import dev.leat.crds.ResourceName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * All resources of a store, and what writes do to them: the rules of the Kubernetes API, as far as
 * Leat relies on them. Pure; for stores that are not the Kubernetes API.
 *
 * <p>Writes collect in a batch, which sees itself; everybody else sees it after {@link #publish}.
 * One thread writes; reads are allowed on any.
 */
public final class ResourceTable {
  private final Map<Kind<?>, TreeMap<ResourceName, Resource<?>>> published = new LinkedHashMap<>();
  private final Map<ResourceKey, Optional<Resource<?>>> batch = new LinkedHashMap<>();
  private final List<WatchEvent<?>> events = new ArrayList<>();
  private final Supplier<String> versions;
  private final Supplier<String> uids;
  private final int maxNameLength;

  /**
   * A table.
   *
   * @param resources what is in it
   * @param versions gives a new resourceVersion each time
   * @param uids gives a new uid each time
   * @param maxNameLength longest object name that it takes, in characters
   */
  public ResourceTable(
      Collection<Resource<?>> resources,
      Supplier<String> versions,
      Supplier<String> uids,
      int maxNameLength) {
    this.maxNameLength = maxNameLength;
    Kind.ALL.forEach(kind -> published.put(kind, new TreeMap<>()));
    resources.forEach(this::put);
    this.versions = versions;
    this.uids = uids;
  }

  /** A published resource. */
  public synchronized <R extends Resource<R>> Optional<R> get(Kind<R> kind, ResourceName name) {
    return Optional.ofNullable(ofKind(kind).get(name)).map(kind.type()::cast);
  }

  /** All published resources of a kind. */
  public synchronized <R extends Resource<R>> List<R> list(Kind<R> kind) {
    return ofKind(kind).values().stream().map(kind.type()::cast).toList();
  }

  /** Adds a write to the batch, or says why not. */
  public <R extends Resource<R>> StoreOutcome<R> write(Verb verb, R resource, Instant now) {
    Optional<R> stored = latest(resource);
    if (verb == Verb.CREATE) {
      return stored.isPresent() ? new StoreOutcome.AlreadyExists<>() : create(resource, now);
    }
    if (stored.isEmpty()) {
      return new StoreOutcome.NotFound<>();
    }
    ObjectMeta current = stored.get().metadata();
    ObjectMeta base = resource.metadata();
    boolean anyVersion = verb == Verb.DELETE && base.resourceVersion().isEmpty();
    boolean sameVersion = anyVersion || base.resourceVersion().equals(current.resourceVersion());
    if (!sameVersion || !(base.uid().isEmpty() || base.uid().equals(current.uid()))) {
      return new StoreOutcome.Conflict<>();
    }
    return switch (verb) {
      case CREATE -> throw new IllegalStateException("handled above");
      case UPDATE -> update(resource, stored.get());
      case UPDATE_STATUS -> updateStatus(resource, stored.get());
      case DELETE -> delete(stored.get(), now);
    };
  }

  private <R extends Resource<R>> StoreOutcome<R> create(R resource, Instant now) {
    String name = resource.metadata().name();
    if (name.length() > maxNameLength) {
      return new StoreOutcome.Refused<>(
          "metadata.name has %d characters: %d are possible here, choose a shorter one"
              .formatted(name.length(), maxNameLength));
    }
    ObjectMeta metadata =
        resource
            .metadata()
            .edit()
            .uid(uids.get())
            .resourceVersion(versions.get())
            .generation(1)
            .creationTimestamp(Optional.of(now))
            .deletionTimestamp(Optional.empty())
            .build();
    R created = resource.kind().statusApart() ? resource.withoutStatus() : resource;
    return changed(created.withMetadata(metadata));
  }

  private <R extends Resource<R>> StoreOutcome<R> update(R resource, R stored) {
    Optional<String> problem = resource.changeProblem(stored);
    if (problem.isPresent()) {
      return new StoreOutcome.Refused<>(problem.get());
    }
    ObjectMeta current = stored.metadata();
    ObjectMeta wanted = resource.metadata();
    if (current.isBeingDeleted() && !current.finalizers().containsAll(wanted.finalizers())) {
      return new StoreOutcome.Refused<>(
          stored.resourceName() + " is being deleted: it can get no finalizer any more");
    }
    ObjectMeta merged =
        current
            .edit()
            .labels(wanted.labels())
            .annotations(wanted.annotations())
            .finalizers(wanted.finalizers())
            .generation(current.generation() + (resource.hasSpecOf(stored) ? 0 : 1))
            .build();
    R next = resource.kind().statusApart() ? resource.withStatusOf(stored) : resource;
    return replace(stored, next.withMetadata(merged));
  }

  private <R extends Resource<R>> StoreOutcome<R> updateStatus(R resource, R stored) {
    if (!resource.kind().statusApart()) {
      return new StoreOutcome.Refused<>("a " + resource.kind() + " is written as a whole only");
    }
    return replace(stored, stored.withStatusOf(resource));
  }

  private <R extends Resource<R>> StoreOutcome<R> delete(R stored, Instant now) {
    ObjectMeta current = stored.metadata();
    if (current.finalizers().isEmpty()) {
      return removed(stored);
    }
    if (current.isBeingDeleted()) {
      return new StoreOutcome.Ok<>(stored);
    }
    ObjectMeta marked =
        current
            .edit()
            .deletionTimestamp(Optional.of(now))
            .generation(current.generation() + 1)
            .build();
    return replace(stored, stored.withMetadata(marked));
  }

  private <R extends Resource<R>> StoreOutcome<R> replace(R stored, R next) {
    if (next.equals(stored)) {
      return new StoreOutcome.Ok<>(stored);
    }
    ObjectMeta metadata = next.metadata();
    if (metadata.isBeingDeleted() && metadata.finalizers().isEmpty()) {
      return removed(next);
    }
    return changed(next.withMetadata(metadata.edit().resourceVersion(versions.get()).build()));
  }

  private <R extends Resource<R>> StoreOutcome<R> changed(R resource) {
    batch.put(ResourceKey.of(resource), Optional.of(resource));
    events.add(new WatchEvent.Changed<>(resource));
    return new StoreOutcome.Ok<>(resource);
  }

  private <R extends Resource<R>> StoreOutcome<R> removed(R resource) {
    batch.put(ResourceKey.of(resource), Optional.empty());
    events.add(new WatchEvent.Deleted<>(resource));
    return new StoreOutcome.Ok<>(resource);
  }

  private <R extends Resource<R>> Optional<R> latest(R resource) {
    Optional<Resource<?>> pending = batch.get(ResourceKey.of(resource));
    return pending == null
        ? get(resource.kind(), resource.resourceName())
        : pending.map(resource.kind().type()::cast);
  }

  /** Puts what people wrote by hand, and so has no uid or version yet, into the batch. */
  public void adoptHandmade(Instant now) {
    Kind.ALL.forEach(kind -> adopt(kind, now));
  }

  private <R extends Resource<R>> void adopt(Kind<R> kind, Instant now) {
    for (R resource : list(kind)) {
      ObjectMeta metadata = resource.metadata();
      if (metadata.resourceVersion().isEmpty()
          || metadata.uid().isEmpty()
          || metadata.creationTimestamp().isEmpty()) {
        ObjectMeta adopted =
            metadata
                .edit()
                .uid(metadata.uid().isEmpty() ? uids.get() : metadata.uid())
                .resourceVersion(versions.get())
                .generation(Math.max(1, metadata.generation()))
                .creationTimestamp(metadata.creationTimestamp().or(() -> Optional.of(now)))
                .build();
        changed(resource.withMetadata(adopted));
      }
    }
  }

  /** What the batch changes: the last state of each resource, empty if it is gone. */
  public Map<ResourceKey, Optional<Resource<?>>> batch() {
    return batch;
  }

  /** Lets everybody see the batch, and begins a new one. Returns its events in order. */
  public synchronized List<WatchEvent<?>> publish() {
    batch.forEach(
        (key, resource) ->
            resource.ifPresentOrElse(this::put, () -> ofKind(key.kind()).remove(key.name())));
    List<WatchEvent<?>> published = List.copyOf(events);
    discard();
    return published;
  }

  /** Forgets the batch. */
  public void discard() {
    batch.clear();
    events.clear();
  }

  private void put(Resource<?> resource) {
    ofKind(resource.kind()).put(resource.resourceName(), resource);
  }

  private TreeMap<ResourceName, Resource<?>> ofKind(Kind<?> kind) {
    return Objects.requireNonNull(published.get(kind));
  }
}

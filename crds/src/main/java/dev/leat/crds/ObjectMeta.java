package dev.leat.crds;

import dev.leat.crds.value.ObjectNames;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Metadata of a resource, a part of what Kubernetes keeps. The store gives uid, resourceVersion,
 * generation and the timestamps; they are empty or 0 in a resource that was never stored.
 *
 * @param name object name
 * @param namespace where it lies
 * @param labels for selection, in order of their keys
 * @param annotations for anything else, in order of their keys
 * @param resourceVersion grows with every write; opaque, and the condition of a compare-and-set
 * @param uid of this object: another one made later under the same name has another uid
 * @param generation grows with every change of the spec
 * @param creationTimestamp when it was made
 * @param deletionTimestamp set once deletion was asked for; it goes when no finalizer is left
 * @param finalizers who still has to do something before it may go
 */
public record ObjectMeta(
    String name,
    String namespace,
    Map<String, String> labels,
    Map<String, String> annotations,
    String resourceVersion,
    String uid,
    long generation,
    Optional<Instant> creationTimestamp,
    Optional<Instant> deletionTimestamp,
    List<String> finalizers) {
  /** Checks names, and copies. */
  public ObjectMeta {
    ObjectNames.check(name);
    ObjectNames.checkNamespace(namespace);
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    annotations = Collections.unmodifiableMap(new TreeMap<>(annotations));
    finalizers = List.copyOf(finalizers);
  }

  /** Metadata of a resource that was never stored. */
  public static ObjectMeta of(ResourceName name) {
    return new ObjectMeta(
        name.name(),
        name.namespace(),
        Map.of(),
        Map.of(),
        "",
        "",
        0,
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  /** Name and namespace. */
  public ResourceName resourceName() {
    return new ResourceName(namespace, name);
  }

  /** Whether deletion was asked for. */
  public boolean isBeingDeleted() {
    return deletionTimestamp.isPresent();
  }

  /** Whether {@code finalizer} still has something to do. */
  public boolean hasFinalizer(String finalizer) {
    return finalizers.contains(finalizer);
  }

  /** A builder that begins with these values. */
  public ObjectMetaBuilder edit() {
    return new ObjectMetaBuilder(this);
  }
}

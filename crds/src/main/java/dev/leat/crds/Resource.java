package dev.leat.crds;

import java.util.Optional;

/**
 * One object as the API server keeps it. Resources are values: a change is another resource.
 *
 * @param <R> the type itself
 */
public sealed interface Resource<R extends Resource<R>>
    permits Cluster, Topic, ClusterState, Lease {
  /** What it is. */
  Kind<R> kind();

  /** Its name, version and marks. */
  ObjectMeta metadata();

  /** The same with other metadata. */
  R withMetadata(ObjectMeta metadata);

  /** The same with the status of {@code other}; itself if the kind has no status of its own. */
  R withStatusOf(R other);

  /** The same with the status of a resource that nobody has looked at yet. */
  R withoutStatus();

  /**
   * Why {@code earlier} may not become this: one line saying what happened, why, what to do. What
   * the schema refuses on Kubernetes, every other store refuses too.
   */
  default Optional<String> changeProblem(R earlier) {
    return Optional.empty();
  }

  /** Whether both ask for the same, whatever their metadata and status are. */
  boolean hasSpecOf(R other);

  /** Name and namespace. */
  default ResourceName resourceName() {
    return metadata().resourceName();
  }
}

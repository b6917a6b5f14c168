package dev.leat.broker.control;

import dev.leat.crds.Kind;
import dev.leat.crds.Resource;
import dev.leat.crds.ResourceName;

/**
 * What tells a resource from all others of a store.
 *
 * @param kind what it is
 * @param name namespace and name
 */
public record ResourceKey(Kind<?> kind, ResourceName name) {
  /** The key of a resource. */
  public static ResourceKey of(Resource<?> resource) {
    return new ResourceKey(resource.kind(), resource.resourceName());
  }
}

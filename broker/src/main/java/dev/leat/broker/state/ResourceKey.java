package dev.leat.broker.state;

import dev.leat.crds.Kind;
import dev.leat.crds.Resource;
import dev.leat.crds.ResourceName;

/** What tells a resource from all others of a store. */
record ResourceKey(Kind<?> kind, ResourceName name) {
  static ResourceKey of(Resource<?> resource) {
    return new ResourceKey(resource.kind(), resource.resourceName());
  }
}

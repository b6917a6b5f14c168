package dev.leat.crds;

import dev.leat.crds.value.ObjectNames;
import java.util.Comparator;

/**
 * What tells a resource from all others of its kind.
 *
 * @param namespace namespace
 * @param name name within the namespace
 */
public record ResourceName(String namespace, String name) implements Comparable<ResourceName> {
  private static final Comparator<ResourceName> ORDER =
      Comparator.comparing(ResourceName::namespace).thenComparing(ResourceName::name);

  /** Checks both names; throws {@link dev.leat.crds.value.InvalidValueException}. */
  public ResourceName {
    ObjectNames.checkNamespace(namespace);
    ObjectNames.check(name);
  }

  @Override
  public int compareTo(ResourceName other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}

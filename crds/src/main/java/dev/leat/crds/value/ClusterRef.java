package dev.leat.crds.value;

import java.util.Optional;

/**
 * Names a Cluster, written {@code [namespace/]name}.
 *
 * @param namespace empty: that of the resource that refers to it
 * @param name name of the Cluster
 */
public record ClusterRef(Optional<String> namespace, String name) {
  /** Checks both names. */
  public ClusterRef {
    namespace.ifPresent(ObjectNames::checkNamespace);
    ObjectNames.check(name);
  }

  /** Reads {@code [namespace/]name}; throws {@link InvalidValueException}. */
  public static ClusterRef parse(String text) {
    int slash = text.indexOf('/');
    return slash < 0
        ? new ClusterRef(Optional.empty(), text)
        : new ClusterRef(Optional.of(text.substring(0, slash)), text.substring(slash + 1));
  }

  @Override
  public String toString() {
    return namespace.map(prefix -> prefix + "/" + name).orElse(name);
  }
}

package dev.leat.broker.state.kubernetes;

import dev.leat.crds.Kind;
import dev.leat.crds.Resource;
import dev.leat.crds.Topic;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What of a Kubernetes cluster a store sees.
 *
 * @param namespace of all kinds but Topic; empty: every namespace
 * @param leaseLabels labels that tell Leat's Leases from others; new Leases get them
 * @param topics which Topics, of any namespace, belong to this cluster; may change its mind, which
 *     a watch notices when it lists again
 */
public record KubernetesScope(
    Optional<String> namespace, Map<String, String> leaseLabels, Predicate<Topic> topics) {
  /** Copies. */
  public KubernetesScope {
    leaseLabels = Map.copyOf(leaseLabels);
  }

  /** Namespace to which lists and watches of {@code kind} are limited. */
  Optional<String> namespaceOf(Kind<?> kind) {
    return kind.equals(Kind.TOPIC) ? Optional.empty() : namespace;
  }

  /** Whether a resource is seen. */
  boolean includes(Resource<?> resource) {
    return !(resource instanceof Topic topic) || topics.test(topic);
  }
}

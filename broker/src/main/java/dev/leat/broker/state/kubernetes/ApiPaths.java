package dev.leat.broker.state.kubernetes;

import dev.leat.crds.Kind;
import dev.leat.crds.ResourceName;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Paths of the Kubernetes API. Names need no escaping: they are checked when they are made. */
final class ApiPaths {
  /** The server ends a watch after this: then everything is listed again. */
  private static final int WATCH_SECONDS = 270;

  private ApiPaths() {}

  static String of(Kind<?> kind, ResourceName name) {
    return ofKind(kind, Optional.of(name.namespace())) + "/" + name.name();
  }

  static String ofKind(Kind<?> kind, Optional<String> namespace) {
    return "/apis/"
        + kind.apiVersion()
        + namespace.map(name -> "/namespaces/" + name).orElse("")
        + "/"
        + kind.plural();
  }

  static String ofClaim(ResourceName claim) {
    return "/api/v1/namespaces/%s/persistentvolumeclaims/%s"
        .formatted(claim.namespace(), claim.name());
  }

  /** A list as it is now: no resourceVersion means a quorum read. */
  static String list(Kind<?> kind, KubernetesScope scope) {
    return ofKind(kind, scope.namespaceOf(kind)) + "?" + selector(kind, scope);
  }

  static String watch(Kind<?> kind, KubernetesScope scope, String resourceVersion) {
    return ofKind(kind, scope.namespaceOf(kind))
        + "?watch=true&allowWatchBookmarks=true&timeoutSeconds="
        + WATCH_SECONDS
        + "&resourceVersion="
        + resourceVersion
        + "&"
        + selector(kind, scope);
  }

  private static String selector(Kind<?> kind, KubernetesScope scope) {
    if (!kind.equals(Kind.LEASE) || scope.leaseLabels().isEmpty()) {
      return "";
    }
    Map<String, String> labels = new TreeMap<>(scope.leaseLabels());
    return "labelSelector="
        + labels.entrySet().stream()
            .map(label -> label.getKey() + "%3D" + label.getValue())
            .collect(Collectors.joining("%2C"));
  }
}

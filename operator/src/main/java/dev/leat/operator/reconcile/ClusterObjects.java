package dev.leat.operator.reconcile;

import dev.leat.crds.Cluster;
import dev.leat.crds.ClusterStatus;
import dev.leat.crds.Resource;
import dev.leat.crds.value.InvalidValueException;
import dev.leat.crds.yaml.ReadResult;
import dev.leat.crds.yaml.ResourceReader;
import dev.leat.crds.yaml.ResourceWriter;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import java.util.Objects;

/** From the objects of the Kubernetes client to Leat's resources, and back. */
final class ClusterObjects {
  private ClusterObjects() {}

  /** The resource; throws {@link InvalidValueException} if it cannot be read. */
  static <R extends Resource<R>> R read(Class<R> type, HasMetadata object) {
    ReadResult result =
        ResourceReader.ofServed().read(object.getKind(), Serialization.asJson(object));
    if (!result.isComplete()) {
      throw new InvalidValueException(result.problemText());
    }
    return type.cast(result.manifests().getFirst().resource());
  }

  /** The resource as an object of the client. */
  static GenericKubernetesResource write(Resource<?> resource) {
    return Serialization.unmarshal(ResourceWriter.write(resource), GenericKubernetesResource.class);
  }

  /** An object that carries a Cluster's status and nothing else, as a patch. */
  @SuppressWarnings("unchecked") // A status is a mapping.
  static ClusterObject statusOf(Cluster cluster, ClusterStatus status) {
    GenericKubernetesResource tree = write(cluster.withStatus(status));
    ClusterObject object = new ClusterObject();
    object.getMetadata().setName(cluster.metadata().name());
    object.getMetadata().setNamespace(cluster.metadata().namespace());
    object.setStatus(
        (Map<String, Object>) Objects.requireNonNull(tree.getAdditionalProperties().get("status")));
    return object;
  }
}

package dev.leat.operator.reconcile;

import dev.leat.crds.Kind;
import dev.leat.crds.Topic;
import dev.leat.crds.value.ClusterRef;
import dev.leat.operator.desired.Names;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.api.model.rbac.SubjectBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What concerns all Clusters together, every few seconds: brokers' rights on Topics of all
 * namespaces, and Topics that nobody would ever free because their Cluster is gone.
 */
public final class Upkeep implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

  private static final String TOPICS_ROLE = "leat-broker-topics";

  private final KubernetesClient client;

  /** With the operator's credentials. */
  public Upkeep(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public void run() {
    try {
      Map<String, Boolean> clusters = clusters();
      bindTopicRights(clusters.keySet().stream().sorted().toList());
      freeTopics(clusters);
    } catch (KubernetesClientException e) {
      LOG.warn("upkeep failed, and is tried again: {}", e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("upkeep failed, and is tried again", e);
    }
  }

  /** namespace/name of every Cluster, and whether it is being deleted. */
  private Map<String, Boolean> clusters() {
    Map<String, Boolean> clusters = new HashMap<>();
    for (ClusterObject cluster :
        client.resources(ClusterObject.class).inAnyNamespace().list().getItems()) {
      clusters.put(
          cluster.getMetadata().getNamespace() + "/" + cluster.getMetadata().getName(),
          cluster.getMetadata().getDeletionTimestamp() != null);
    }
    return clusters;
  }

  private void bindTopicRights(List<String> clusters) {
    List<Subject> subjects = new ArrayList<>();
    for (String cluster : clusters) {
      String[] parts = cluster.split("/", 2);
      subjects.add(
          new SubjectBuilder()
              .withKind("ServiceAccount")
              .withNamespace(parts[0])
              .withName(Names.broker(parts[1]))
              .build());
    }
    client
        .resource(
            new ClusterRoleBindingBuilder()
                .withMetadata(new ObjectMetaBuilder().withName(TOPICS_ROLE).build())
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", TOPICS_ROLE)
                .withSubjects(subjects)
                .build())
        .fieldManager(Names.FIELD_MANAGER)
        .forceConflicts()
        .serverSideApply();
  }

  private void freeTopics(Map<String, Boolean> clusters) {
    var topics = client.genericKubernetesResources(Kind.LEAT_API_VERSION, Kind.TOPIC.name());
    for (GenericKubernetesResource topic : topics.inAnyNamespace().list().getItems()) {
      boolean leaving = topic.getMetadata().getDeletionTimestamp() != null;
      boolean held = topic.getMetadata().getFinalizers().contains(Topic.FINALIZER);
      if (leaving && held && isOrphan(topic, clusters)) {
        free(topic);
      }
    }
  }

  private static boolean isOrphan(
      GenericKubernetesResource topic, Map<String, Boolean> clusters) {
    String namespace = topic.getMetadata().getNamespace();
    Object spec = topic.getAdditionalProperties().get("spec");
    Object named = spec instanceof Map<?, ?> fields ? fields.get("cluster") : null;
    Optional<ClusterRef> cluster =
        Optional.ofNullable(named).map(text -> ClusterRef.parse(text.toString()));
    if (cluster.isEmpty()) {
      return clusters.entrySet().stream()
          .noneMatch(entry -> entry.getKey().startsWith(namespace + "/") && !entry.getValue());
    }
    String key = cluster.get().namespace().orElse(namespace) + "/" + cluster.get().name();
    return !Objects.equals(clusters.get(key), Boolean.FALSE);
  }

  private void free(GenericKubernetesResource topic) {
    LOG.info(
        "Topic {}/{} is let go: its Cluster is gone",
        topic.getMetadata().getNamespace(),
        topic.getMetadata().getName());
    client
        .resource(topic)
        .edit(
            object -> {
              object.getMetadata().getFinalizers().remove(Topic.FINALIZER);
              return object;
            });
  }
}

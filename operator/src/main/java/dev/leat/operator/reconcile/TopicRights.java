package dev.leat.operator.reconcile;

import dev.leat.operator.desired.Names;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.api.model.rbac.SubjectBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.List;

/** Brokers' rights on Topics of all namespaces: one binding for all Clusters together. */
final class TopicRights {
  private static final String ROLE = "leat-broker-topics";

  private TopicRights() {}

  /** Gives them to the brokers of every Cluster that there is. */
  static void bind(KubernetesClient client) {
    bind(client, client.resources(ClusterObject.class).inAnyNamespace().list().getItems());
  }

  /** Gives them to the brokers of these Clusters, and to nobody else. */
  static void bind(KubernetesClient client, List<ClusterObject> clusters) {
    List<Subject> subjects = new ArrayList<>();
    for (ClusterObject cluster : clusters) {
      subjects.add(
          new SubjectBuilder()
              .withKind("ServiceAccount")
              .withNamespace(cluster.getMetadata().getNamespace())
              .withName(Names.broker(cluster.getMetadata().getName()))
              .build());
    }
    client
        .resource(
            new ClusterRoleBindingBuilder()
                .withMetadata(new ObjectMetaBuilder().withName(ROLE).build())
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", ROLE)
                .withSubjects(subjects)
                .build())
        .fieldManager(Names.FIELD_MANAGER)
        .forceConflicts()
        .serverSideApply();
  }
}

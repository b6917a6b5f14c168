package dev.leat.operator.status;

import dev.leat.crds.Cluster;
import dev.leat.crds.Condition;
import dev.leat.crds.Topic;
import dev.leat.crds.TopicPhase;
import dev.leat.crds.TopicStatus;
import dev.leat.crds.value.ClusterRef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Topics that no Cluster holds: no broker looks at them, so the operator says why. */
public final class HomelessTopics {
  private static final String ACCEPTED = "Accepted";

  private HomelessTopics() {}

  /**
   * Why no Cluster holds {@code topic}, or empty if one does. A Cluster that is being deleted holds
   * nothing any more.
   *
   * @param clusters every Cluster, by namespace/name
   */
  public static Optional<Condition> problemOf(
      Topic topic, Map<String, Cluster> clusters, Instant now) {
    String namespace = topic.metadata().namespace();
    Optional<ClusterRef> named = topic.spec().cluster();
    if (named.isEmpty()) {
      return clusters.values().stream().anyMatch(cluster -> isOpen(cluster, namespace))
          ? Optional.empty()
          : problem(
              topic,
              "ClusterNotFound",
              "namespace %s has no Cluster: name one in spec.cluster, as namespace/name"
                  .formatted(namespace),
              now);
    }
    String key = named.get().namespace().orElse(namespace) + "/" + named.get().name();
    Cluster cluster = clusters.get(key);
    if (cluster == null || cluster.metadata().isBeingDeleted()) {
      return problem(
          topic,
          "ClusterNotFound",
          "there is no Cluster " + key + ": make it, or name another",
          now);
    }
    return cluster.spec().pods().allowsTopicsOf(namespace, cluster.metadata().namespace())
        ? Optional.empty()
        : problem(
            topic,
            "NamespaceNotAllowed",
            "Cluster %s takes no Topics of namespace %s: see its spec.topicNamespaces"
                .formatted(key, namespace),
            now);
  }

  private static boolean isOpen(Cluster cluster, String namespace) {
    return cluster.metadata().namespace().equals(namespace) && !cluster.metadata().isBeingDeleted();
  }

  private static Optional<Condition> problem(
      Topic topic, String reason, String message, Instant now) {
    return Optional.of(
        new Condition(
            ACCEPTED, Condition.Status.FALSE, topic.metadata().generation(), now, reason, message));
  }

  /** The topic, with that said in its status. A broker that will hold it says something else. */
  public static Topic refused(Topic topic, Condition problem) {
    List<Condition> conditions = new ArrayList<>(topic.status().conditions());
    conditions.removeIf(condition -> condition.type().equals(problem.type()));
    conditions.add(problem);
    TopicStatus before = topic.status();
    // Generation 0: no broker has looked at it.
    return topic.withStatus(
        new TopicStatus(0, TopicPhase.REFUSED, before.topicId(), before.applied(), conditions));
  }
}

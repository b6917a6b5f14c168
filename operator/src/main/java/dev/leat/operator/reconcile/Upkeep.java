package dev.leat.operator.reconcile;

import dev.leat.crds.Cluster;
import dev.leat.crds.Condition;
import dev.leat.crds.Kind;
import dev.leat.crds.Topic;
import dev.leat.crds.value.ClusterRef;
import dev.leat.crds.value.InvalidValueException;
import dev.leat.operator.status.HomelessTopics;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What concerns all Clusters together, every few seconds: brokers' rights on Topics of all
 * namespaces, and Topics that nobody would ever free because their Cluster is gone.
 */
public final class Upkeep implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

  private static final long PAGE = 200;

  private final KubernetesClient client;
  private final Attention attention;
  private final Consumer<String> onBlind;

  /**
   * Upkeep.
   *
   * @param client with the operator's credentials
   * @param attention what the reconciler has looked at
   * @param onBlind is called with a Cluster that it should have looked at and did not
   */
  public Upkeep(KubernetesClient client, Attention attention, Consumer<String> onBlind) {
    this.client = client;
    this.attention = attention;
    this.onBlind = onBlind;
  }

  @Override
  public void run() {
    try {
      List<ClusterObject> objects =
          client.resources(ClusterObject.class).inAnyNamespace().list().getItems();
      attention.missed(objects, System.nanoTime()).ifPresent(onBlind);
      Clusters clusters = read(objects);
      TopicRights.bind(client, objects);
      lookAtTopics(clusters);
    } catch (KubernetesClientException e) {
      LOG.warn("upkeep failed, and is tried again: {}", e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("upkeep failed, and is tried again", e);
    }
  }

  /**
   * Every Cluster.
   *
   * @param readable by namespace/name
   * @param unreadable namespace/name of those that this operator does not understand: their Topics
   *     are not judged
   */
  private record Clusters(Map<String, Cluster> readable, Set<String> unreadable) {
    boolean mayHoldWhatCannotBeJudged(Topic topic) {
      String namespace = topic.metadata().namespace();
      Optional<ClusterRef> named = topic.spec().cluster();
      return named.isEmpty()
          ? unreadable.stream().anyMatch(key -> key.startsWith(namespace + "/"))
          : unreadable.contains(
              named.get().namespace().orElse(namespace) + "/" + named.get().name());
    }
  }

  private static Clusters read(List<ClusterObject> objects) {
    Clusters clusters = new Clusters(new TreeMap<>(), new TreeSet<>());
    for (ClusterObject object : objects) {
      String key = object.getMetadata().getNamespace() + "/" + object.getMetadata().getName();
      try {
        clusters.readable().put(key, ClusterObjects.read(Cluster.class, object));
      } catch (InvalidValueException e) {
        LOG.warn("Cluster {} cannot be read: {}", key, e.getMessage());
        clusters.unreadable().add(key);
      }
    }
    return clusters;
  }

  // In pages: of many thousands of Topics only a few are in memory.
  private void lookAtTopics(Clusters clusters) {
    String next = "";
    do {
      GenericKubernetesResourceList page =
          client
              .genericKubernetesResources(Kind.LEAT_API_VERSION, Kind.TOPIC.name())
              .inAnyNamespace()
              .list(new ListOptionsBuilder().withLimit(PAGE).withContinue(next).build());
      page.getItems().forEach(topic -> lookAtReadable(topic, clusters));
      next = Objects.requireNonNullElse(page.getMetadata().getContinue(), "");
    } while (!next.isEmpty());
  }

  private void lookAtReadable(GenericKubernetesResource topic, Clusters clusters) {
    try {
      lookAt(topic, clusters);
    } catch (InvalidValueException e) {
      LOG.warn("Topic {} cannot be read: {}", topic.getMetadata().getName(), e.getMessage());
    }
  }

  private void lookAt(GenericKubernetesResource object, Clusters clusters) {
    Topic topic = ClusterObjects.read(Topic.class, object);
    if (clusters.mayHoldWhatCannotBeJudged(topic)) {
      return;
    }
    Optional<Condition> problem = HomelessTopics.problemOf(topic, clusters.readable(), now());
    if (problem.isEmpty()) {
      return;
    }
    if (topic.metadata().isBeingDeleted()) {
      if (topic.metadata().hasFinalizer(Topic.FINALIZER)) {
        free(object);
      }
    } else if (!topic
        .status()
        .condition(problem.get().type())
        .filter(problem.get()::saysSameAs)
        .isPresent()) {
      client
          .resource(ClusterObjects.write(HomelessTopics.refused(topic, problem.get())))
          .updateStatus();
    }
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS);
  }

  private void free(GenericKubernetesResource topic) {
    LOG.info(
        "Topic {}/{} is let go: no Cluster holds it",
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

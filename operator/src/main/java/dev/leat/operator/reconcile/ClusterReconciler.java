package dev.leat.operator.reconcile;

import dev.leat.crds.Cluster;
import dev.leat.crds.ClusterState;
import dev.leat.crds.ClusterStatus;
import dev.leat.crds.Condition;
import dev.leat.crds.value.InvalidValueException;
import dev.leat.operator.desired.DesiredCluster;
import dev.leat.operator.desired.Names;
import dev.leat.operator.plan.BrokerPod;
import dev.leat.operator.plan.RollPlan;
import dev.leat.operator.plan.ScalePlan;
import dev.leat.operator.status.ClusterView;
import dev.leat.operator.status.OutsideView;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes Clusters true, a step at a time. Parts fail by themselves: what one cannot do is said in
 * the status, and the others go on.
 */
@ControllerConfiguration(name = "cluster")
@GradualRetry(
    maxAttempts = Integer.MAX_VALUE, // whatever is wrong now may be mended tomorrow
    initialInterval = 1_000,
    maxInterval = 30_000)
public final class ClusterReconciler implements Reconciler<ClusterObject> {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterReconciler.class);

  private static final Duration SOON = Duration.ofSeconds(2);
  private static final Duration LATER = Duration.ofSeconds(30);
  private static final String SELECTOR =
      "app.kubernetes.io/managed-by=" + Names.FIELD_MANAGER + "," + Names.CLUSTER_LABEL;

  private final String image;
  private final Attention attention;

  /**
   * A reconciler.
   *
   * @param image image for brokers of Clusters that name none
   * @param attention is told what was looked at
   */
  public ClusterReconciler(String image, Attention attention) {
    this.image = image;
    this.attention = attention;
  }

  @Override
  public List<EventSource<?, ClusterObject>> prepareEventSources(
      EventSourceContext<ClusterObject> context) {
    return List.of(
        new InformerEventSource<>(watch(StatefulSet.class), context),
        new InformerEventSource<>(watch(Pod.class), context));
  }

  private static <R extends HasMetadata> InformerEventSourceConfiguration<R> watch(Class<R> type) {
    return InformerEventSourceConfiguration.from(type, ClusterObject.class)
        .withName(type.getSimpleName())
        .withLabelSelector(SELECTOR)
        .withSecondaryToPrimaryMapper(
            object ->
                Set.of(
                    new ResourceID(
                        object.getMetadata().getLabels().get(Names.CLUSTER_LABEL),
                        object.getMetadata().getNamespace())))
        .build();
  }

  @Override
  public UpdateControl<ClusterObject> reconcile(
      ClusterObject known, Context<ClusterObject> context) {
    attention.saw(known);
    // What a watch knows may be old: decisions are made on what is there.
    ClusterObject object = context.getClient().resource(known).get();
    if (object == null || object.isMarkedForDeletion()) {
      return UpdateControl.noUpdate();
    }
    Cluster cluster;
    try {
      cluster = ClusterObjects.read(Cluster.class, object);
    } catch (InvalidValueException e) {
      LOG.warn("Cluster {} cannot be read: {}", object.getMetadata().getName(), e.getMessage());
      return UpdateControl.noUpdate();
    }
    if ("true".equals(cluster.metadata().annotations().get(Names.PAUSED))) {
      return UpdateControl.<ClusterObject>noUpdate().rescheduleAfter(LATER);
    }
    ClusterStatus status = new Round(new ClusterWorld(context.getClient(), cluster), cluster).run();
    boolean settled =
        status.condition("Ready").orElseThrow().isTrue()
            && !status.condition("Progressing").orElseThrow().isTrue();
    Duration next = settled ? LATER : SOON;
    return status.equals(cluster.status())
        ? UpdateControl.<ClusterObject>noUpdate().rescheduleAfter(next)
        : UpdateControl.patchStatus(ClusterObjects.statusOf(cluster, status)).rescheduleAfter(next);
  }

  /** One look at one Cluster. */
  private final class Round {
    private final ClusterWorld world;
    private final Cluster cluster;
    private final List<String> troubles = new ArrayList<>();

    Round(ClusterWorld world, Cluster cluster) {
      this.world = world;
      this.cluster = cluster;
    }

    ClusterStatus run() {
      Optional<StatefulSet> before = world.statefulSet();
      Optional<ClusterState.Status> state = world.state();
      if (before.isEmpty()) {
        // The first pods would wait for the next round of the upkeep.
        attempt("rights on Topics", world::bindTopicRights);
      }
      int existing = before.map(set -> set.getSpec().getReplicas()).orElse(0);
      ScalePlan.Size size = ScalePlan.next(cluster.spec().brokers(), existing, state);
      if (before.isPresent() && size.pods() != existing) {
        attempt(
            "Event",
            () ->
                world.event(
                    "Normal",
                    "Scaled",
                    "from %d to %d brokers, of %d wanted"
                        .formatted(existing, size.pods(), cluster.spec().brokers())));
      }
      for (HasMetadata object : new DesiredCluster(cluster).objects(before, image, size.pods())) {
        attempt(object.getKind() + " " + object.getMetadata().getName(), () -> world.apply(object));
      }
      attempt("volumes", () -> world.growClaims(size.pods()));
      attempt("Services of listeners that are gone", () -> world.removeServices(size.pods()));
      attempt("Leases of brokers that are gone", () -> world.removeLeases(size.pods()));
      OutsideView outside = world.outside();
      Optional<StatefulSet> set = world.statefulSet();
      List<BrokerPod> pods = world.pods(set);
      RollPlan.Step roll = roll(set, pods, size, state);
      ClusterStatus status =
          new ClusterView(
                  cluster,
                  new ClusterView.Seen(
                      pods, state, set.map(this::imageOf), roll, size.waiting(), outside, troubles),
                  Instant.now().truncatedTo(ChronoUnit.SECONDS))
              .status();
      announceLoss(status);
      return status;
    }

    /** Once, when more groups have given something up than the status says yet. */
    private void announceLoss(ClusterStatus status) {
      Condition now = status.condition(ClusterView.POSSIBLE_DATA_LOSS).orElseThrow();
      String before =
          cluster
              .status()
              .condition(ClusterView.POSSIBLE_DATA_LOSS)
              .map(Condition::message)
              .orElse("");
      if (now.isTrue() && !now.message().equals(before)) {
        attempt(
            "Event", () -> world.event("Warning", ClusterView.POSSIBLE_DATA_LOSS, now.message()));
      }
    }

    private RollPlan.Step roll(
        Optional<StatefulSet> set,
        List<BrokerPod> pods,
        ScalePlan.Size size,
        Optional<ClusterState.Status> state) {
      if (set.isEmpty() || !isObserved(set.get())) {
        return new RollPlan.Step.Wait("the StatefulSet has not been looked at yet");
      }
      RollPlan.Step step =
          RollPlan.next(
              new RollPlan.Situation(
                  pods, size.pods(), state, world.controller(), cluster.spec().pods().rollout()));
      if (step instanceof RollPlan.Step.Restart restart) {
        LOG.info("{}: {}", cluster.resourceName(), restart.text());
        for (int broker : restart.brokers()) {
          attempt("restart of broker " + broker, () -> world.restart(broker, restart.reason()));
        }
      }
      return step;
    }

    // Its update revision is that of the template before, until its controller has seen it.
    private static boolean isObserved(StatefulSet set) {
      return set.getStatus() != null
          && set.getStatus().getObservedGeneration() != null
          && set.getStatus().getObservedGeneration() >= set.getMetadata().getGeneration();
    }

    private String imageOf(StatefulSet set) {
      return set.getSpec().getTemplate().getSpec().getContainers().getFirst().getImage();
    }

    private void attempt(String what, Runnable action) {
      try {
        action.run();
      } catch (KubernetesClientException e) {
        LOG.warn("{}: {}: {}", cluster.resourceName(), what, e.getMessage());
        troubles.add(what + ": " + String.valueOf(e.getMessage()).replaceAll("\\s+", " "));
      }
    }
  }
}

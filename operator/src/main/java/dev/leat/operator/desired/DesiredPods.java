package dev.leat.operator.desired;

import dev.leat.crds.Cluster;
import dev.leat.crds.ClusterSpec;
import dev.leat.crds.Listener;
import dev.leat.crds.PodSettings;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerPortBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The StatefulSet of a Cluster's brokers. */
final class DesiredPods {
  static final String DATA = "data";
  static final String DATA_PATH = "/var/lib/leat";
  static final String CONFIG_FILE = "broker.properties";

  private static final String CONFIG_PATH = "/etc/leat";
  private static final String MAIN_CLASS = "dev.leat.broker.server.pod.Main";
  private static final String CONTAINER = "broker";
  private static final long USER = 10_001;
  private static final long GRACE_S = 60;

  private final Cluster cluster;
  private final ObjectMeta metadata;
  private final String configDigest;
  private final String name;

  /**
   * Pods of {@code cluster}.
   *
   * @param configDigest digest of the configuration that brokers read at their start
   */
  DesiredPods(Cluster cluster, ObjectMeta metadata, String configDigest) {
    this.cluster = cluster;
    this.configDigest = configDigest;
    this.metadata = metadata;
    name = cluster.metadata().name();
  }

  /**
   * The StatefulSet. Pods are made from the Cluster's spec once for each of its generations: a
   * newer operator, which might make them otherwise, does not restart anybody.
   */
  StatefulSet statefulSet(Optional<StatefulSet> existing, String image, int replicas) {
    String generation = Long.toString(cluster.metadata().generation());
    Optional<PodTemplateSpec> current =
        existing
            .filter(set -> generation.equals(annotation(set)))
            .map(set -> set.getSpec().getTemplate());
    String chosen =
        cluster.spec().pods().image().orElseGet(() -> existing.map(this::imageOf).orElse(image));
    return new StatefulSetBuilder()
        .withNewMetadataLike(metadata)
        .addToAnnotations(Names.GENERATION, generation)
        .endMetadata()
        .withNewSpec()
        .withReplicas(replicas)
        .withServiceName(Names.brokers(name))
        .withPodManagementPolicy("Parallel")
        .withNewSelector()
        .withMatchLabels(Names.selector(name))
        .endSelector()
        .withNewUpdateStrategy()
        .withType("OnDelete")
        .endUpdateStrategy()
        .withNewPersistentVolumeClaimRetentionPolicy()
        .withWhenDeleted(cluster.spec().storage().deleteClaim() ? "Delete" : "Retain")
        .withWhenScaled("Retain")
        .endPersistentVolumeClaimRetentionPolicy()
        .withTemplate(current.orElseGet(() -> template(chosen)))
        .withVolumeClaimTemplates(
            existing.map(set -> set.getSpec().getVolumeClaimTemplates()).orElseGet(this::claims))
        .endSpec()
        .build();
  }

  private static String annotation(StatefulSet set) {
    Map<String, String> annotations = set.getMetadata().getAnnotations();
    return annotations == null ? "" : annotations.getOrDefault(Names.GENERATION, "");
  }

  private String imageOf(StatefulSet set) {
    return set.getSpec().getTemplate().getSpec().getContainers().getFirst().getImage();
  }

  private List<PersistentVolumeClaim> claims() {
    ClusterSpec.Storage storage = cluster.spec().storage();
    return List.of(
        new PersistentVolumeClaimBuilder()
            .withMetadata(
                new ObjectMetaBuilder().withName(DATA).withLabels(Names.labels(name)).build())
            .withNewSpec()
            .withAccessModes("ReadWriteOnce")
            .withStorageClassName(storage.storageClassName().orElse(null))
            .withNewResources()
            .addToRequests("storage", new Quantity(storage.size().toString()))
            .endResources()
            .endSpec()
            .build());
  }

  private PodTemplateSpec template(String image) {
    return new PodTemplateSpecBuilder()
        .withNewMetadata()
        .withLabels(Names.labels(name))
        .addToAnnotations(Names.CONFIG_DIGEST, configDigest)
        .addToAnnotations("prometheus.io/scrape", "true")
        .addToAnnotations("prometheus.io/port", Integer.toString(DesiredCluster.HTTP_PORT))
        .endMetadata()
        .withNewSpec()
        .withServiceAccountName(Names.broker(name))
        .withEnableServiceLinks(false)
        .withTerminationGracePeriodSeconds(GRACE_S)
        .withNewSecurityContext()
        .withRunAsNonRoot(true)
        .withRunAsUser(USER)
        .withRunAsGroup(USER)
        .withFsGroup(USER)
        .withFsGroupChangePolicy("OnRootMismatch")
        .withNewSeccompProfile()
        .withType("RuntimeDefault")
        .endSeccompProfile()
        .endSecurityContext()
        .addNewTopologySpreadConstraint()
        .withMaxSkew(1)
        .withTopologyKey(cluster.spec().pods().topologyKey())
        .withWhenUnsatisfiable("ScheduleAnyway")
        .withNewLabelSelector()
        .withMatchLabels(Names.selector(name))
        .endLabelSelector()
        .endTopologySpreadConstraint()
        .addNewTopologySpreadConstraint()
        .withMaxSkew(1)
        .withTopologyKey("kubernetes.io/hostname")
        .withWhenUnsatisfiable("ScheduleAnyway")
        .withNewLabelSelector()
        .withMatchLabels(Names.selector(name))
        .endLabelSelector()
        .endTopologySpreadConstraint()
        .withContainers(container(image))
        .addNewVolume()
        .withName("config")
        .withNewConfigMap()
        .withName(Names.broker(name))
        .endConfigMap()
        .endVolume()
        .addNewVolume()
        .withName("tmp")
        .withNewEmptyDir()
        .endEmptyDir()
        .endVolume()
        .endSpec()
        .build();
  }

  private Container container(String image) {
    return new ContainerBuilder()
        .withName(CONTAINER)
        .withImage(image)
        .withArgs(MAIN_CLASS)
        .addNewEnv()
        .withName("POD_NAME")
        .withNewValueFrom()
        .withNewFieldRef("v1", "metadata.name")
        .endValueFrom()
        .endEnv()
        .addNewEnv()
        .withName("POD_IP")
        .withNewValueFrom()
        .withNewFieldRef("v1", "status.podIP")
        .endValueFrom()
        .endEnv()
        // Kubernetes copies the zone's label from node to pod, since 1.35; before, it is empty.
        .addNewEnv()
        .withName("POD_ZONE")
        .withNewValueFrom()
        .withNewFieldRef("v1", "metadata.labels['" + cluster.spec().pods().topologyKey() + "']")
        .endValueFrom()
        .endEnv()
        .withPorts(ports())
        .withResources(resources())
        .withReadinessProbe(probe("/readyz").withPeriodSeconds(1).withFailureThreshold(2).build())
        .withStartupProbe(probe("/livez").withPeriodSeconds(1).withFailureThreshold(300).build())
        .withLivenessProbe(probe("/livez").withPeriodSeconds(10).withFailureThreshold(3).build())
        .withNewSecurityContext()
        .withAllowPrivilegeEscalation(false)
        .withReadOnlyRootFilesystem(true)
        .withNewCapabilities()
        .withDrop("ALL")
        .endCapabilities()
        .endSecurityContext()
        .addNewVolumeMount()
        .withName(DATA)
        .withMountPath(DATA_PATH)
        .endVolumeMount()
        .addNewVolumeMount()
        .withName("config")
        .withMountPath(CONFIG_PATH)
        .withReadOnly(true)
        .endVolumeMount()
        .addNewVolumeMount()
        .withName("tmp")
        .withMountPath("/tmp")
        .endVolumeMount()
        .build();
  }

  private List<ContainerPort> ports() {
    Listener listener = DesiredCluster.internalListener(cluster);
    List<ContainerPort> ports = new ArrayList<>();
    ports.add(port("grpc", listener.grpcPort()));
    listener.kafkaPort().ifPresent(number -> ports.add(port("kafka", number)));
    ports.add(port("http", DesiredCluster.HTTP_PORT));
    // Without names, which are at most 15 characters long.
    for (Listener external : DesiredCluster.externalListeners(cluster)) {
      ports.add(new ContainerPortBuilder().withContainerPort(external.grpcPort()).build());
      external
          .kafkaPort()
          .map(number -> new ContainerPortBuilder().withContainerPort(number).build())
          .ifPresent(ports::add);
    }
    return ports;
  }

  private static ContainerPort port(String portName, int number) {
    return new ContainerPortBuilder().withName(portName).withContainerPort(number).build();
  }

  private static ProbeBuilder probe(String path) {
    Probe probe =
        new ProbeBuilder()
            .withNewHttpGet()
            .withPath(path)
            .withPort(new IntOrString("http"))
            .endHttpGet()
            .withTimeoutSeconds(2)
            .build();
    return new ProbeBuilder(probe);
  }

  private ResourceRequirements resources() {
    PodSettings.Resources resources = cluster.spec().pods().resources();
    ResourceRequirementsBuilder builder =
        new ResourceRequirementsBuilder()
            .addToRequests("cpu", new Quantity(resources.cpuRequest()))
            .addToRequests("memory", new Quantity(resources.memory()))
            .addToLimits("memory", new Quantity(resources.memory()));
    resources.cpuLimit().ifPresent(limit -> builder.addToLimits("cpu", new Quantity(limit)));
    return builder.build();
  }
}

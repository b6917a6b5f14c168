package dev.leat.operator.desired;

import dev.leat.crds.ClientLimits;
import dev.leat.crds.Cluster;
import dev.leat.crds.ClusterStatus;
import dev.leat.crds.Listener;
import dev.leat.crds.ListenerType;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServicePortBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPortBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Every object that a Cluster should have. Everything belongs to the Cluster and goes with it, but
 * for the volumes, which belong to nobody.
 */
public final class DesiredCluster {
  /** Port of metrics and probes. */
  static final int HTTP_PORT = 9490;

  private static final String RBAC = "rbac.authorization.k8s.io";
  private static final long SEGMENT_BYTES = 1L << 30;
  private static final long SMALL_SEGMENT_BYTES = 64L << 20;
  private static final int SEGMENTS_AT_LEAST = 16;

  private final Cluster cluster;
  private final String name;

  /** What {@code cluster} should have. */
  public DesiredCluster(Cluster cluster) {
    this.cluster = cluster;
    name = cluster.metadata().name();
  }

  /**
   * All objects, in the order in which they are needed.
   *
   * @param existing the StatefulSet as it is, of which some things are kept
   * @param image container image for brokers of a Cluster that does not name one
   * @param replicas number of pods
   */
  public List<HasMetadata> objects(Optional<StatefulSet> existing, String image, int replicas) {
    List<HasMetadata> objects = new ArrayList<>();
    objects.add(new ServiceAccountBuilder().withMetadata(metadata(Names.broker(name))).build());
    objects.add(role());
    objects.add(roleBinding());
    objects.add(configMap());
    objects.add(headlessService());
    objects.add(bootstrapService());
    objects.addAll(new ExternalServices(cluster, this::metadata).services(replicas));
    objects.add(disruptionBudget());
    objects.add(networkPolicy());
    objects.add(
        new DesiredPods(cluster, metadata(name), digest(properties()))
            .statefulSet(existing, image, replicas));
    return objects;
  }

  private ObjectMeta metadata(String objectName) {
    return new ObjectMetaBuilder()
        .withName(objectName)
        .withNamespace(cluster.metadata().namespace())
        .withLabels(Names.labels(name))
        .withOwnerReferences(
            new OwnerReferenceBuilder()
                .withApiVersion(cluster.kind().apiVersion())
                .withKind(cluster.kind().name())
                .withName(name)
                .withUid(cluster.metadata().uid())
                .withController(true)
                .build())
        .build();
  }

  // What Topics need of other namespaces is bound by the operator for all Clusters together.
  private Role role() {
    return new RoleBuilder()
        .withMetadata(metadata(Names.broker(name)))
        .addNewRule()
        .withApiGroups("coordination.k8s.io")
        .withResources("leases")
        .withVerbs("get", "list", "watch", "create", "update", "patch", "delete")
        .endRule()
        .addNewRule()
        .withApiGroups("leat.dev")
        .withResources("clusterstates")
        .withVerbs("get", "list", "watch", "create", "update", "patch")
        .endRule()
        .addNewRule()
        .withApiGroups("leat.dev")
        .withResources("clusters")
        .withVerbs("get", "list", "watch")
        .endRule()
        // Which volume a broker has: see PROTOCOL.md, DISK.
        .addNewRule()
        .withApiGroups("")
        .withResources("persistentvolumeclaims")
        .withVerbs("get")
        .endRule()
        .build();
  }

  private RoleBinding roleBinding() {
    return new RoleBindingBuilder()
        .withMetadata(metadata(Names.broker(name)))
        .withNewRoleRef(RBAC, "Role", Names.broker(name))
        .addNewSubject()
        .withKind("ServiceAccount")
        .withName(Names.broker(name))
        .withNamespace(cluster.metadata().namespace())
        .endSubject()
        .build();
  }

  private ConfigMap configMap() {
    return new ConfigMapBuilder()
        .withMetadata(metadata(Names.broker(name)))
        .addToData(DesiredPods.CONFIG_FILE, properties() + seeds())
        .build();
  }

  // Brokers learn of each other as they go: a new number is no reason to restart them.
  private String seeds() {
    return "brokers=" + cluster.spec().brokers() + "\n";
  }

  // Whoever changes this restarts all brokers.
  private String properties() {
    StringJoiner lines = new StringJoiner("\n", "", "\n");
    lines.add("cluster=" + name);
    lines.add("namespace=" + cluster.metadata().namespace());
    lines.add("groups=" + cluster.spec().groups());
    lines.add("directory=" + DesiredPods.DATA_PATH + "/broker");
    lines.add("grpc.port=" + internal().grpcPort());
    internal().kafkaPort().ifPresent(port -> lines.add("kafka.port=" + port));
    lines.add("http.port=" + HTTP_PORT);
    for (Listener listener : externalListeners(cluster)) {
      String prefix = "listener." + listener.name();
      lines.add(prefix + ".grpc.port=" + listener.grpcPort());
      listener.kafkaPort().ifPresent(port -> lines.add(prefix + ".kafka.port=" + port));
    }
    lines.add("segment.bytes=" + segmentBytes());
    lines.add("host=" + brokerHost());
    lines.add("topic.namespaces=" + String.join(",", cluster.spec().pods().topicNamespaces()));
    limits(cluster.spec().pods().clientLimits()).forEach(lines::add);
    return lines.toString();
  }

  // Only what is given: a newer operator must not restart brokers for a default.
  private static List<String> limits(ClientLimits limits) {
    List<String> lines = new ArrayList<>();
    limits.connections().ifPresent(most -> lines.add("max.connections=" + most));
    limits
        .connectionsPerAddress()
        .ifPresent(most -> lines.add("max.connections.per.address=" + most));
    limits
        .idleSeconds()
        .ifPresent(
            seconds -> lines.add("connections.max.idle.ms=" + TimeUnit.SECONDS.toMillis(seconds)));
    limits.requestMemory().ifPresent(size -> lines.add("max.request.bytes=" + size.bytes()));
    limits.responseMemory().ifPresent(size -> lines.add("max.response.bytes=" + size.bytes()));
    return lines;
  }

  private static String digest(String text) {
    return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)).toString();
  }

  private long segmentBytes() {
    long size = cluster.spec().storage().size().bytes();
    return size >= SEGMENTS_AT_LEAST * SEGMENT_BYTES ? SEGMENT_BYTES : SMALL_SEGMENT_BYTES;
  }

  private String brokerHost() {
    return internal()
        .advertisedHost()
        .orElse(
            "%s-{broker}.%s.%s.svc"
                .formatted(name, Names.brokers(name), cluster.metadata().namespace()));
  }

  private Listener internal() {
    return internalListener(cluster);
  }

  /** The listener for clients inside; every Cluster has one. */
  static Listener internalListener(Cluster cluster) {
    return cluster.spec().pods().listeners().stream()
        .filter(listener -> listener.type() == ListenerType.INTERNAL)
        .findFirst()
        .orElse(Listener.INTERNAL);
  }

  /** The listeners for clients outside. */
  public static List<Listener> externalListeners(Cluster cluster) {
    return cluster.spec().pods().listeners().stream()
        .filter(listener -> listener.type() != ListenerType.INTERNAL)
        .toList();
  }

  /** Where clients inside find the brokers. */
  public static ClusterStatus.Bootstrap bootstrap(Cluster cluster) {
    Listener listener = internalListener(cluster);
    String host =
        "%s.%s.svc"
            .formatted(Names.bootstrap(cluster.metadata().name()), cluster.metadata().namespace());
    return new ClusterStatus.Bootstrap(
        listener.name(),
        host + ":" + listener.grpcPort(),
        listener.kafkaPort().map(port -> host + ":" + port),
        List.of());
  }

  private Service headlessService() {
    return new ServiceBuilder()
        .withMetadata(metadata(Names.brokers(name)))
        .withNewSpec()
        .withClusterIP("None")
        // Brokers find each other before they are ready.
        .withPublishNotReadyAddresses(true)
        .withSelector(Names.selector(name))
        .withPorts(clientPorts())
        .addNewPort()
        .withName("http")
        .withPort(HTTP_PORT)
        .withTargetPort(new IntOrString("http"))
        .endPort()
        .endSpec()
        .build();
  }

  private List<ServicePort> clientPorts() {
    List<ServicePort> ports = new ArrayList<>();
    ports.add(
        new ServicePortBuilder()
            .withName("grpc")
            .withAppProtocol("kubernetes.io/h2c")
            .withPort(internal().grpcPort())
            .withTargetPort(new IntOrString("grpc"))
            .build());
    internal()
        .kafkaPort()
        .ifPresent(
            port ->
                ports.add(
                    new ServicePortBuilder()
                        .withName("kafka")
                        .withAppProtocol("kafka")
                        .withPort(port)
                        .withTargetPort(new IntOrString("kafka"))
                        .build()));
    return ports;
  }

  private Service bootstrapService() {
    return new ServiceBuilder()
        .withMetadata(metadata(Names.bootstrap(name)))
        .withNewSpec()
        .withSelector(Names.selector(name))
        .withPorts(clientPorts())
        .endSpec()
        .build();
  }

  private PodDisruptionBudget disruptionBudget() {
    return new PodDisruptionBudgetBuilder()
        .withMetadata(metadata(name))
        .withNewSpec()
        .withMaxUnavailable(new IntOrString(1))
        .withUnhealthyPodEvictionPolicy("AlwaysAllow")
        .withNewSelector()
        .withMatchLabels(Names.selector(name))
        .endSelector()
        .endSpec()
        .build();
  }

  // Clients may come from anywhere; nothing but these ports can be reached.
  private NetworkPolicy networkPolicy() {
    return new NetworkPolicyBuilder()
        .withMetadata(metadata(Names.broker(name)))
        .withNewSpec()
        .withNewPodSelector()
        .withMatchLabels(Names.selector(name))
        .endPodSelector()
        .withPolicyTypes("Ingress")
        .addNewIngress()
        .withPorts(openPorts())
        .endIngress()
        .endSpec()
        .build();
  }

  private List<NetworkPolicyPort> openPorts() {
    Stream<Integer> clients =
        Stream.concat(Stream.of(internal()), externalListeners(cluster).stream())
            .flatMap(
                listener ->
                    Stream.concat(Stream.of(listener.grpcPort()), listener.kafkaPort().stream()));
    return Stream.concat(clients, Stream.of(HTTP_PORT))
        .map(
            port ->
                new NetworkPolicyPortBuilder()
                    .withPort(new IntOrString(port))
                    .withProtocol("TCP")
                    .build())
        .toList();
  }
}

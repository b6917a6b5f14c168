package dev.leat.operator.reconcile;

import dev.leat.crds.Cluster;
import dev.leat.crds.ClusterState;
import dev.leat.crds.Kind;
import dev.leat.crds.Listener;
import dev.leat.operator.desired.DesiredCluster;
import dev.leat.operator.desired.Names;
import dev.leat.operator.plan.BrokerPod;
import dev.leat.operator.status.OutsideView;
import dev.leat.operator.status.PodProblem;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** What surrounds one Cluster in Kubernetes, as it is now, and what is done to it. */
final class ClusterWorld {
  private static final String REVISION = "controller-revision-hash";

  private final KubernetesClient client;
  private final Cluster cluster;
  private final String namespace;
  private final String name;

  ClusterWorld(KubernetesClient client, Cluster cluster) {
    this.client = client;
    this.cluster = cluster;
    namespace = cluster.metadata().namespace();
    name = cluster.metadata().name();
  }

  Optional<StatefulSet> statefulSet() {
    return Optional.ofNullable(
        client.apps().statefulSets().inNamespace(namespace).withName(name).get());
  }

  Optional<ClusterState.Status> state() {
    GenericKubernetesResource state =
        client
            .genericKubernetesResources(Kind.LEAT_API_VERSION, Kind.CLUSTER_STATE.name())
            .inNamespace(namespace)
            .withName(name)
            .get();
    return Optional.ofNullable(state)
        .map(object -> ClusterObjects.read(ClusterState.class, object).status());
  }

  /** The broker that holds the controller's Lease. */
  OptionalInt controller() {
    Lease lease = client.leases().inNamespace(namespace).withName(name + "-controller").get();
    String holder =
        lease == null || lease.getSpec() == null
            ? ""
            : Objects.requireNonNullElse(lease.getSpec().getHolderIdentity(), "");
    String digits = holder.replaceAll("^\\D*(\\d{1,3}).*$", "$1");
    return digits.matches("\\d{1,3}")
        ? OptionalInt.of(Integer.parseInt(digits))
        : OptionalInt.empty();
  }

  /** Pods of the brokers, as far as the StatefulSet has made them. */
  List<BrokerPod> pods(Optional<StatefulSet> set) {
    String newest =
        set.map(StatefulSet::getStatus)
            .map(status -> Objects.requireNonNullElse(status.getUpdateRevision(), ""))
            .orElse("");
    List<BrokerPod> pods = new ArrayList<>();
    for (Pod pod : brokerPods()) {
      boolean leaving = pod.getMetadata().getDeletionTimestamp() != null;
      pods.add(
          new BrokerPod(
              number(pod),
              !leaving && Readiness.getInstance().isReady(pod),
              newest.equals(pod.getMetadata().getLabels().get(REVISION)),
              leaving,
              Objects.requireNonNullElse(
                  pod.getMetadata().getLabels().get(cluster.spec().pods().topologyKey()), ""),
              PodProblem.of(pod)));
    }
    return pods;
  }

  private List<Pod> brokerPods() {
    return client.pods().inNamespace(namespace).withLabels(Names.selector(name)).list().getItems();
  }

  private static int number(Pod pod) {
    String podName = pod.getMetadata().getName();
    return Integer.parseInt(podName.substring(podName.lastIndexOf('-') + 1));
  }

  /** What clients outside see. */
  OutsideView outside() {
    Map<String, Service> services = new HashMap<>();
    externalServices().forEach(service -> services.put(service.getMetadata().getName(), service));
    Map<Integer, String> nodeIps = new HashMap<>();
    for (Pod pod : brokerPods()) {
      if (pod.getStatus() != null && pod.getStatus().getHostIP() != null) {
        nodeIps.put(number(pod), pod.getStatus().getHostIP());
      }
    }
    return new OutsideView(cluster, services, nodeIps);
  }

  private List<Service> externalServices() {
    return client
        .services()
        .inNamespace(namespace)
        .withLabels(Names.selector(name))
        .withLabel(Names.LISTENER_LABEL)
        .list()
        .getItems();
  }

  /** Removes Services of listeners that the Cluster no longer has, and of brokers that are gone. */
  void removeServices(int brokers) {
    Set<String> wanted = new HashSet<>();
    for (Listener listener : DesiredCluster.externalListeners(cluster)) {
      wanted.add(Names.external(name, listener.name()));
      for (int broker = 0; broker < brokers; broker++) {
        wanted.add(Names.external(name, listener.name(), broker));
      }
    }
    externalServices().stream()
        .filter(service -> !wanted.contains(service.getMetadata().getName()))
        .forEach(service -> client.resource(service).delete());
  }

  /** Removes Leases of brokers that are gone: the others would look for them there for ever. */
  void removeLeases(int brokers) {
    String prefix = name + "-broker-";
    for (Lease lease :
        client
            .leases()
            .inNamespace(namespace)
            .withLabel(Names.CLUSTER_LABEL, name)
            .list()
            .getItems()) {
      String leaseName = lease.getMetadata().getName();
      String number = leaseName.startsWith(prefix) ? leaseName.substring(prefix.length()) : "";
      if (number.matches("\\d{1,3}") && Integer.parseInt(number) >= brokers) {
        client.resource(lease).delete();
      }
    }
  }

  /** The brokers of this Cluster, too, may do with Topics what they have to, from now on. */
  void bindTopicRights() {
    TopicRights.bind(client);
  }

  /** Writes what an object should be, and leaves alone what others keep in it. */
  void apply(HasMetadata object) {
    client.resource(object).fieldManager(Names.FIELD_MANAGER).forceConflicts().serverSideApply();
  }

  /** The broker's process is told to stop: it hands over, and the StatefulSet makes a new pod. */
  void restart(int broker, String reason) {
    client.pods().inNamespace(namespace).withName(name + "-" + broker).delete();
    event("Normal", "BrokerRestarted", "broker " + broker + " is restarted: " + reason);
  }

  /** Asks for larger volumes where they are smaller than the Cluster says; never for smaller. */
  void growClaims(int brokers) {
    Quantity wanted = new Quantity(cluster.spec().storage().size().toString());
    for (int broker = 0; broker < brokers; broker++) {
      var resource =
          client
              .persistentVolumeClaims()
              .inNamespace(namespace)
              .withName(Names.claim(name, broker));
      PersistentVolumeClaim claim = resource.get();
      if (claim == null) {
        continue;
      }
      Quantity asked = claim.getSpec().getResources().getRequests().get("storage");
      if (asked != null && asked.getNumericalAmount().compareTo(wanted.getNumericalAmount()) < 0) {
        resource.edit(
            old -> {
              old.getSpec().getResources().setRequests(Map.of("storage", wanted));
              return old;
            });
        event("Normal", "VolumeGrows", Names.claim(name, broker) + " is to have " + wanted);
      }
    }
  }

  /** Tells people what was done. */
  void event(String type, String reason, String message) {
    String time = Instant.now().toString();
    client
        .v1()
        .events()
        .inNamespace(namespace)
        .resource(
            new EventBuilder()
                .withNewMetadata()
                .withGenerateName(name + "-")
                .withNamespace(namespace)
                .endMetadata()
                .withNewInvolvedObject()
                .withApiVersion(Kind.LEAT_API_VERSION)
                .withKind(Kind.CLUSTER.name())
                .withName(name)
                .withNamespace(namespace)
                .withUid(cluster.metadata().uid())
                .endInvolvedObject()
                .withType(type)
                .withReason(reason)
                .withMessage(message)
                .withFirstTimestamp(time)
                .withLastTimestamp(time)
                .withCount(1)
                .withNewSource(Names.FIELD_MANAGER, null)
                .withReportingComponent(Names.FIELD_MANAGER)
                .withReportingInstance(Names.FIELD_MANAGER)
                .build())
        .create();
  }
}

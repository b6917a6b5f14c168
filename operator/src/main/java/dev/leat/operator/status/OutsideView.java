package dev.leat.operator.status;

import dev.leat.crds.Cluster;
import dev.leat.crds.ClusterStatus;
import dev.leat.crds.Listener;
import dev.leat.crds.ListenerType;
import dev.leat.operator.desired.DesiredCluster;
import dev.leat.operator.desired.Names;
import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where clients outside find the brokers: at a port of the node that a broker runs on, or at its
 * load balancer. What is not known yet is left out.
 */
public final class OutsideView {
  private static final String BROKER = "{broker}";
  private static final String NODE_IP = "{nodeIp}";

  private final Cluster cluster;
  private final Map<String, Service> services;
  private final Map<Integer, String> nodeIps;

  /**
   * A look from outside.
   *
   * @param services the Cluster's Services, by name
   * @param nodeIps address of the node of each broker's pod
   */
  public OutsideView(Cluster cluster, Map<String, Service> services, Map<Integer, String> nodeIps) {
    this.cluster = cluster;
    this.services = Map.copyOf(services);
    this.nodeIps = new TreeMap<>(nodeIps);
  }

  /** All external listeners whose addresses are known. */
  public List<ClusterStatus.Bootstrap> bootstraps() {
    List<ClusterStatus.Bootstrap> bootstraps = new ArrayList<>();
    for (Listener listener : DesiredCluster.externalListeners(cluster)) {
      List<ClusterStatus.Advertised> brokers = new ArrayList<>();
      nodeIps.keySet().forEach(id -> advertised(listener, id).ifPresent(brokers::add));
      bootstrap(listener, brokers).ifPresent(bootstraps::add);
    }
    return bootstraps;
  }

  /** External listeners that have no address yet, and why, one line each. */
  public List<String> waiting() {
    List<String> known = bootstraps().stream().map(ClusterStatus.Bootstrap::listener).toList();
    return DesiredCluster.externalListeners(cluster).stream()
        .filter(listener -> !known.contains(listener.name()))
        .map(
            listener ->
                "listener %s: its %s has no address yet"
                    .formatted(
                        listener.name(),
                        listener.type() == ListenerType.NODE_PORT
                            ? "port of the nodes"
                            : "load balancer"))
        .toList();
  }

  private Optional<ClusterStatus.Bootstrap> bootstrap(
      Listener listener, List<ClusterStatus.Advertised> brokers) {
    Service service = services.get(Names.external(name(), listener.name()));
    Optional<String> host =
        listener.type() == ListenerType.NODE_PORT
            ? nodeIps.values().stream().findFirst()
            : balancer(service);
    return host.flatMap(
        known ->
            at(listener, service, known, "grpc")
                .map(
                    grpc ->
                        new ClusterStatus.Bootstrap(
                            listener.name(),
                            grpc,
                            at(listener, service, known, "kafka"),
                            brokers)));
  }

  private Optional<ClusterStatus.Advertised> advertised(Listener listener, int id) {
    Service service = services.get(Names.external(name(), listener.name(), id));
    String nodeIp = Objects.requireNonNull(nodeIps.get(id));
    Optional<String> host =
        listener
            .advertisedHost()
            .map(text -> text.replace(BROKER, Integer.toString(id)).replace(NODE_IP, nodeIp))
            .or(
                () ->
                    listener.type() == ListenerType.NODE_PORT
                        ? Optional.of(nodeIp)
                        : balancer(service));
    return host.flatMap(
        known ->
            at(listener, service, known, "grpc")
                .map(
                    grpc ->
                        new ClusterStatus.Advertised(
                            id, grpc, at(listener, service, known, "kafka"))));
  }

  private String name() {
    return cluster.metadata().name();
  }

  private static Optional<String> balancer(@Nullable Service service) {
    if (service == null
        || service.getStatus() == null
        || service.getStatus().getLoadBalancer() == null) {
      return Optional.empty();
    }
    return service.getStatus().getLoadBalancer().getIngress().stream()
        .findFirst()
        .map(OutsideView::hostOf);
  }

  private static String hostOf(LoadBalancerIngress ingress) {
    return ingress.getHostname() == null ? ingress.getIp() : ingress.getHostname();
  }

  /** host:port of a Service's port of this name, if it has one. */
  private static Optional<String> at(
      Listener listener, @Nullable Service service, String host, String portName) {
    if (service == null) {
      return Optional.empty();
    }
    return service.getSpec().getPorts().stream()
        .filter(port -> portName.equals(port.getName()))
        .findFirst()
        .map(port -> numberOf(listener, port))
        .filter(number -> number > 0)
        .map(number -> host + ":" + number);
  }

  private static int numberOf(Listener listener, ServicePort port) {
    return listener.type() == ListenerType.NODE_PORT
        ? Objects.requireNonNullElse(port.getNodePort(), 0)
        : port.getPort();
  }
}

package dev.leat.operator.desired;

import dev.leat.crds.Cluster;
import dev.leat.crds.Listener;
import dev.leat.crds.ListenerType;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServicePortBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Services of the listeners for clients outside: one of each broker's own, as a client must reach
 * the very broker that leads, and one of all brokers, where clients begin.
 */
final class ExternalServices {
  private static final String POD_NAME = "statefulset.kubernetes.io/pod-name";

  private final Cluster cluster;
  private final Function<String, ObjectMeta> metadata;

  /**
   * Those of {@code cluster}.
   *
   * @param metadata metadata of an object of this name
   */
  ExternalServices(Cluster cluster, Function<String, ObjectMeta> metadata) {
    this.cluster = cluster;
    this.metadata = metadata;
  }

  /** The Services for so many brokers. */
  List<Service> services(int brokers) {
    String name = cluster.metadata().name();
    List<Service> services = new ArrayList<>();
    for (Listener listener : DesiredCluster.externalListeners(cluster)) {
      services.add(service(listener, Names.external(name, listener.name()), Names.selector(name)));
      for (int broker = 0; broker < brokers; broker++) {
        services.add(
            service(
                listener,
                Names.external(name, listener.name(), broker),
                Map.of(POD_NAME, name + "-" + broker)));
      }
    }
    return services;
  }

  private Service service(Listener listener, String serviceName, Map<String, String> selector) {
    return new ServiceBuilder()
        .withMetadata(
            new ObjectMetaBuilder(metadata.apply(serviceName))
                .addToLabels(Names.LISTENER_LABEL, listener.name())
                .addToAnnotations(listener.annotations())
                .build())
        .withNewSpec()
        .withType(listener.type() == ListenerType.NODE_PORT ? "NodePort" : "LoadBalancer")
        .withSelector(selector)
        .withPorts(ports(listener))
        .endSpec()
        .build();
  }

  private static List<ServicePort> ports(Listener listener) {
    List<ServicePort> ports = new ArrayList<>();
    ports.add(port("grpc", listener.grpcPort()));
    listener.kafkaPort().ifPresent(number -> ports.add(port("kafka", number)));
    return ports;
  }

  private static ServicePort port(String portName, int number) {
    return new ServicePortBuilder().withName(portName).withPort(number).build();
  }
}

package dev.leat.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.crds.Cluster;
import dev.leat.crds.ClusterStatus;
import dev.leat.crds.yaml.ReadResult;
import dev.leat.crds.yaml.ResourceReader;
import dev.leat.operator.desired.DesiredCluster;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OutsideViewTest {
  private static final Map<Integer, String> NODES = Map.of(0, "10.0.0.7", 1, "10.0.0.8");

  @Test
  void shouldSayThePortOfTheNodeThatEachBrokerRunsOn() {
    Cluster cluster = cluster("{name: outside, type: nodeport, grpcPort: 9191, kafkaPort: 9093}");
    Map<String, Service> services = services(cluster);
    int port = 30_000;
    for (String name : List.of("main-outside", "main-outside-0", "main-outside-1")) {
      for (ServicePort each : services.get(name).getSpec().getPorts()) {
        each.setNodePort(port++);
      }
    }

    OutsideView view = new OutsideView(cluster, services, NODES);

    assertThat(view.waiting()).isEmpty();
    assertThat(view.bootstraps())
        .containsExactly(
            new ClusterStatus.Bootstrap(
                "outside",
                "10.0.0.7:30000",
                Optional.of("10.0.0.7:30001"),
                List.of(
                    new ClusterStatus.Advertised(
                        0, "10.0.0.7:30002", Optional.of("10.0.0.7:30003")),
                    new ClusterStatus.Advertised(
                        1, "10.0.0.8:30004", Optional.of("10.0.0.8:30005")))));
  }

  @Test
  void shouldSayWhatIsAdvertisedInstead() {
    Cluster cluster =
        cluster(
            "{name: outside, type: nodeport, grpcPort: 9191,"
                + " advertisedHost: 'b{broker}.{nodeIp}.x'}");
    Map<String, Service> services = services(cluster);
    services.values().forEach(each -> each.getSpec().getPorts().getFirst().setNodePort(30_000));

    OutsideView view = new OutsideView(cluster, services, NODES);

    assertThat(view.bootstraps().getFirst().brokers())
        .extracting(ClusterStatus.Advertised::grpc)
        .containsExactly("b0.10.0.0.7.x:30000", "b1.10.0.0.8.x:30000");
  }

  @Test
  void shouldWaitForLoadBalancers() {
    Cluster cluster = cluster("{name: cloud, type: loadbalancer, grpcPort: 9191}");
    Map<String, Service> services = services(cluster);

    OutsideView view = new OutsideView(cluster, services, NODES);
    assertThat(view.bootstraps()).isEmpty();
    assertThat(view.waiting())
        .containsExactly("listener cloud: its load balancer has no address yet");

    balance(services, "main-cloud", "lb.example.com");
    balance(services, "main-cloud-1", "lb1.example.com");

    assertThat(new OutsideView(cluster, services, NODES).bootstraps())
        .containsExactly(
            new ClusterStatus.Bootstrap(
                "cloud",
                "lb.example.com:9191",
                Optional.empty(),
                List.of(
                    new ClusterStatus.Advertised(1, "lb1.example.com:9191", Optional.empty()))));
  }

  private static void balance(Map<String, Service> services, String name, String host) {
    services.put(
        name,
        services
            .get(name)
            .edit()
            .withNewStatus()
            .withNewLoadBalancer()
            .addNewIngress()
            .withHostname(host)
            .endIngress()
            .endLoadBalancer()
            .endStatus()
            .build());
  }

  private static Map<String, Service> services(Cluster cluster) {
    Map<String, Service> services = new HashMap<>();
    new DesiredCluster(cluster)
        .objects(Optional.empty(), "leat:1", cluster.spec().brokers()).stream()
            .filter(Service.class::isInstance)
            .forEach(object -> services.put(object.getMetadata().getName(), (Service) object));
    return services;
  }

  private static Cluster cluster(String listener) {
    ReadResult result =
        ResourceReader.ofServed()
            .read(
                "cluster",
                """
                apiVersion: leat.dev/v1alpha1
                kind: Cluster
                metadata: {name: main, namespace: leat, uid: u, generation: 1}
                spec: {brokers: 2, listeners: [{name: internal, kafkaPort: 9092}, %s]}
                """
                    .formatted(listener));
    assertThat(result.problems()).isEmpty();
    return (Cluster) result.manifests().getFirst().resource();
  }
}

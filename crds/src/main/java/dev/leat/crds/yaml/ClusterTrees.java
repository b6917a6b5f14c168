package dev.leat.crds.yaml;

import dev.leat.crds.ClientLimits;
import dev.leat.crds.ClusterSpec;
import dev.leat.crds.ClusterStatus;
import dev.leat.crds.Listener;
import dev.leat.crds.PodSettings;
import dev.leat.crds.UncleanElection;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** Clusters as YAML. What matters on Kubernetes only is left out where it is the default. */
final class ClusterTrees {
  private ClusterTrees() {}

  static YamlTree spec(ClusterSpec spec) {
    YamlTree storage =
        new YamlTree()
            .text("size", spec.storage().size().toString())
            .text("storageClassName", spec.storage().storageClassName());
    if (spec.storage().deleteClaim()) {
      storage.bool("deleteClaim", true);
    }
    YamlTree tree =
        new YamlTree()
            .number("brokers", spec.brokers())
            .number("groups", spec.groups())
            .fields("storage", storage)
            .list(
                "uncleanElections",
                spec.uncleanElections().stream().map(ClusterTrees::uncleanElection).toList(),
                FlowStyle.FLOW);
    addPods(tree, spec.pods());
    return tree;
  }

  private static YamlTree uncleanElection(UncleanElection election) {
    return new YamlTree()
        .number("replicas", election.replicas())
        .text("after", election.after().toString());
  }

  private static void addPods(YamlTree tree, PodSettings pods) {
    PodSettings defaults = PodSettings.DEFAULT;
    tree.text("image", pods.image());
    if (!pods.resources().equals(defaults.resources())) {
      tree.fields("resources", resources(pods.resources()));
    }
    if (!pods.topologyKey().equals(defaults.topologyKey())) {
      tree.text("topologyKey", pods.topologyKey());
    }
    if (!pods.listeners().equals(defaults.listeners())) {
      tree.list(
          "listeners",
          pods.listeners().stream().map(ClusterTrees::listener).toList(),
          FlowStyle.BLOCK);
    }
    if (!pods.topicNamespaces().equals(defaults.topicNamespaces())) {
      tree.texts("topicNamespaces", pods.topicNamespaces());
    }
    tree.fields("clientLimits", clientLimits(pods.clientLimits()));
    tree.fields("rollout", rollout(pods.rollout()));
  }

  private static YamlTree resources(PodSettings.Resources resources) {
    return new YamlTree()
        .text("cpuRequest", resources.cpuRequest())
        .text("cpuLimit", resources.cpuLimit())
        .text("memory", resources.memory());
  }

  private static YamlTree listener(Listener listener) {
    YamlTree tree =
        new YamlTree()
            .text("name", listener.name())
            .text("type", listener.type().text())
            .number("grpcPort", listener.grpcPort());
    listener.kafkaPort().ifPresent(port -> tree.number("kafkaPort", port));
    return tree.text("advertisedHost", listener.advertisedHost())
        .texts("annotations", listener.annotations());
  }

  private static YamlTree clientLimits(ClientLimits limits) {
    YamlTree tree = new YamlTree();
    limits.connections().ifPresent(number -> tree.number("connections", number));
    limits.connectionsPerAddress().ifPresent(most -> tree.number("connectionsPerAddress", most));
    limits.idleSeconds().ifPresent(seconds -> tree.number("idleSeconds", seconds));
    return tree.text("requestMemory", limits.requestMemory())
        .text("responseMemory", limits.responseMemory());
  }

  private static YamlTree rollout(PodSettings.Rollout rollout) {
    YamlTree tree = new YamlTree();
    if (rollout.paused()) {
      tree.bool("paused", true);
    }
    rollout.canary().ifPresent(brokers -> tree.number("canary", brokers));
    return tree;
  }

  static YamlTree status(ClusterStatus status) {
    return new YamlTree()
        .numberUnlessZero("observedGeneration", status.observedGeneration())
        .numberUnlessZero("brokers", status.brokers())
        .numberUnlessZero("readyBrokers", status.readyBrokers())
        .numberUnlessZero("updatedBrokers", status.updatedBrokers())
        .text("image", status.image())
        .text("selector", status.selector())
        .list(
            "bootstrap",
            status.bootstrap().stream().map(ClusterTrees::bootstrap).toList(),
            FlowStyle.BLOCK)
        .list("conditions", ResourceWriter.conditions(status.conditions()), FlowStyle.BLOCK);
  }

  private static YamlTree bootstrap(ClusterStatus.Bootstrap bootstrap) {
    return new YamlTree()
        .text("listener", bootstrap.listener())
        .text("grpc", bootstrap.grpc())
        .text("kafka", bootstrap.kafka())
        .list(
            "brokers",
            bootstrap.brokers().stream().map(ClusterTrees::advertised).toList(),
            FlowStyle.FLOW);
  }

  private static YamlTree advertised(ClusterStatus.Advertised broker) {
    return new YamlTree()
        .number("id", broker.id())
        .text("grpc", broker.grpc())
        .text("kafka", broker.kafka());
  }
}

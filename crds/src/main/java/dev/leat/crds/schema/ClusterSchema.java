package dev.leat.crds.schema;

import dev.leat.crds.ClusterSpec;
import dev.leat.crds.Listener;
import dev.leat.crds.ListenerType;
import dev.leat.crds.PodSettings;
import java.util.List;
import java.util.Map;

/** Schema of Cluster. */
final class ClusterSchema {
  private static final int MAX_TEXT = 512;
  private static final int MAX_SIZE = 32;
  private static final int MAX_NAMESPACES = 256;
  private static final int MAX_ANNOTATIONS = 32;
  private static final int MAX_PORT = 65_535;
  private static final int MAX_REPLICAS = 5;
  private static final int MAX_CLASSES = 3;

  private ClusterSchema() {}

  static Schema schema() {
    return Schema.object()
        .describe("A cluster of brokers.")
        .required("spec")
        .property("apiVersion", Schema.text())
        .property("kind", Schema.text())
        .property("metadata", Schema.object())
        .property("spec", spec())
        .property("status", status())
        .rule(
            "self.metadata.name.matches('^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$')",
            "metadata.name: allowed are at most 40 of a-z, 0-9 and '-', beginning with a letter:"
                + " brokers and Services are named after it");
  }

  private static Schema spec() {
    return Schema.object()
        .describe("What the cluster should be.")
        .required("brokers")
        .property(
            "brokers", Schema.integer(1, ClusterSpec.MAX_BROKERS).describe("Number of brokers."))
        .property(
            "groups",
            Schema.integer(1, ClusterSpec.MAX_GROUPS)
                .defaultsTo(ClusterSpec.DEFAULT_GROUPS)
                .describe("Replica groups of each replication class. Immutable.")
                .rule(
                    "self == oldSelf",
                    "spec.groups cannot change: it says where each partition lies"))
        .property("storage", storage())
        .property("uncleanElections", uncleanElections())
        .property(
            "image",
            Schema.text()
                .maxLength(MAX_TEXT)
                .describe(
                    "Container image of the brokers; default: that of the operator when"
                        + " the Cluster was made."))
        .property("resources", resources())
        .property(
            "topologyKey",
            Schema.text()
                .maxLength(MAX_TEXT)
                .defaultsTo(PodSettings.DEFAULT_TOPOLOGY_KEY)
                .describe("Label of nodes that names their zone."))
        .property("listeners", listeners())
        .property("topicNamespaces", topicNamespaces())
        .property("rollout", rollout());
  }

  private static Schema storage() {
    String size = ClusterSpec.Storage.DEFAULT.size().toString();
    return Schema.object()
        .describe("Disk of each broker.")
        // Rules are tried on a default before the defaults of its fields are filled in.
        .defaultsTo(Map.of("size", size))
        .property(
            "size",
            Schema.quantity("^" + CommonSchemas.SIZE + "$")
                .defaultsTo(size)
                .maxLength(MAX_SIZE)
                .describe("Least size of each volume; may only grow. Larger volumes stay.")
                .rule(
                    "quantity(string(self)).compareTo(quantity(string(oldSelf))) >= 0",
                    "spec.storage.size cannot go down: volumes only grow"))
        .property(
            "storageClassName",
            Schema.text()
                .maxLength(MAX_TEXT)
                .describe("StorageClass; default: that of the Kubernetes cluster. Immutable."))
        .property(
            "deleteClaim",
            Schema.bool()
                .defaultsTo(false)
                .describe(
                    "Whether volumes go with the Cluster, or with a broker that was scaled"
                        + " away."))
        .rule(
            "has(self.storageClassName) == has(oldSelf.storageClassName)"
                + " && (!has(self.storageClassName)"
                + " || self.storageClassName == oldSelf.storageClassName)",
            ClusterSpec.Storage.CLASS_IS_FIXED);
  }

  private static Schema uncleanElections() {
    Schema election =
        Schema.object()
            .required("replicas", "after")
            .property(
                "replicas",
                Schema.integer(1, MAX_REPLICAS)
                    .describe("The class: topics of so many replicas.")
                    .rule("self != 2 && self != 4", "no class of topics; allowed is 1, 3 or 5"))
            .property(
                "after",
                Schema.text()
                    .maxLength(MAX_SIZE)
                    .rule(
                        "self != '' && self.matches('^"
                            + CommonSchemas.SPAN.replace("\\", "\\\\")
                            + "$')",
                        "no length of time; allowed is a number with a unit w, d, h, m, s or ms, as"
                            + " in 7d or 1h30m")
                    .describe("How long they wait for the missing replicas, as in 30m."));
    return Schema.list(election, MAX_CLASSES)
        .keyedBy("replicas")
        .describe(
            "Replica groups that have lost a quorum of their replicas go on with what is left after"
                + " this time: acknowledged records may be lost. Default: they wait for a person"
                + " (leat cluster recover).");
  }

  private static Schema resources() {
    PodSettings.Resources defaults = PodSettings.Resources.DEFAULT;
    return Schema.object()
        .describe("What each broker gets.")
        .property(
            "cpuRequest",
            Schema.quantity(CommonSchemas.QUANTITY)
                .describe("Processors set aside; default " + defaults.cpuRequest() + "."))
        .property(
            "cpuLimit",
            Schema.quantity(CommonSchemas.QUANTITY)
                .describe("Most processors; default: no limit, for a throttled broker looks dead."))
        .property(
            "memory",
            Schema.quantity(CommonSchemas.QUANTITY)
                .describe("Memory; default " + defaults.memory() + "."));
  }

  private static Schema listeners() {
    Schema port = Schema.integer(1024, MAX_PORT);
    Schema listener =
        Schema.object()
            .required("name")
            .property(
                "name",
                Schema.text()
                    .maxLength(Listener.MAX_NAME_LENGTH)
                    .pattern("^[a-z]([-a-z0-9]*[a-z0-9])?$"))
            .property(
                "type",
                CommonSchemas.choice(ListenerType.values())
                    .defaultsTo(ListenerType.INTERNAL.text())
                    .describe("From where it can be reached."))
            .property("grpcPort", port.defaultsTo(Listener.DEFAULT_GRPC_PORT))
            .property("kafkaPort", Schema.integer(1024, MAX_PORT))
            .property(
                "advertisedHost",
                Schema.text()
                    .maxLength(MAX_TEXT)
                    .describe(
                        "What clients are told as a broker's host: {broker} becomes its"
                            + " number, {nodeIp} the address of its node."))
            .property(
                "annotations",
                Schema.texts(MAX_ANNOTATIONS, MAX_TEXT).describe("Of the listener's Services."));
    return Schema.list(listener, PodSettings.MAX_LISTENERS)
        .keyedBy("name")
        .describe("Ways to reach the brokers; default: one that is internal.")
        .rule(
            "self.exists(l, l.type == 'internal')",
            "spec.listeners: has no internal listener, which the brokers' own tools need: add one")
        .rule(
            "self.all(l, l.name != 'brokers' && l.name != 'bootstrap')",
            "spec.listeners: " + Listener.RESERVED_PROBLEM)
        .rule(
            "self.all(l, !has(l.kafkaPort)) || self.exists(l, l.type == 'internal' &&"
                + " has(l.kafkaPort))",
            "spec.listeners: " + PodSettings.INTERNAL_KAFKA_IS_NEEDED)
        .rule(
            "self.all(l, self.filter(m, m.grpcPort == l.grpcPort"
                + " || (has(m.kafkaPort) && m.kafkaPort == l.grpcPort)).size() == 1)",
            "spec.listeners: two use the same port: each needs its own");
  }

  private static Schema topicNamespaces() {
    return Schema.list(
            Schema.text().pattern("^(\\*|" + CommonSchemas.NAMESPACE + ")$").maxLength(63),
            MAX_NAMESPACES)
        .defaultsTo(List.copyOf(PodSettings.ALL_NAMESPACES))
        .describe("Namespaces whose Topics may be in this Cluster, beside its own; * is all.");
  }

  private static Schema rollout() {
    return Schema.object()
        .describe("How changes reach the brokers.")
        .property("paused", Schema.bool().describe("Nothing is restarted while this holds."))
        .property(
            "canary",
            Schema.integer(0, ClusterSpec.MAX_BROKERS)
                .describe("Most brokers that run the newest version; default: all."));
  }

  private static Schema status() {
    Schema broker =
        Schema.object()
            .required("id")
            .property("id", Schema.integer())
            .property("grpc", Schema.text())
            .property("kafka", Schema.text());
    Schema bootstrap =
        Schema.object()
            .required("listener")
            .property("listener", Schema.text())
            .property("grpc", Schema.text())
            .property("kafka", Schema.text())
            .property(
                "brokers",
                Schema.list(broker, ClusterSpec.MAX_BROKERS)
                    .describe("What clients from outside are told of each broker."));
    return Schema.object()
        .describe("What the cluster is. Written by the operator.")
        .property("observedGeneration", Schema.integer())
        .property("brokers", Schema.integer())
        .property("readyBrokers", Schema.integer())
        .property("updatedBrokers", Schema.integer())
        .property("image", Schema.text())
        .property("selector", Schema.text())
        .property("bootstrap", Schema.list(bootstrap, PodSettings.MAX_LISTENERS))
        .property("conditions", CommonSchemas.conditions());
  }
}

package dev.leat.crds.schema;

import dev.leat.crds.ClientLimits;
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
  private static final String TOO_MUCH = "spec.clientLimits.%s: " + ClientLimits.TOO_MUCH_MEMORY;

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
        .property("clientLimits", clientLimits())
        .property("rollout", rollout())
        .rule(fits("requestMemory"), TOO_MUCH.formatted("requestMemory"))
        .rule(fits("responseMemory"), TOO_MUCH.formatted("responseMemory"));
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
                .maxLength(MAX_SIZE)
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

  private static Schema clientLimits() {
    return Schema.object()
        .describe("What clients may take of each broker together; brokers restart to take it on.")
        .property(
            "connections",
            Schema.integer(1, ClientLimits.MAX_CONNECTIONS)
                .describe("Most connections of each listener at a time; default: 10000."))
        .property(
            "connectionsPerAddress",
            Schema.integer(1, ClientLimits.MAX_CONNECTIONS)
                .describe(
                    "Most of them from one address; default: 5000. Behind a NodePort all clients"
                        + " may have that of a node."))
        .property(
            "idleSeconds",
            Schema.integer(1, ClientLimits.MAX_IDLE_SECONDS)
                .describe("A connection that is not used for so long is closed; default: 600."))
        .property(
            "requestMemory",
            memory()
                .describe(
                    "Bytes of requests that are not answered yet: beyond it nobody's next request"
                        + " is read. Default: a quarter of the heap, at most 64Mi."))
        .property(
            "responseMemory",
            memory()
                .describe(
                    "Bytes that are held for slow clients: beyond it those go that have stood"
                        + " still longest. Default: a quarter of the heap, at most 64Mi."));
  }

  private static Schema memory() {
    return Schema.quantity("^" + CommonSchemas.SIZE + "$")
        .maxLength(MAX_SIZE)
        .rule(
            "quantity(string(self)).compareTo(quantity('" + ClientLimits.MIN_MEMORY + "')) >= 0",
            "too small; allowed is " + ClientLimits.MIN_MEMORY + " or more");
  }

  /** That a limit of clients is a small part of the memory of a broker. */
  private static String fits(String limit) {
    return ("!has(self.clientLimits) || !has(self.clientLimits.%1$s)"
            + " || quantity(string(self.clientLimits.%1$s)).asApproximateFloat() * %2$d.0 <="
            + " quantity(has(self.resources) && has(self.resources.memory)"
            + " ? string(self.resources.memory) : '%3$s').asApproximateFloat()")
        .formatted(limit, ClientLimits.MEMORY_SHARE, PodSettings.Resources.DEFAULT.memory());
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

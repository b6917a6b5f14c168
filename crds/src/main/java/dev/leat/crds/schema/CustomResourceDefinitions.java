package dev.leat.crds.schema;

import dev.leat.crds.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/**
 * The CustomResourceDefinitions of Leat, made from the resource types: what these refuse, the API
 * server refuses at {@code kubectl apply}, with the same sentence.
 */
public final class CustomResourceDefinitions {
  private static final String GROUP = "leat.dev";
  private static final String VERSION = "v1alpha1";
  private static final String HEAD =
      "# Made from the types in crds/ by CustomResourceDefinitionsTest; do not edit.\n";

  private static final DumpSettings SETTINGS =
      DumpSettings.builder()
          .setDefaultFlowStyle(FlowStyle.BLOCK)
          .setWidth(Integer.MAX_VALUE)
          .setSplitLines(false)
          .setDereferenceAliases(true)
          .build();

  /** A column that {@code kubectl get} prints. */
  private record Column(String name, String type, String path, String description) {}

  private record Definition(
      Kind<?> kind,
      String shortName,
      Schema schema,
      List<Column> columns,
      Optional<Map<String, Object>> subresources) {}

  private CustomResourceDefinitions() {}

  /** YAML of each definition, by file name. */
  public static Map<String, String> all() {
    Map<String, String> files = new LinkedHashMap<>();
    for (Definition definition : List.of(cluster(), topic(), clusterState())) {
      files.put(
          GROUP + "_" + definition.kind().plural() + ".yaml",
          HEAD + new Dump(SETTINGS).dumpToString(tree(definition)));
    }
    return files;
  }

  private static Definition cluster() {
    Map<String, Object> scale = new LinkedHashMap<>();
    scale.put("specReplicasPath", ".spec.brokers");
    scale.put("statusReplicasPath", ".status.brokers");
    scale.put("labelSelectorPath", ".status.selector");
    return new Definition(
        Kind.CLUSTER,
        "leat",
        ClusterSchema.schema(),
        List.of(
            new Column("Brokers", "integer", ".spec.brokers", "Brokers asked for"),
            new Column("Ready", "integer", ".status.readyBrokers", "Brokers that serve"),
            condition("Available", "Ready"),
            condition("At-Risk", "QuorumAtRisk"),
            new Column("Bootstrap", "string", ".status.bootstrap[0].grpc", "Where clients find it"),
            age()),
        Optional.of(Map.of("status", Map.of(), "scale", scale)));
  }

  private static Definition topic() {
    return new Definition(
        Kind.TOPIC,
        "lt",
        TopicSchema.schema(),
        List.of(
            new Column("Cluster", "string", ".spec.cluster", "Cluster that holds it"),
            new Column("Partitions", "integer", ".status.applied.partitions", "Partitions"),
            new Column("Replicas", "integer", ".status.applied.replicas", "Replicas of each"),
            new Column("Retention", "string", ".spec.retention.time", "Age of records"),
            new Column("Phase", "string", ".status.phase", "State in one word"),
            age()),
        Optional.of(Map.of("status", Map.of())));
  }

  private static Definition clusterState() {
    return new Definition(
        Kind.CLUSTER_STATE,
        "leatstate",
        ClusterStateSchema.schema(),
        List.of(
            new Column("Cluster-Id", "string", ".status.clusterId", "Id of the cluster"), age()),
        Optional.empty());
  }

  private static Column condition(String name, String type) {
    return new Column(
        name,
        "string",
        ".status.conditions[?(@.type==\"" + type + "\")].status",
        "Condition " + type);
  }

  private static Column age() {
    return new Column("Age", "date", ".metadata.creationTimestamp", "Time since it was made");
  }

  private static Map<String, Object> tree(Definition definition) {
    Kind<?> kind = definition.kind();
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("name", kind.plural() + "." + GROUP);
    Map<String, Object> names = new LinkedHashMap<>();
    names.put("kind", kind.name());
    names.put("listKind", kind.name() + "List");
    names.put("plural", kind.plural());
    names.put("singular", kind.name().toLowerCase(Locale.ROOT));
    names.put("shortNames", List.of(definition.shortName()));
    names.put("categories", List.of("leat"));
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("group", GROUP);
    spec.put("names", names);
    spec.put("scope", "Namespaced");
    spec.put("versions", List.of(version(definition)));
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("apiVersion", "apiextensions.k8s.io/v1");
    tree.put("kind", "CustomResourceDefinition");
    tree.put("metadata", metadata);
    tree.put("spec", spec);
    return tree;
  }

  private static Map<String, Object> version(Definition definition) {
    Map<String, Object> version = new LinkedHashMap<>();
    version.put("name", VERSION);
    version.put("served", true);
    version.put("storage", true);
    definition.subresources().ifPresent(value -> version.put("subresources", sorted(value)));
    version.put(
        "additionalPrinterColumns",
        definition.columns().stream().map(CustomResourceDefinitions::tree).toList());
    version.put("schema", Map.of("openAPIV3Schema", definition.schema().toTree()));
    return version;
  }

  private static Map<String, Object> sorted(Map<String, Object> map) {
    return new TreeMap<>(map);
  }

  private static Map<String, Object> tree(Column column) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("name", column.name());
    tree.put("type", column.type());
    tree.put("jsonPath", column.path());
    tree.put("description", column.description());
    return tree;
  }
}

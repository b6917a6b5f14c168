package dev.leat.crds.yaml;

import dev.leat.crds.Cluster;
import dev.leat.crds.ClusterState;
import dev.leat.crds.Condition;
import dev.leat.crds.Lease;
import dev.leat.crds.ObjectMeta;
import dev.leat.crds.Resource;
import dev.leat.crds.Topic;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.StreamDataWriter;
import org.snakeyaml.engine.v2.common.FlowStyle;

/**
 * Writes resources as YAML that {@link ResourceReader}, {@code kubectl} and people read. Equal
 * resources give equal text.
 */
public final class ResourceWriter {
  // One line for each item of a list in flow style, however long.
  private static final DumpSettings SETTINGS =
      DumpSettings.builder()
          .setWidth(Integer.MAX_VALUE)
          .setSplitLines(false)
          .setIndicatorIndent(2)
          .setIndentWithIndicator(true)
          .build();

  private ResourceWriter() {}

  /** One document. */
  public static String write(Resource<?> resource) {
    YamlTree tree =
        new YamlTree()
            .text("apiVersion", resource.kind().apiVersion())
            .text("kind", resource.kind().name())
            .fields("metadata", metadata(resource.metadata()));
    switch (resource) {
      case Topic topic ->
          tree.fields("spec", TopicTrees.spec(topic.spec()))
              .fields("status", TopicTrees.status(topic.status()));
      case Cluster cluster ->
          tree.fields("spec", ClusterTrees.spec(cluster.spec()))
              .fields("status", ClusterTrees.status(cluster.status()));
      case ClusterState state -> tree.fields("status", clusterState(state.status()));
      case Lease lease -> tree.fields("spec", leaseSpec(lease.spec()));
    }
    StringBuilderWriter text = new StringBuilderWriter();
    new Dump(SETTINGS).dumpNode(tree.toNode(FlowStyle.BLOCK), text);
    return text.toString();
  }

  /** Any number of documents. */
  public static String write(Collection<? extends Resource<?>> resources) {
    return resources.stream().map(ResourceWriter::write).collect(Collectors.joining("---\n"));
  }

  private static YamlTree metadata(ObjectMeta metadata) {
    return new YamlTree()
        .text("name", metadata.name())
        .text("namespace", metadata.namespace())
        .textUnlessEmpty("uid", metadata.uid())
        .textUnlessEmpty("resourceVersion", metadata.resourceVersion())
        .numberUnlessZero("generation", metadata.generation())
        .texts("labels", metadata.labels())
        .texts("annotations", metadata.annotations())
        .text("creationTimestamp", metadata.creationTimestamp())
        .text("deletionTimestamp", metadata.deletionTimestamp())
        .texts("finalizers", metadata.finalizers());
  }

  static List<YamlTree> conditions(List<Condition> conditions) {
    return conditions.stream()
        .map(
            condition ->
                new YamlTree()
                    .text("type", condition.type())
                    .text("status", condition.status().text())
                    .numberUnlessZero("observedGeneration", condition.observedGeneration())
                    .text("lastTransitionTime", condition.lastTransitionTime().toString())
                    .text("reason", condition.reason())
                    .textUnlessEmpty("message", condition.message()))
        .toList();
  }

  private static YamlTree clusterState(ClusterState.Status status) {
    List<YamlTree> brokers =
        status.brokers().stream()
            .map(
                broker ->
                    new YamlTree()
                        .number("id", broker.id())
                        .number("starts", broker.starts())
                        .text("address", broker.address())
                        .text("kafkaAddress", broker.kafkaAddress())
                        .text("state", broker.state().text()))
            .toList();
    List<YamlTree> groups =
        status.groups().stream().map(ResourceWriter::clusterStateGroup).toList();
    return new YamlTree()
        .text("clusterId", status.clusterId())
        .number("version", status.version())
        .list("brokers", brokers, FlowStyle.FLOW)
        .list("groups", groups, FlowStyle.FLOW);
  }

  private static YamlTree clusterStateGroup(ClusterState.Group group) {
    YamlTree tree =
        new YamlTree()
            .number("id", group.id())
            .text("phase", group.phase().text())
            .text("history", group.history())
            .number("epoch", group.epoch())
            .number("leader", group.leader())
            .numbers("voters", group.voters());
    return group.possibleDataLoss() ? tree.bool("possibleDataLoss", true) : tree;
  }

  private static YamlTree leaseSpec(Lease.Spec spec) {
    return new YamlTree()
        .text("holderIdentity", spec.holderIdentity())
        .number("leaseDurationSeconds", spec.leaseDurationSeconds())
        .text("acquireTime", spec.acquireTime())
        .text("renewTime", spec.renewTime())
        .number("leaseTransitions", spec.leaseTransitions());
  }

  private static final class StringBuilderWriter implements StreamDataWriter {
    private final StringBuilder text = new StringBuilder();

    @Override
    public void write(String part) {
      text.append(part);
    }

    @Override
    public void write(String part, int offset, int length) {
      text.append(part, offset, offset + length);
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }
}

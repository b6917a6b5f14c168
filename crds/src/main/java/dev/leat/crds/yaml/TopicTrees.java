package dev.leat.crds.yaml;

import dev.leat.crds.TopicSpec;
import dev.leat.crds.TopicStatus;
import dev.leat.crds.value.Retention;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** Topics as YAML. Defaults are written out: a stored Topic must not change with a default. */
final class TopicTrees {
  private TopicTrees() {}

  static YamlTree spec(TopicSpec spec) {
    YamlTree tree =
        new YamlTree()
            .text("cluster", spec.cluster())
            .text("topicName", spec.topicName())
            .number("partitions", spec.partitions());
    spec.replicas().ifPresent(replicas -> tree.number("replicas", replicas));
    return tree.fields("retention", retention(spec.retention()))
        .text("cleanup", spec.cleanup().text())
        .text("deletionPolicy", spec.deletionPolicy().text())
        .texts("config", spec.config().entries());
  }

  static YamlTree status(TopicStatus status) {
    if (status.equals(TopicStatus.NONE)) {
      return new YamlTree();
    }
    YamlTree applied = new YamlTree();
    status
        .applied()
        .ifPresent(
            settings ->
                applied
                    .number("partitions", settings.partitions())
                    .number("replicas", settings.replicas())
                    .fields("retention", retention(settings.retention()))
                    .text("cleanup", settings.cleanup().text())
                    .texts("config", settings.config().entries()));
    return new YamlTree()
        .number("observedGeneration", status.observedGeneration())
        .text("phase", status.phase().text())
        .text("topicId", status.topicId())
        .fields("applied", applied)
        .list("conditions", ResourceWriter.conditions(status.conditions()), FlowStyle.BLOCK);
  }

  private static YamlTree retention(Retention retention) {
    return new YamlTree().text("time", retention.timeText()).text("size", retention.sizeText());
  }
}

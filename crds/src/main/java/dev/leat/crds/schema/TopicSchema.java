package dev.leat.crds.schema;

import static dev.leat.crds.schema.CommonSchemas.choice;

import dev.leat.crds.TopicPhase;
import dev.leat.crds.TopicSpec;
import dev.leat.crds.value.Cleanup;
import dev.leat.crds.value.DeletionPolicy;
import dev.leat.crds.value.Retention;
import dev.leat.crds.value.TopicConfigKey;
import dev.leat.crds.value.TopicNames;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Schema of Topic. */
final class TopicSchema {
  private static final int MAX_CLUSTER_REF = 317;
  private static final int MAX_CONFIG_VALUE = 64;

  // Rules are tried on defaults before the defaults of their fields are filled in.
  private static final Map<String, Object> DEFAULT_RETENTION =
      new TreeMap<>(
          Map.of("time", Retention.DEFAULT.timeText(), "size", Retention.DEFAULT.sizeText()));

  private static final Map<String, Object> DEFAULT =
      new TreeMap<>(Map.of("partitions", TopicSpec.DEFAULT_PARTITIONS));

  private TopicSchema() {}

  static Schema schema() {
    return Schema.object()
        .describe("A topic: an ordered sequence of records in each of its partitions.")
        .property("apiVersion", Schema.text())
        .property("kind", Schema.text())
        .property("metadata", Schema.object())
        .property("spec", spec().defaultsTo(DEFAULT))
        .property("status", status());
  }

  private static Schema spec() {
    Schema spec =
        Schema.object()
            .describe("What the topic should be.")
            .property(
                "cluster",
                Schema.text()
                    .maxLength(MAX_CLUSTER_REF)
                    .pattern("^(" + CommonSchemas.NAMESPACE + "/)?[a-z0-9]([-a-z0-9.]*[a-z0-9])?$")
                    .describe(
                        "The Cluster that holds it, [namespace/]name; default: the Cluster"
                            + " of its own namespace."))
            .property(
                "topicName",
                Schema.text()
                    .maxLength(TopicNames.MAX_LENGTH)
                    .pattern("^[a-zA-Z0-9._-]{1,249}$")
                    .describe("Name for clients; default: the object's name."))
            .property(
                "partitions",
                Schema.integer(1, TopicSpec.MAX_PARTITIONS)
                    .defaultsTo(TopicSpec.DEFAULT_PARTITIONS)
                    .describe("Number of partitions; may only go up.")
                    .rule(
                        "self >= oldSelf",
                        "spec.partitions cannot go down: records would be lost; make another"
                            + " topic"))
            .property("replicas", replicas())
            .property("retention", retention())
            .property(
                "cleanup",
                Schema.text()
                    .oneOf(cleanups())
                    .defaultsTo(Cleanup.DELETE.text())
                    .describe("How old records go."))
            .property(
                "deletionPolicy",
                choice(DeletionPolicy.values())
                    .defaultsTo(DeletionPolicy.DELETE.text())
                    .describe("What becomes of the records when the Topic is deleted."))
            .property("config", config());
    return addChangeRules(spec);
  }

  private static List<String> cleanups() {
    return Stream.concat(
            CommonSchemas.words(Cleanup.values()).stream(), Stream.of("delete,compact"))
        .toList();
  }

  private static Schema replicas() {
    return Schema.integer(1, 5)
        .describe(
            "Replicas of each partition: 1, 3 or 5; default: 3 with three or more brokers, else"
                + " 1. Immutable.")
        .rule(
            "self != 2 && self != 4",
            "an even number costs more and survives no more than one less; allowed is 1, 3 or 5")
        .rule(
            "self == oldSelf",
            "spec.replicas cannot change: make another topic with the number you want");
  }

  // As in TopicSpec.changeProblem, less the numbers: the cost of a sentence is bounded.
  private static Schema addChangeRules(Schema spec) {
    return spec.rule(
            "!has(oldSelf.replicas) || has(self.replicas)",
            "spec.replicas cannot change: make another topic with the number you want")
        .rule(
            "has(self.topicName) == has(oldSelf.topicName)"
                + " && (!has(self.topicName) || self.topicName == oldSelf.topicName)",
            "spec.topicName cannot change: make another topic of the other name")
        .rule(
            "has(self.cluster) == has(oldSelf.cluster)"
                + " && (!has(self.cluster) || self.cluster == oldSelf.cluster)",
            "spec.cluster cannot change: make a topic in the other cluster")
        .rule(
            "!has(self.topicName) || (self.topicName != '.' && self.topicName != '..')",
            "spec.topicName: '.' and '..' are no topic names");
  }

  private static Schema retention() {
    return Schema.object()
        .describe("How long and how much of each partition is kept.")
        .defaultsTo(DEFAULT_RETENTION)
        .property(
            "time",
            Schema.text()
                .maxLength(MAX_CONFIG_VALUE)
                .defaultsTo(Retention.DEFAULT.timeText())
                .rule(
                    "self == '"
                        + Retention.UNLIMITED
                        + "' || (self != '' && self.matches('^"
                        + CommonSchemas.SPAN.replace("\\", "\\\\")
                        + "$'))",
                    "no length of time; allowed is a number with a unit w, d, h, m, s or ms, as in"
                        + " 7d or 1h30m, or unlimited")
                .describe("Age of records, as in 7d or 1h30m, or unlimited."))
        .property(
            "size",
            Schema.quantity("^(" + Retention.UNLIMITED + "|" + CommonSchemas.SIZE + ")$")
                .defaultsTo(Retention.DEFAULT.sizeText())
                .describe("Bytes of each partition, as in 10Gi, or unlimited."));
  }

  private static Schema config() {
    Schema config =
        Schema.texts(TopicConfigKey.values().length, MAX_CONFIG_VALUE)
            .describe("Further configuration by Kafka's names.");
    String names =
        TopicConfigKey.names().stream()
            .map(name -> "'" + name + "'")
            .collect(Collectors.joining(", "));
    config.rule(
        "self.all(name, name in [" + names + "])",
        "spec.config: has a name that Leat does not know (spec.retention and spec.cleanup are"
            + " fields of their own); allowed are "
            + String.join(", ", TopicConfigKey.names()));
    for (TopicConfigKey key : TopicConfigKey.values()) {
      String value = "self['" + key.text() + "']";
      config.rule(
          "!('" + key.text() + "' in self) || " + key.rule(value),
          "spec.config: " + key.text() + ": allowed is " + key.allowed());
    }
    return config;
  }

  private static Schema status() {
    Schema applied =
        Schema.object()
            .describe("What the brokers act on: the last spec that was accepted.")
            .property("partitions", Schema.integer())
            .property("replicas", Schema.integer())
            .property("retention", appliedRetention())
            .property("cleanup", Schema.text())
            .property("config", Schema.texts(TopicConfigKey.values().length, MAX_CONFIG_VALUE));
    return Schema.object()
        .describe("What the topic is. Written by the controller broker.")
        .property("observedGeneration", Schema.integer())
        .property("phase", choice(TopicPhase.values()))
        .property("topicId", Schema.text().pattern("^[0-9a-f]{32}$"))
        .property("applied", applied)
        .property("conditions", CommonSchemas.conditions());
  }

  private static Schema appliedRetention() {
    return Schema.object().property("time", Schema.text()).property("size", Schema.text());
  }
}

package dev.leat.crds;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Makes metadata out of other metadata. */
public final class ObjectMetaBuilder {
  private final String name;
  private final String namespace;
  private Map<String, String> labels;
  private Map<String, String> annotations;
  private String resourceVersion;
  private String uid;
  private long generation;
  private Optional<Instant> creationTimestamp;
  private Optional<Instant> deletionTimestamp;
  private List<String> finalizers;

  ObjectMetaBuilder(ObjectMeta from) {
    name = from.name();
    namespace = from.namespace();
    labels = from.labels();
    annotations = from.annotations();
    resourceVersion = from.resourceVersion();
    uid = from.uid();
    generation = from.generation();
    creationTimestamp = from.creationTimestamp();
    deletionTimestamp = from.deletionTimestamp();
    finalizers = from.finalizers();
  }

  /** Replaces all labels. */
  public ObjectMetaBuilder labels(Map<String, String> value) {
    labels = value;
    return this;
  }

  /** Replaces all annotations. */
  public ObjectMetaBuilder annotations(Map<String, String> value) {
    annotations = value;
    return this;
  }

  /** Adds or replaces one annotation. */
  public ObjectMetaBuilder annotation(String key, String value) {
    annotations = new TreeMap<>(annotations);
    annotations.put(key, value);
    return this;
  }

  /** Sets the version. */
  public ObjectMetaBuilder resourceVersion(String value) {
    resourceVersion = value;
    return this;
  }

  /** Sets the uid. */
  public ObjectMetaBuilder uid(String value) {
    uid = value;
    return this;
  }

  /** Sets the generation. */
  public ObjectMetaBuilder generation(long value) {
    generation = value;
    return this;
  }

  /** Sets the time of creation. */
  public ObjectMetaBuilder creationTimestamp(Optional<Instant> value) {
    creationTimestamp = value;
    return this;
  }

  /** Sets the time at which deletion was asked for. */
  public ObjectMetaBuilder deletionTimestamp(Optional<Instant> value) {
    deletionTimestamp = value;
    return this;
  }

  /** Replaces all finalizers. */
  public ObjectMetaBuilder finalizers(List<String> value) {
    finalizers = value;
    return this;
  }

  /** Adds a finalizer unless it is there. */
  public ObjectMetaBuilder addFinalizer(String finalizer) {
    if (!finalizers.contains(finalizer)) {
      finalizers = new ArrayList<>(finalizers);
      finalizers.add(finalizer);
    }
    return this;
  }

  /** Removes a finalizer if it is there. */
  public ObjectMetaBuilder removeFinalizer(String finalizer) {
    finalizers = finalizers.stream().filter(each -> !each.equals(finalizer)).toList();
    return this;
  }

  /** The metadata. */
  public ObjectMeta build() {
    return new ObjectMeta(
        name,
        namespace,
        labels,
        annotations,
        resourceVersion,
        uid,
        generation,
        creationTimestamp,
        deletionTimestamp,
        finalizers);
  }
}

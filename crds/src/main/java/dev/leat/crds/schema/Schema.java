package dev.leat.crds.schema;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An OpenAPI schema as Kubernetes takes it (structural), built step by step. */
final class Schema {
  private final Map<String, Object> tree = new LinkedHashMap<>();
  private final Map<String, Object> properties = new LinkedHashMap<>();
  private final List<Object> rules = new ArrayList<>();

  private Schema(String type) {
    tree.put("type", type);
  }

  static Schema object() {
    return new Schema("object");
  }

  static Schema text() {
    return new Schema("string");
  }

  static Schema bool() {
    return new Schema("boolean");
  }

  static Schema integer(long min, long max) {
    return new Schema("integer").set("minimum", min).set("maximum", max);
  }

  static Schema integer() {
    return new Schema("integer").set("format", "int64");
  }

  static Schema list(Schema items, int maxItems) {
    return new Schema("array").set("maxItems", maxItems).set("items", items.toTree());
  }

  /** A mapping of texts to texts. */
  static Schema texts(int maxEntries, int maxLength) {
    return object()
        .set("maxProperties", maxEntries)
        .set("additionalProperties", text().maxLength(maxLength).toTree());
  }

  /** Text, where a plain number is one too, as in {@code size: 1048576}. */
  static Schema quantity(String pattern) {
    Schema schema = object();
    schema.tree.clear();
    return schema
        .set("anyOf", List.of(Map.of("type", "integer"), Map.of("type", "string")))
        .set("x-kubernetes-int-or-string", true)
        .set("pattern", pattern);
  }

  Schema describe(String text) {
    return set("description", text);
  }

  Schema pattern(String regex) {
    return set("pattern", regex);
  }

  Schema maxLength(int characters) {
    return set("maxLength", characters);
  }

  Schema oneOf(List<String> words) {
    return set("enum", words);
  }

  Schema defaultsTo(Object value) {
    return set("default", value);
  }

  Schema required(String... names) {
    return set("required", List.of(names));
  }

  Schema format(String name) {
    return set("format", name);
  }

  /** Makes a list one of entries that a field tells apart. */
  Schema keyedBy(String field) {
    return set("x-kubernetes-list-type", "map").set("x-kubernetes-list-map-keys", List.of(field));
  }

  /** Keeps fields that this version does not know: a newer broker may have written them. */
  Schema keepUnknown() {
    return set("x-kubernetes-preserve-unknown-fields", true);
  }

  Schema property(String name, Schema schema) {
    properties.put(name, schema.toTree());
    return this;
  }

  /** Adds a rule in CEL, with the sentence that a person reads who breaks it. */
  Schema rule(String condition, String message) {
    Map<String, Object> rule = new LinkedHashMap<>();
    rule.put("rule", condition);
    rule.put("message", message);
    rules.add(rule);
    return this;
  }

  private Schema set(String key, Object value) {
    tree.put(key, value);
    return this;
  }

  Map<String, Object> toTree() {
    Map<String, Object> all = new LinkedHashMap<>(tree);
    if (!properties.isEmpty()) {
      all.put("properties", properties);
    }
    if (!rules.isEmpty()) {
      all.put("x-kubernetes-validations", rules);
    }
    return all;
  }
}

package dev.leat.kafka.admin;

import dev.leat.crds.TopicSpec;
import dev.leat.crds.value.ByteSize;
import dev.leat.crds.value.Cleanup;
import dev.leat.crds.value.InvalidValueException;
import dev.leat.crds.value.Retention;
import dev.leat.crds.value.Span;
import dev.leat.crds.value.TopicConfig;
import dev.leat.crds.value.TopicConfigKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.config.ConfigDef;

/**
 * Kafka's topic configurations as fields of a Topic's spec, and back. Three of them are fields of
 * their own; those that only matter to Kafka's own storage have their default and cannot be set.
 */
public final class TopicConfigs {
  static final String RETENTION_MS = "retention.ms";
  static final String RETENTION_BYTES = "retention.bytes";
  static final String CLEANUP_POLICY = "cleanup.policy";

  private TopicConfigs() {}

  /**
   * One configuration of one topic.
   *
   * @param value what is in force
   * @param defaultValue Kafka's and Leat's default
   * @param isSet whether the topic itself says so
   * @param type how the value is written
   */
  public record Entry(String value, String defaultValue, boolean isSet, ConfigDef.Type type) {}

  /** All configurations of a topic, by name. */
  public static SortedMap<String, Entry> of(TopicSpec spec) {
    SortedMap<String, Entry> entries = new TreeMap<>();
    KafkaDefaults.TOPIC.forEach(
        (name, config) -> add(entries, name, String.valueOf(config.value()), config));
    Retention retention = spec.retention();
    change(entries, RETENTION_MS, Long.toString(retention.timeMs()));
    change(entries, RETENTION_BYTES, Long.toString(retention.sizeBytes()));
    change(entries, CLEANUP_POLICY, spec.cleanup().text());
    spec.config()
        .entries()
        .forEach(
            (name, value) ->
                entries.computeIfPresent(
                    name, (key, old) -> new Entry(value, old.defaultValue(), true, old.type())));
    return entries;
  }

  private static void add(
      Map<String, Entry> entries, String name, String value, KafkaDefaults.Config config) {
    entries.put(name, new Entry(value, value, false, config.type()));
  }

  private static void change(Map<String, Entry> entries, String name, String value) {
    entries.computeIfPresent(
        name,
        (key, old) ->
            new Entry(value, old.defaultValue(), !value.equals(old.defaultValue()), old.type()));
  }

  /**
   * The spec with one configuration changed; throws {@link InvalidValueException} if it may not.
   */
  public static TopicSpec set(TopicSpec spec, String name, String value) {
    try {
      return switch (name) {
        case RETENTION_MS -> spec.withRetention(withTime(spec.retention(), number(value)));
        case RETENTION_BYTES -> spec.withRetention(withSize(spec.retention(), number(value)));
        case CLEANUP_POLICY -> spec.withCleanup(cleanup(value));
        default -> spec.withConfig(spec.config().with(TopicConfig.of(entry(name, value))));
      };
    } catch (InvalidValueException e) {
      throw new InvalidValueException(
          "Invalid value %s for configuration %s: %s".formatted(value, name, e.problem()));
    }
  }

  private static Map<String, String> entry(String name, String value) {
    KafkaDefaults.Config kafka = KafkaDefaults.TOPIC.get(name);
    InvalidValueException.unless(kafka != null, "Unknown topic config name: " + name);
    if (kafka != null && TopicConfigKey.find(name).isEmpty()) {
      InvalidValueException.unless(
          value.equals(kafka.value()),
          "Leat does not store records as Kafka does; only '" + kafka.value() + "'");
      return Map.of();
    }
    return Map.of(name, value);
  }

  /** The spec with the default of one configuration. */
  public static TopicSpec unset(TopicSpec spec, String name) {
    return switch (name) {
      case RETENTION_MS ->
          spec.withRetention(new Retention(Retention.DEFAULT.time(), spec.retention().size()));
      case RETENTION_BYTES ->
          spec.withRetention(new Retention(spec.retention().time(), Retention.DEFAULT.size()));
      case CLEANUP_POLICY -> spec.withCleanup(Cleanup.DELETE);
      default -> {
        InvalidValueException.unless(
            KafkaDefaults.TOPIC.containsKey(name), "Unknown topic config name: " + name);
        SortedMap<String, String> rest = new TreeMap<>(spec.config().entries());
        rest.remove(name);
        yield spec.withConfig(TopicConfig.of(rest));
      }
    };
  }

  /** The spec with these configurations, and the defaults of all others. */
  public static TopicSpec replace(TopicSpec spec, Map<String, String> configs) {
    TopicSpec replaced =
        spec.withRetention(Retention.DEFAULT)
            .withCleanup(Cleanup.DELETE)
            .withConfig(TopicConfig.EMPTY);
    for (Map.Entry<String, String> config : new LinkedHashMap<>(configs).entrySet()) {
      replaced = set(replaced, config.getKey(), config.getValue());
    }
    return replaced;
  }

  /** Whether a configuration holds several values, to which one may be added. */
  public static boolean isList(String name) {
    KafkaDefaults.Config config = KafkaDefaults.TOPIC.get(name);
    return config != null && config.type() == ConfigDef.Type.LIST;
  }

  private static long number(String value) {
    try {
      return Long.parseLong(value.trim());
    } catch (NumberFormatException e) {
      throw new InvalidValueException("Not a number of type LONG");
    }
  }

  private static Retention withTime(Retention retention, long ms) {
    InvalidValueException.unless(ms >= -1, "Value must be at least -1");
    return new Retention(ms == -1 ? Optional.empty() : Optional.of(new Span(ms)), retention.size());
  }

  private static Retention withSize(Retention retention, long bytes) {
    InvalidValueException.unless(bytes >= -1, "Value must be at least -1");
    return new Retention(
        retention.time(), bytes == -1 ? Optional.empty() : Optional.of(new ByteSize(bytes)));
  }

  private static Cleanup cleanup(String value) {
    // Kafka takes the policies in any order.
    return Cleanup.parse(String.join(",", new TreeSet<>(List.of(value.split("\\s*,\\s*")))));
  }
}

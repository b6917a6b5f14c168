package dev.leat.crds.value;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Further configuration of a topic by Kafka's names, each with its value as text.
 *
 * @param entries in order of their names; only known names with valid values
 */
public record TopicConfig(SortedMap<String, String> entries) {
  /** Nothing but defaults. */
  public static final TopicConfig EMPTY = new TopicConfig(new TreeMap<>());

  /** Checks every entry, and copies. */
  public TopicConfig {
    entries.forEach(TopicConfigKey::check);
    entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
  }

  /** These entries; throws {@link InvalidValueException} for the first that is not allowed. */
  public static TopicConfig of(Map<String, String> entries) {
    return new TopicConfig(new TreeMap<>(entries));
  }

  /** These entries, and those of {@code other}, which win. */
  public TopicConfig with(TopicConfig other) {
    SortedMap<String, String> all = new TreeMap<>(entries);
    all.putAll(other.entries);
    return new TopicConfig(all);
  }

  /** The value of {@code key}, given or default. */
  public String get(TopicConfigKey key) {
    return entries.getOrDefault(key.text(), key.defaultValue());
  }

  /** Largest record batch that is taken, in bytes. */
  public int maxMessageBytes() {
    return Integer.parseInt(get(TopicConfigKey.MAX_MESSAGE_BYTES));
  }
}

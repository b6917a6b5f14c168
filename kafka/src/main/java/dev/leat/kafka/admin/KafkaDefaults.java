package dev.leat.kafka.admin;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;

/**
 * The configurations that Kafka has, with their defaults: tools and frameworks look single ones up
 * and expect each to be there.
 */
final class KafkaDefaults {
  /** Configurations of a topic, by name. */
  static final SortedMap<String, Config> TOPIC = read("topic-configs.tsv");

  /** Configurations of a broker, by name. */
  static final SortedMap<String, Config> BROKER = read("broker-configs.tsv");

  private KafkaDefaults() {}

  /**
   * One configuration.
   *
   * @param type how its value is written
   * @param value its default
   */
  record Config(ConfigDef.Type type, @Nullable String value) {}

  private static SortedMap<String, Config> read(String file) {
    SortedMap<String, Config> configs = new TreeMap<>();
    try (InputStream bytes = KafkaDefaults.class.getResourceAsStream(file)) {
      if (bytes == null) {
        throw new IllegalStateException(file + " is not on the class path");
      }
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8));
      for (String line; (line = lines.readLine()) != null; ) {
        if (!line.startsWith("#")) {
          String[] parts = line.split("\t", -1);
          String value = parts.length > 2 ? parts[2] : null;
          configs.put(parts[0], new Config(ConfigDef.Type.valueOf(parts[1]), value));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Collections.unmodifiableSortedMap(configs);
  }
}

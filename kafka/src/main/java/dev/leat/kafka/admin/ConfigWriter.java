package dev.leat.kafka.admin;

import dev.leat.crds.TopicSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigType;
import org.apache.kafka.coordinator.group.GroupConfig;
import org.jspecify.annotations.Nullable;

/**
 * Writes configurations as DescribeConfigs shows them.
 *
 * @param synonyms whether the client wants to know where a value comes from
 * @param documentation whether it wants to be told what a configuration means
 */
record ConfigWriter(boolean synonyms, boolean documentation) {

  /** Configurations of a topic; all, if {@code wanted} is empty. */
  List<DescribeConfigsResourceResult> topic(TopicSpec spec, Set<String> wanted) {
    List<DescribeConfigsResourceResult> results = new ArrayList<>();
    TopicConfigs.of(spec)
        .forEach(
            (name, entry) -> {
              if (wanted.isEmpty() || wanted.contains(name)) {
                ConfigSource source =
                    entry.isSet() ? ConfigSource.TOPIC_CONFIG : ConfigSource.DEFAULT_CONFIG;
                DescribeConfigsResourceResult result =
                    result(name, entry.value(), entry.type(), source);
                if (synonyms) {
                  addSynonyms(result, entry);
                }
                results.add(result);
              }
            });
    return results;
  }

  /** Configurations of a group; all, if {@code wanted} is empty. */
  List<DescribeConfigsResourceResult> group(
      SortedMap<String, TopicConfigs.Entry> entries, Set<String> wanted) {
    List<DescribeConfigsResourceResult> results = new ArrayList<>();
    entries.forEach(
        (name, entry) -> {
          if (wanted.isEmpty() || wanted.contains(name)) {
            ConfigSource source =
                entry.isSet() ? ConfigSource.GROUP_CONFIG : ConfigSource.DEFAULT_CONFIG;
            DescribeConfigsResourceResult result =
                result(name, entry.value(), entry.type(), source);
            if (synonyms) {
              List<DescribeConfigsSynonym> found = new ArrayList<>();
              if (entry.isSet()) {
                found.add(synonym(name, entry.value(), ConfigSource.GROUP_CONFIG));
              }
              String ofAll = GroupConfig.brokerSynonym(name).orElse(name);
              found.add(synonym(ofAll, entry.defaultValue(), ConfigSource.DEFAULT_CONFIG));
              result.setSynonyms(found);
            }
            results.add(result);
          }
        });
    return results;
  }

  private static void addSynonyms(DescribeConfigsResourceResult result, TopicConfigs.Entry entry) {
    List<DescribeConfigsSynonym> synonyms = new ArrayList<>();
    if (entry.isSet()) {
      synonyms.add(synonym(result.name(), entry.value(), ConfigSource.TOPIC_CONFIG));
    }
    synonyms.add(
        synonym(brokerName(result.name()), entry.defaultValue(), ConfigSource.DEFAULT_CONFIG));
    result.setSynonyms(synonyms);
  }

  /** Most topic configurations have a default of the broker, whose name begins with "log.". */
  private static String brokerName(String name) {
    if (KafkaDefaults.BROKER.containsKey("log." + name)) {
      return "log." + name;
    }
    return name.equals("max.message.bytes") ? "message.max.bytes" : name;
  }

  private static DescribeConfigsSynonym synonym(
      String name, @Nullable String value, ConfigSource source) {
    return new DescribeConfigsSynonym().setName(name).setValue(value).setSource(source.id());
  }

  /** Configurations of a broker; {@code own} are not Kafka's defaults. */
  List<DescribeConfigsResourceResult> broker(Map<String, String> own, Set<String> wanted) {
    List<DescribeConfigsResourceResult> results = new ArrayList<>();
    KafkaDefaults.BROKER.forEach(
        (name, config) -> {
          if (wanted.isEmpty() || wanted.contains(name)) {
            String value = own.get(name);
            ConfigSource source =
                value == null ? ConfigSource.DEFAULT_CONFIG : ConfigSource.STATIC_BROKER_CONFIG;
            DescribeConfigsResourceResult result =
                result(name, value == null ? config.value() : value, config.type(), source)
                    .setReadOnly(true)
                    .setIsSensitive(config.type() == ConfigDef.Type.PASSWORD);
            if (synonyms) {
              result.setSynonyms(List.of(synonym(name, result.value(), source)));
            }
            results.add(result);
          }
        });
    return results;
  }

  private DescribeConfigsResourceResult result(
      String name, @Nullable String value, ConfigDef.Type type, ConfigSource source) {
    return new DescribeConfigsResourceResult()
        .setName(name)
        .setValue(value)
        .setConfigSource(source.id())
        .setConfigType(typeOf(type).id())
        .setDocumentation(documentation ? "As in Kafka; see docs/KAFKA-COMPATIBILITY.md." : null);
  }

  private static ConfigType typeOf(ConfigDef.Type type) {
    return switch (type) {
      case BOOLEAN -> ConfigType.BOOLEAN;
      case STRING -> ConfigType.STRING;
      case INT -> ConfigType.INT;
      case SHORT -> ConfigType.SHORT;
      case LONG -> ConfigType.LONG;
      case DOUBLE -> ConfigType.DOUBLE;
      case LIST -> ConfigType.LIST;
      case CLASS -> ConfigType.CLASS;
      case PASSWORD -> ConfigType.PASSWORD;
    };
  }
}

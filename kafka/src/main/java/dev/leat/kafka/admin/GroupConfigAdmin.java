package dev.leat.kafka.admin;

import dev.leat.crds.value.InvalidValueException;
import dev.leat.kafka.KafkaContext;
import dev.leat.kafka.coordinator.GroupConfigs;
import dev.leat.kafka.settings.StoredSettings;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.coordinator.group.GroupConfig;
import org.jspecify.annotations.Nullable;

/** Configurations of groups: what a group says for itself, over the defaults of all. */
final class GroupConfigAdmin {
  private static final StoredSettings.Kind GROUPS = StoredSettings.Kind.GROUPS;

  private final KafkaContext context;

  GroupConfigAdmin(KafkaContext context) {
    this.context = context;
  }

  private StoredSettings settings() {
    return context.coordinators().get().settings();
  }

  /** Groups that say something for themselves. */
  Collection<String> groups() {
    return settings().get(GROUPS).keySet();
  }

  /** All configurations of a group, by name. A group need not exist. */
  SortedMap<String, TopicConfigs.Entry> describe(String group) {
    SortedMap<String, String> set = settings().get(GROUPS).getOrDefault(group, new TreeMap<>());
    SortedMap<String, TopicConfigs.Entry> entries = new TreeMap<>();
    for (String name : new TreeSet<>(GroupConfig.configNames())) {
      if (!GroupConfig.isInternal(name)) {
        ConfigDef.Type type = GroupConfig.configType(name).orElse(ConfigDef.Type.STRING);
        String defaultValue = defaultOf(name, type);
        String value = set.get(name);
        entries.put(
            name,
            new TopicConfigs.Entry(
                value == null ? defaultValue : value, defaultValue, value != null, type));
      }
    }
    return entries;
  }

  /** Most configurations of groups have one of all groups beside them. */
  private static String defaultOf(String name, ConfigDef.Type type) {
    String ofAll = GroupConfig.brokerSynonym(name).orElse("");
    Integer own = GroupConfigs.ownDefaults().get(ofAll);
    if (own != null) {
      return own.toString();
    }
    KafkaDefaults.Config kafkas = KafkaDefaults.BROKER.get(ofAll);
    if (kafkas != null && kafkas.value() != null) {
      return kafkas.value();
    }
    Object value = GroupConfig.CONFIG_DEF.defaultValues().get(name);
    return value == null ? "" : String.valueOf(ConfigDef.convertToString(value, type));
  }

  /** Sets and deletes some of a group's configurations. */
  CompletionStage<ApiError> alter(
      String group, Collection<AlterableConfig> changes, boolean dryRun) {
    return change(
        group,
        dryRun,
        now -> {
          SortedMap<String, String> altered = new TreeMap<>(now);
          for (AlterableConfig change : changes) {
            boolean isList =
                GroupConfig.configType(change.name()).equals(Optional.of(ConfigDef.Type.LIST));
            ConfigChange.apply(change, altered.getOrDefault(change.name(), ""), isList)
                .ifPresentOrElse(
                    value -> altered.put(change.name(), value),
                    () -> altered.remove(change.name()));
          }
          return altered;
        });
  }

  /** Sets a group's configurations, and deletes all others of it. */
  CompletionStage<ApiError> replace(String group, Map<String, String> configs, boolean dryRun) {
    return change(group, dryRun, now -> new TreeMap<>(configs));
  }

  private CompletionStage<ApiError> change(
      String group, boolean dryRun, UnaryOperator<SortedMap<String, String>> change) {
    if (group.isEmpty()) {
      return done(new ApiError(Errors.INVALID_REQUEST, "Default group resources are not allowed."));
    }
    try {
      SortedMap<String, String> changed =
          change.apply(settings().get(GROUPS).getOrDefault(group, new TreeMap<>()));
      context.coordinators().get().groupConfigs().validate(changed);
    } catch (InvalidValueException e) {
      return done(new ApiError(Errors.INVALID_CONFIG, e.problem()));
    } catch (ConfigException e) {
      return done(new ApiError(Errors.INVALID_CONFIG, e.getMessage()));
    } catch (ApiException e) {
      return done(ApiError.fromThrowable(e));
    }
    return dryRun
        ? done(ApiError.NONE)
        : settings()
            .change(
                GROUPS,
                all -> all.put(group, change.apply(all.getOrDefault(group, new TreeMap<>()))))
            .handle((stored, failure) -> errorOf(failure));
  }

  private static ApiError errorOf(@Nullable Throwable failure) {
    if (failure == null) {
      return ApiError.NONE;
    }
    Throwable cause = failure.getCause();
    return ApiError.fromThrowable(
        failure instanceof CompletionException && cause != null ? cause : failure);
  }

  private static CompletionStage<ApiError> done(ApiError error) {
    return CompletableFuture.completedStage(error);
  }
}

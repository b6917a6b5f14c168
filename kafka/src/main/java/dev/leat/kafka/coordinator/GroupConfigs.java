package dev.leat.kafka.coordinator;

import dev.leat.kafka.settings.StoredSettings;
import java.util.HashSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.coordinator.group.GroupConfig;
import org.apache.kafka.coordinator.group.GroupConfigManager;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.coordinator.group.ShareGroupAutoOffsetResetStrategy;
import org.apache.kafka.coordinator.group.modern.share.ShareGroupConfig;
import org.apache.kafka.server.storage.log.FetchIsolation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Configurations of groups, as they are stored, where Kafka's coordinators look them up. */
public final class GroupConfigs {
  /**
   * Where Leat does not take Kafka's defaults. Threads: they wait for the core loop only. The first
   * rebalance waits a moment for members that are started together; three seconds, as Kafka waits,
   * are felt by everybody who starts a single consumer.
   */
  private static final Map<String, Integer> OWN_DEFAULTS =
      Map.of(
          GroupCoordinatorConfig.GROUP_COORDINATOR_NUM_THREADS_CONFIG, 2,
          GroupCoordinatorConfig.GROUP_COORDINATOR_NUM_BACKGROUND_THREADS_CONFIG, 1,
          GroupCoordinatorConfig.GROUP_INITIAL_REBALANCE_DELAY_MS_CONFIG, 300,
          GroupCoordinatorConfig.STREAMS_GROUP_INITIAL_REBALANCE_DELAY_MS_CONFIG, 300);

  private static final Logger LOG = LoggerFactory.getLogger(GroupConfigs.class);

  private final GroupCoordinatorConfig coordinator = GroupCoordinatorConfig.fromProps(OWN_DEFAULTS);
  private final ShareGroupConfig shares = ShareGroupConfig.fromProps(Map.of());
  private final GroupConfigManager lookedUp = new GroupConfigManager(coordinator, shares);

  /** Groups that a consumer has told to begin at the first records. */
  private final Set<String> fromStart = new HashSet<>();

  private SortedMap<String, SortedMap<String, String>> stored = new TreeMap<>();

  /** Follows what is stored from now on. */
  public GroupConfigs(StoredSettings settings) {
    settings.follow(StoredSettings.Kind.GROUPS, this::apply);
  }

  /** What holds where a group says nothing of its own. */
  GroupCoordinatorConfig coordinator() {
    return coordinator;
  }

  /** Where the coordinators look. */
  public GroupConfigManager lookedUp() {
    return lookedUp;
  }

  /** Names whose defaults are not Kafka's, with their values. */
  public static Map<String, Integer> ownDefaults() {
    return OWN_DEFAULTS;
  }

  /**
   * Whether a group may have these configurations.
   *
   * @throws org.apache.kafka.common.errors.InvalidConfigurationException if it may not
   * @throws org.apache.kafka.common.config.ConfigException if a value is none
   */
  public void validate(Map<String, String> configs) {
    GroupConfig.validate(configs, coordinator, shares);
  }

  private synchronized void apply(SortedMap<String, SortedMap<String, String>> newer) {
    Set<String> groups = new HashSet<>(stored.keySet());
    groups.addAll(newer.keySet());
    stored = newer;
    groups.forEach(this::update);
  }

  /** Lets a group begin at the first records of partitions that are new to it. */
  public synchronized void beginAtStart(String group) {
    if (fromStart.add(group)) {
      update(group);
    }
  }

  /** What members of a share group see of transactions. */
  public FetchIsolation shareIsolation(String group) {
    IsolationLevel level =
        lookedUp
            .groupConfig(group)
            .flatMap(GroupConfig::shareIsolationLevel)
            .orElseGet(GroupConfig::defaultShareIsolationLevel);
    return FetchIsolation.of(FetchRequest.CONSUMER_REPLICA_ID, level);
  }

  private void update(String group) {
    if (group.isEmpty()) {
      return;
    }
    Properties config = new Properties();
    if (fromStart.contains(group)) {
      config.setProperty(
          GroupConfig.SHARE_AUTO_OFFSET_RESET_CONFIG,
          ShareGroupAutoOffsetResetStrategy.EARLIEST.name());
    }
    config.putAll(stored.getOrDefault(group, new TreeMap<>()));
    try {
      lookedUp.updateGroupConfig(group, config);
    } catch (KafkaException e) {
      LOG.warn("configurations of group {} are left out: {}", group, e.getMessage());
    }
  }
}

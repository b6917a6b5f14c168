package dev.leat.client.admin;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What shall be different in a topic; what is absent stays as it is.
 *
 * @param name topic
 * @param partitions new number of partitions, more than now
 * @param retentionMs how long records are kept, in ms; -1: for ever
 * @param retentionBytes how much of each partition is kept; -1: any amount
 * @param cleanup how old records go
 * @param config settings to set
 * @param removeConfig names of settings to remove
 */
public record TopicChange(
    String name,
    OptionalInt partitions,
    OptionalLong retentionMs,
    OptionalLong retentionBytes,
    Optional<Cleanup> cleanup,
    Map<String, String> config,
    List<String> removeConfig) {

  /** Keeps unchangeable collections. */
  public TopicChange {
    Objects.requireNonNull(name, "name");
    config = Map.copyOf(config);
    removeConfig = List.copyOf(removeConfig);
  }

  /** Nothing yet. */
  public static TopicChange of(String topic) {
    return new TopicChange(
        topic,
        OptionalInt.empty(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        Optional.empty(),
        Map.of(),
        List.of());
  }

  /** This change, and another number of partitions. */
  public TopicChange withPartitions(int count) {
    OptionalInt more = OptionalInt.of(count);
    return new TopicChange(name, more, retentionMs, retentionBytes, cleanup, config, removeConfig);
  }

  /** This change, and another retention time in ms. */
  public TopicChange withRetentionMs(long newRetentionMs) {
    OptionalLong ms = OptionalLong.of(newRetentionMs);
    return new TopicChange(name, partitions, ms, retentionBytes, cleanup, config, removeConfig);
  }

  /** This change, and another retention size in bytes. */
  public TopicChange withRetentionBytes(long newRetentionBytes) {
    OptionalLong bytes = OptionalLong.of(newRetentionBytes);
    return new TopicChange(name, partitions, retentionMs, bytes, cleanup, config, removeConfig);
  }

  /** This change, and another way in which old records go. */
  public TopicChange withCleanup(Cleanup newCleanup) {
    Optional<Cleanup> other = Optional.of(newCleanup);
    return new TopicChange(
        name, partitions, retentionMs, retentionBytes, other, config, removeConfig);
  }

  /** This change, and settings to set and to remove. */
  public TopicChange withConfig(Map<String, String> set, List<String> remove) {
    return new TopicChange(name, partitions, retentionMs, retentionBytes, cleanup, set, remove);
  }
}

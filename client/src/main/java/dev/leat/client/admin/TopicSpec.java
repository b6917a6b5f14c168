package dev.leat.client.admin;

import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * What a topic is, or shall be.
 *
 * @param name 1 to 249 characters of {@code [a-zA-Z0-9._-]}
 * @param partitions number of partitions; {@link #DEFAULT}: 1
 * @param replicas replicas of each partition: 1, 3 or 5; {@link #DEFAULT}: 3 with three or more
 *     brokers, else 1
 * @param retentionMs how long records are kept, in ms; -1: for ever; absent: the default, 7 days
 * @param retentionBytes how much of each partition is kept; -1 or absent: any amount
 * @param cleanup how old records go
 * @param config further settings by Kafka's names, for example {@code max.message.bytes}
 */
public record TopicSpec(
    String name,
    int partitions,
    int replicas,
    OptionalLong retentionMs,
    OptionalLong retentionBytes,
    Cleanup cleanup,
    Map<String, String> config) {

  /** The cluster decides. */
  public static final int DEFAULT = 0;

  /** Keeps an unchangeable map. */
  public TopicSpec {
    Objects.requireNonNull(name, "name");
    config = Map.copyOf(config);
  }

  /** A topic with the defaults. */
  public static TopicSpec of(String name) {
    return new TopicSpec(
        name,
        DEFAULT,
        DEFAULT,
        OptionalLong.empty(),
        OptionalLong.empty(),
        Cleanup.DELETE,
        Map.of());
  }

  /** This topic with a number of partitions. */
  public TopicSpec withPartitions(int newPartitions) {
    return new TopicSpec(
        name, newPartitions, replicas, retentionMs, retentionBytes, cleanup, config);
  }

  /** This topic with a number of replicas. */
  public TopicSpec withReplicas(int newReplicas) {
    return new TopicSpec(
        name, partitions, newReplicas, retentionMs, retentionBytes, cleanup, config);
  }

  /** This topic, keeping records for a time in ms; -1: for ever. */
  public TopicSpec withRetentionMs(long newRetentionMs) {
    OptionalLong ms = OptionalLong.of(newRetentionMs);
    return new TopicSpec(name, partitions, replicas, ms, retentionBytes, cleanup, config);
  }

  /** This topic, keeping so many bytes of each partition; -1: any amount. */
  public TopicSpec withRetentionBytes(long newRetentionBytes) {
    OptionalLong bytes = OptionalLong.of(newRetentionBytes);
    return new TopicSpec(name, partitions, replicas, retentionMs, bytes, cleanup, config);
  }

  /** This topic with a way in which old records go. */
  public TopicSpec withCleanup(Cleanup newCleanup) {
    return new TopicSpec(
        name, partitions, replicas, retentionMs, retentionBytes, newCleanup, config);
  }

  /** This topic with further settings. */
  public TopicSpec withConfig(Map<String, String> newConfig) {
    return new TopicSpec(
        name, partitions, replicas, retentionMs, retentionBytes, cleanup, newConfig);
  }
}

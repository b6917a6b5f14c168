package dev.leat.kafka.coordinator;

import dev.leat.crds.TopicSpec;
import dev.leat.crds.value.Cleanup;
import dev.leat.crds.value.Retention;
import java.util.Optional;

/** Topics that coordinators keep their state in, with Kafka's names, since tools look for them. */
public enum InternalTopic {
  /** Groups and committed offsets. */
  CONSUMER_OFFSETS("__consumer_offsets", Cleanup.COMPACT),
  /** Transactions. */
  TRANSACTION_STATE("__transaction_state", Cleanup.COMPACT),
  /** Delivery state of share groups; its coordinator deletes what is superseded. */
  SHARE_GROUP_STATE("__share_group_state", Cleanup.DELETE);

  /** Kafka's default. Fixed: it decides which partition a group or transaction lies in. */
  public static final int PARTITIONS = 50;

  private final String topicName;
  private final Cleanup cleanup;

  InternalTopic(String topicName, Cleanup cleanup) {
    this.topicName = topicName;
    this.cleanup = cleanup;
  }

  /** Its name. */
  public String topicName() {
    return topicName;
  }

  /** How it is created: nothing goes by time or size. */
  public TopicSpec spec() {
    return TopicSpec.DEFAULT
        .withPartitions(PARTITIONS)
        .withCleanup(cleanup)
        .withRetention(new Retention(Optional.empty(), Optional.empty()));
  }
}

package dev.leat.kafka.view;

import dev.leat.broker.runtime.LivePartition;
import dev.leat.broker.runtime.view.GroupView;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.RecordBatch;

/** Whether a client and this broker agree on who leads a partition. */
public final class EpochCheck {
  private EpochCheck() {}

  /**
   * NONE if this broker leads the partition in the epoch that the client knows.
   *
   * @param clientEpoch that epoch; -1: the client does not say
   */
  public static Errors check(LivePartition partition, int clientEpoch) {
    Errors error = checkEpoch(partition, clientEpoch);
    return error != Errors.NONE || partition.group().leadership().here()
        ? error
        : Errors.NOT_LEADER_OR_FOLLOWER;
  }

  /**
   * NONE if the epoch that the client knows is that of this broker, whoever leads.
   *
   * @param clientEpoch that epoch; -1: the client does not say
   */
  public static Errors checkEpoch(LivePartition partition, int clientEpoch) {
    GroupView.Leadership now = partition.group().leadership();
    if (partition.deleted()) {
      return Errors.UNKNOWN_TOPIC_OR_PARTITION;
    }
    if (clientEpoch != RecordBatch.NO_PARTITION_LEADER_EPOCH) {
      if (clientEpoch < now.epoch()) {
        return Errors.FENCED_LEADER_EPOCH;
      }
      if (clientEpoch > now.epoch()) {
        return Errors.UNKNOWN_LEADER_EPOCH;
      }
    }
    return Errors.NONE;
  }
}

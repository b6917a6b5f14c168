package dev.leat.client.admin;

import dev.leat.client.TopicPartition;
import java.util.List;

/**
 * A member of a group.
 *
 * @param memberId its id
 * @param instanceId name by which it comes back; empty: none
 * @param clientId name that it gave itself
 * @param host where it connects from
 * @param partitions what it reads
 */
public record GroupMemberDescription(
    String memberId,
    String instanceId,
    String clientId,
    String host,
    List<TopicPartition> partitions) {
  /** Copies the list. */
  public GroupMemberDescription {
    partitions = List.copyOf(partitions);
  }
}

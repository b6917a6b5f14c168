package dev.leat.client.admin;

import dev.leat.client.TopicPartition;
import java.util.List;
import java.util.SortedMap;

/**
 * A consumer group in full.
 *
 * @param listing the group in short
 * @param members who is in it
 * @param progress how far it has read each partition
 */
public record GroupDescription(
    GroupListing listing,
    List<GroupMemberDescription> members,
    SortedMap<TopicPartition, GroupProgress> progress) {
  /** Copies the list. */
  public GroupDescription {
    members = List.copyOf(members);
  }
}

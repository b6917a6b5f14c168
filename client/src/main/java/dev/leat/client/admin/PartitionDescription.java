package dev.leat.client.admin;

import java.util.List;

/**
 * One partition as the asked broker knows it.
 *
 * @param partition number
 * @param group replica group that holds it
 * @param leader broker that leads, -1 if none
 * @param leaderEpoch epoch of the leader
 * @param voters brokers that vote
 * @param logStartOffset first offset that is still stored, -1 if not known
 * @param highWatermark offset below which everything is committed, -1 if not known
 * @param sizeBytes bytes of the stored batches, -1 if not known
 */
public record PartitionDescription(
    int partition,
    int group,
    int leader,
    int leaderEpoch,
    List<Integer> voters,
    long logStartOffset,
    long highWatermark,
    long sizeBytes) {

  /** Keeps an unchangeable list. */
  public PartitionDescription {
    voters = List.copyOf(voters);
  }
}

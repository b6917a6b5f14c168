package dev.leat.broker.journal;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Whose data a directory holds.
 *
 * @param clusterId the cluster
 * @param brokerId number of the broker in it
 * @param volume identity of the volume that the directory lies on, as whoever mounted it knows it
 *     (uid of the PVC); empty: it is not known in this start, which says nothing against it; null:
 *     the directory's inode and birth are taken
 */
public record StoreIdentity(UUID clusterId, int brokerId, @Nullable String volume) {

  /** On a volume that nobody has named. */
  public StoreIdentity(UUID clusterId, int brokerId) {
    this(clusterId, brokerId, null);
  }
}

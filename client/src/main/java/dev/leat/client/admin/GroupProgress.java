package dev.leat.client.admin;

/**
 * How far a group has read a partition.
 *
 * @param offset of the next record to be read
 * @param highWatermark offset below which everything is committed; -1 if it is not known
 */
public record GroupProgress(long offset, long highWatermark) {
  /** Records that are still to be read; -1 if that is not known. */
  public long lag() {
    return highWatermark < 0 ? -1 : Math.max(0, highWatermark - offset);
  }
}

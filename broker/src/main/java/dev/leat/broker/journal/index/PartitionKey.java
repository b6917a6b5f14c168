package dev.leat.broker.journal.index;

/** A partition of this broker as one number: group(16 bits) · partition(32 bits). */
final class PartitionKey {
  private PartitionKey() {}

  static long of(int group, int partition) {
    return (long) group << Integer.SIZE | partition & 0xffff_ffffL;
  }

  static int group(long key) {
    return (int) (key >>> Integer.SIZE);
  }
}

package dev.leat.api.batch;

/**
 * Kafka's hash of keys: a key lands in the same partition whichever client sends it.
 *
 * <p>Source: Kafka's {@code Utils.murmur2} and {@code BuiltInPartitioner.partitionForKey}.
 */
public final class Murmur2 {

  private static final int SEED = 0x9747b28c;
  private static final int M = 0x5bd1e995;
  private static final int R = 24;

  private Murmur2() {}

  /**
   * The partition of a key.
   *
   * @param partitions number of partitions, at least 1
   */
  public static int partition(byte[] key, int partitions) {
    return (hash(key) & Integer.MAX_VALUE) % partitions;
  }

  /** The 32-bit hash of a key. */
  public static int hash(byte[] key) {
    int hash = SEED ^ key.length;
    int words = key.length >> 2;
    for (int i = 0; i < words; i++) {
      int k = littleEndianInt(key, i << 2) * M;
      hash = (hash * M) ^ ((k ^ (k >>> R)) * M);
    }
    int rest = words << 2;
    int tail = tail(key, rest);
    if (rest < key.length) {
      hash = (hash ^ tail) * M;
    }
    hash = (hash ^ (hash >>> 13)) * M;
    return hash ^ (hash >>> 15);
  }

  private static int littleEndianInt(byte[] key, int at) {
    int low = (key[at] & 255) | ((key[at + 1] & 255) << 8);
    int high = (key[at + 2] & 255) | (key[at + 3] << 8);
    return low | (high << 16);
  }

  private static int tail(byte[] key, int from) {
    int tail = 0;
    for (int i = key.length - 1; i >= from; i--) {
      tail = (tail << 8) | (key[i] & 255);
    }
    return tail;
  }
}

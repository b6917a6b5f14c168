package dev.leat.client;

/**
 * How a consumer works. The defaults are good for most programs.
 *
 * @param prefetchBytes bound of what is fetched before the program asks for it
 * @param maxResponseBytes bound of one response of a broker; a batch that is larger is sent alone
 * @param maxPollRecords bound from which on {@link Consumer#poll} takes no further response into
 *     its result
 * @param isolation what is seen of transactions
 */
public record ConsumerConfig(
    int prefetchBytes, int maxResponseBytes, int maxPollRecords, Isolation isolation) {

  private static final int MAX_RESPONSE_BYTES = 8 * 1024 * 1024;

  /** The defaults. */
  public static final ConsumerConfig DEFAULT =
      new ConsumerConfig(8 * 1024 * 1024, 256 * 1024, 10_000, Isolation.READ_COMMITTED);

  /** Checks that the numbers are possible together. */
  public ConsumerConfig {
    if (maxResponseBytes < 1 || maxResponseBytes > MAX_RESPONSE_BYTES) {
      throw new IllegalArgumentException("maxResponseBytes must be from 1 to 8 MiB");
    }
    if (prefetchBytes < maxResponseBytes) {
      throw new IllegalArgumentException("prefetchBytes must be maxResponseBytes or more");
    }
    if (maxPollRecords < 1) {
      throw new IllegalArgumentException("maxPollRecords must be 1 or more");
    }
  }

  /** These settings with another bound of what is fetched in advance. */
  public ConsumerConfig withPrefetchBytes(int bytes) {
    return new ConsumerConfig(bytes, maxResponseBytes, maxPollRecords, isolation);
  }

  /** These settings with another bound of one response. */
  public ConsumerConfig withMaxResponseBytes(int bytes) {
    return new ConsumerConfig(prefetchBytes, bytes, maxPollRecords, isolation);
  }

  /** These settings with another bound of one poll. */
  public ConsumerConfig withMaxPollRecords(int records) {
    return new ConsumerConfig(prefetchBytes, maxResponseBytes, records, isolation);
  }

  /** These settings with another view of transactions. */
  public ConsumerConfig withIsolation(Isolation other) {
    return new ConsumerConfig(prefetchBytes, maxResponseBytes, maxPollRecords, other);
  }
}

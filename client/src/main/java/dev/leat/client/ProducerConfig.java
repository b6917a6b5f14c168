package dev.leat.client;

import dev.leat.api.batch.Compression;
import java.time.Duration;

/**
 * How a producer works. The defaults are good for most programs.
 *
 * @param bufferMemoryBytes memory for records that are not acknowledged yet
 * @param batchBytes size of a full batch; a larger record goes alone
 * @param maxRequestBytes bound of one request, and so of a record; at most 15 MiB
 * @param linger how long a batch that is not full waits for more records, although it could be sent
 * @param compression how batches are compressed
 * @param maxBlock how long {@code send} waits for free buffer memory, or to learn of a topic
 * @param deliveryTimeout how long it is tried to deliver a record
 */
public record ProducerConfig(
    long bufferMemoryBytes,
    int batchBytes,
    int maxRequestBytes,
    Duration linger,
    Compression compression,
    Duration maxBlock,
    Duration deliveryTimeout) {

  private static final int MIN_BATCH_BYTES = 512;
  private static final int MAX_REQUEST_BYTES = 15 * 1024 * 1024;

  /** The defaults. */
  public static final ProducerConfig DEFAULT =
      new ProducerConfig(
          32L * 1024 * 1024,
          64 * 1024,
          1024 * 1024,
          Duration.ZERO,
          Compression.NONE,
          Duration.ofSeconds(60),
          Duration.ofSeconds(120));

  /** Checks that the numbers are possible together. */
  public ProducerConfig {
    require(batchBytes >= MIN_BATCH_BYTES, "batchBytes must be 512 or more");
    require(maxRequestBytes >= batchBytes, "maxRequestBytes must be batchBytes or more");
    require(maxRequestBytes <= MAX_REQUEST_BYTES, "maxRequestBytes must be 15 MiB or less");
    require(
        bufferMemoryBytes >= 2L * maxRequestBytes,
        "bufferMemoryBytes must be twice maxRequestBytes or more");
    require(!linger.isNegative(), "linger must not be negative");
    require(!maxBlock.isNegative(), "maxBlock must not be negative");
    require(deliveryTimeout.compareTo(linger) > 0, "deliveryTimeout must be longer than linger");
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }

  /** Begins with the defaults. */
  public static Builder builder() {
    return new Builder(DEFAULT);
  }

  /** Builds a config, setting by setting. */
  public static final class Builder {
    private long bufferMemoryBytes;
    private int batchBytes;
    private int maxRequestBytes;
    private Duration linger;
    private Compression compression;
    private Duration maxBlock;
    private Duration deliveryTimeout;

    private Builder(ProducerConfig base) {
      bufferMemoryBytes = base.bufferMemoryBytes;
      batchBytes = base.batchBytes;
      maxRequestBytes = base.maxRequestBytes;
      linger = base.linger;
      compression = base.compression;
      maxBlock = base.maxBlock;
      deliveryTimeout = base.deliveryTimeout;
    }

    /** Memory for records that are not acknowledged yet. */
    public Builder bufferMemoryBytes(long bytes) {
      bufferMemoryBytes = bytes;
      return this;
    }

    /** Size of a full batch. */
    public Builder batchBytes(int bytes) {
      batchBytes = bytes;
      return this;
    }

    /** Bound of one request, and so of a record. */
    public Builder maxRequestBytes(int bytes) {
      maxRequestBytes = bytes;
      return this;
    }

    /** How long a batch that is not full waits for more records. */
    public Builder linger(Duration duration) {
      linger = duration;
      return this;
    }

    /** How batches are compressed. */
    public Builder compression(Compression how) {
      compression = how;
      return this;
    }

    /** How long {@code send} waits at most. */
    public Builder maxBlock(Duration duration) {
      maxBlock = duration;
      return this;
    }

    /** How long it is tried to deliver a record. */
    public Builder deliveryTimeout(Duration duration) {
      deliveryTimeout = duration;
      return this;
    }

    /** The config; fails if its settings do not go together. */
    public ProducerConfig build() {
      return new ProducerConfig(
          bufferMemoryBytes,
          batchBytes,
          maxRequestBytes,
          linger,
          compression,
          maxBlock,
          deliveryTimeout);
    }
  }
}

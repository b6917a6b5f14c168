package dev.leat.broker.journal.store;

import dev.leat.broker.journal.JournalConfig;

/**
 * How many bytes more the journal may take from its disk: what the file system has, or what is left
 * of the configured limit.
 */
public final class DiskSpace {
  private final JournalConfig config;

  public DiskSpace(JournalConfig config) {
    this.config = config;
  }

  /** Bytes that may still be taken. */
  public long free(long taken) {
    long disk = config.directory().toFile().getUsableSpace();
    return Math.max(0, Math.min(disk, config.maxBytes() - taken));
  }

  /** Bytes that records never take: other entries, and what sealing adds, must always find room. */
  public long reserve() {
    return Math.max(JournalConfig.MIN_SEGMENT_BYTES, config.segmentBytes() / 4);
  }

  /** Size of the file in which other entries than batches go on when records have no room. */
  public long reserveSegmentBytes() {
    return Math.max(JournalConfig.MIN_SEGMENT_BYTES, config.segmentBytes() / 8);
  }
}

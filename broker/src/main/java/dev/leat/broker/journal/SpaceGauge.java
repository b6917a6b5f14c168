package dev.leat.broker.journal;

import dev.leat.broker.log.JournalSpace;
import java.util.concurrent.atomic.LongAdder;

/**
 * Whether there is room for more records. Says no while all that waits still fits, and yes again
 * only when there is clearly more. All threads may ask.
 */
final class SpaceGauge {
  private static final JournalSpace AVAILABLE = new JournalSpace.Available();

  private final JournalConfig config;
  private final AppendQueue queue;

  /** Room that must be left for what is on its way, bytes. */
  private final long margin;

  private final LongAdder appendedBytes = new LongAdder();
  private volatile long hotBytes;
  private volatile long elsewhereBytes;
  private volatile double filled;
  private volatile boolean full;

  SpaceGauge(JournalConfig config, AppendQueue queue) {
    this.config = config;
    this.queue = queue;
    this.margin = config.segmentBytes() / 8;
  }

  /** Room in the hot segment, and how much of its file is used, 0 to 1. */
  void hot(long bytes, double used) {
    hotBytes = bytes;
    filled = used;
  }

  /** Room in all segments after the hot one. */
  void elsewhere(long bytes) {
    elsewhereBytes = bytes;
  }

  void appended(long bytes) {
    appendedBytes.add(bytes);
  }

  /** Bytes appended since the start. */
  long appended() {
    return appendedBytes.sum();
  }

  /** How much of the hot segment's file is used, 0 to 1. */
  double filled() {
    return filled;
  }

  JournalSpace space() {
    long room = hotBytes + elsewhereBytes - queue.roomBytes();
    full = room < (full ? 2 * margin : margin);
    return full ? new JournalSpace.Full(reason(room)) : AVAILABLE;
  }

  private String reason(long room) {
    return config.directory()
        + " is nearly full: "
        + Math.max(0, room >> 20)
        + " MiB are left for records: shorten the retention, delete topics or enlarge the disk";
  }
}

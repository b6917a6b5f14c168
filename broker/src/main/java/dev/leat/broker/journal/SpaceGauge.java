package dev.leat.broker.journal;

import dev.leat.broker.log.JournalSpace;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Whether there is room for more records. Says no while all that waits still fits, and yes again
 * only when there is clearly more. All threads may ask.
 */
final class SpaceGauge {
  private static final JournalSpace AVAILABLE = new JournalSpace.Available();

  /** So many pieces fit into a segment at least. */
  private static final int PIECES = 7;

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
    this.margin = config.pieceBytes();
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

  boolean isFull() {
    return full;
  }

  JournalSpace space() {
    return full ? new JournalSpace.Full(reason(room(0))) : AVAILABLE;
  }

  /** Whether so much more fits. If not, nothing does until {@link #look} finds clearly more. */
  synchronized JournalSpace roomFor(long bytes) {
    full |= room(bytes) < margin;
    return space();
  }

  /** Looks again; what there is now, or null if that is as it was. */
  synchronized @Nullable JournalSpace look() {
    boolean before = full;
    full = room(0) < (before ? 2 * margin : margin);
    return full == before ? null : space();
  }

  /** Bytes that are left once this much has been written too. */
  private long room(long bytes) {
    long coming = queue.roomBytes() + bytes;
    if (coming <= hotBytes) {
      return hotBytes + elsewhereBytes - coming;
    }
    // A piece that does not fit into a segment goes to the next one, and leaves the rest empty.
    return elsewhereBytes - coming - coming / PIECES;
  }

  private String reason(long room) {
    return config.directory()
        + " is nearly full: "
        + Math.max(0, room >> 20)
        + " MiB are left for records: shorten the retention, delete topics or enlarge the disk";
  }
}

package dev.leat.broker.journal;

import dev.leat.broker.log.Invariant;
import java.nio.file.Path;

/**
 * How a journal lies on its disk.
 *
 * @param directory where; made if it is not there
 * @param segmentBytes size of a segment's file
 * @param maxBytes most bytes that all files together may take; the disk may allow less
 * @param segmentEntries most entries in a segment: bounds the index in memory
 * @param commitBytes a commit takes no further append once it holds this many bytes
 * @param commitEntries a commit takes no further append once it holds this many entries
 */
public record JournalConfig(
    Path directory,
    long segmentBytes,
    long maxBytes,
    int segmentEntries,
    int commitBytes,
    int commitEntries) {
  /** Smallest segment, bytes: what has to fit beside the records needs this much. */
  public static final long MIN_SEGMENT_BYTES = 4 << 20;

  /** Largest segment, bytes: a mapped file is addressed by 31 bits, and may grow a little. */
  public static final long MAX_SEGMENT_BYTES = 1536L << 20;

  /** Most entries in a segment: indexes hold positions in 24 bits. */
  public static final int MAX_SEGMENT_ENTRIES = 1 << 24;

  /** Segments of a broker on a laptop, bytes. */
  public static final long EMBEDDED_SEGMENT_BYTES = 64 << 20;

  /** Segments of a broker on Kubernetes, bytes. */
  public static final long CLUSTER_SEGMENT_BYTES = 1 << 30;

  /** As many bytes as the disk has. */
  public static final long UNLIMITED = Long.MAX_VALUE;

  /** Small entries fill a segment by number at this average size, bytes. */
  private static final int BYTES_PER_ENTRY = 256;

  private static final int MIN_ENTRIES = 1 << 14;
  private static final int MAX_ENTRIES = 1 << 20;
  private static final int COMMIT_BYTES = 4 << 20;
  private static final int COMMIT_ENTRIES = 4096;

  /** Checks the bounds. */
  public JournalConfig {
    Invariant.check(
        segmentBytes >= MIN_SEGMENT_BYTES && segmentBytes <= MAX_SEGMENT_BYTES,
        "segments of %d bytes, at least %d and at most 1.5 GiB are possible",
        segmentBytes,
        MIN_SEGMENT_BYTES);
    Invariant.check(
        segmentEntries > 0 && segmentEntries <= MAX_SEGMENT_ENTRIES,
        "%d entries per segment, at most %d are possible",
        segmentEntries,
        MAX_SEGMENT_ENTRIES);
  }

  /** Defaults for a directory, with segments of this size. */
  public static JournalConfig of(Path directory, long segmentBytes) {
    long entries = Math.clamp(segmentBytes / BYTES_PER_ENTRY, MIN_ENTRIES, MAX_ENTRIES);
    return new JournalConfig(
        directory, segmentBytes, UNLIMITED, (int) entries, COMMIT_BYTES, COMMIT_ENTRIES);
  }

  /** Defaults for a broker on a laptop. */
  public static JournalConfig embedded(Path directory) {
    return of(directory, EMBEDDED_SEGMENT_BYTES);
  }

  /** What is appended at once, and is more than this, may go to several segments, bytes. */
  long pieceBytes() {
    return segmentBytes / 8;
  }

  /** With a limit for all files together. */
  public JournalConfig withMaxBytes(long limit) {
    return new JournalConfig(
        directory, segmentBytes, limit, segmentEntries, commitBytes, commitEntries);
  }

  /** With another bound for entries in a segment. */
  public JournalConfig withSegmentEntries(int limit) {
    return new JournalConfig(directory, segmentBytes, maxBytes, limit, commitBytes, commitEntries);
  }
}

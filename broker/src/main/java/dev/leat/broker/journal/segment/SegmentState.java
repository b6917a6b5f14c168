package dev.leat.broker.journal.segment;

/**
 * What a segment's file is there for. The codes are on disk.
 *
 * <pre>
 * (new) → SPARE → HOT → FULL → SEALED → RELEASED → SPARE or (deleted)
 * (new) → FILLING ───────────↗
 * </pre>
 */
public enum SegmentState {
  /** Initialised and empty; becomes the next hot segment. */
  SPARE(1),
  /** Takes appends; there is one. */
  HOT(2),
  /** Takes nothing more; its index is in memory. */
  FULL(3),
  /** Its index is in the file. */
  SEALED(4),
  /** Nothing in it is needed; to be initialised anew, or deleted, when its last reader has gone. */
  RELEASED(5),
  /** Entries are being moved to it. Nothing in it counts before it is sealed. */
  FILLING(6);

  private final int code;

  SegmentState(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  public static SegmentState of(int code) {
    for (SegmentState state : values()) {
      if (state.code == code) {
        return state;
      }
    }
    throw new IllegalArgumentException("unknown segment state " + code);
  }
}

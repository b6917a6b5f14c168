package dev.leat.broker.log;

import java.util.Arrays;
import java.util.Optional;

/**
 * DISK, UNCLEAN: why a replica takes part in nothing any more. What it has may be less than it has
 * acked, or belong to a history that was given up; so it answers nobody, never leads, and is kept
 * as a last resort until a new replica takes its place.
 */
public enum Withdrawal {
  /** The directory lies on another volume than at the last start. */
  DISK_EXCHANGED(1, "the disk is another one than at the last start"),
  /** Peers know of a later start of this disk: it was set back to an earlier state. */
  DISK_WENT_BACK(2, "the disk was set back to an earlier state"),
  /** A person restored the directory from a copy ({@code leat restore}). */
  DISK_RESTORED(3, "the directory was restored from a copy"),
  /** Entries below the durable end are damaged or lost. */
  DAMAGED(4, "what it had stored is damaged"),
  /** The group goes on in a history that began without this replica. */
  FORKED(5, "the group goes on in another history");

  private final int code;
  private final String reason;

  Withdrawal(int code, String reason) {
    this.code = code;
    this.reason = reason;
  }

  /** Number on disk; never changes its meaning. */
  public int code() {
    return code;
  }

  /** Why, as part of a sentence. */
  public String reason() {
    return reason;
  }

  /** The one of this code; empty for 0 and what this release does not know. */
  public static Optional<Withdrawal> of(long code) {
    return Arrays.stream(values()).filter(known -> known.code == code).findFirst();
  }
}

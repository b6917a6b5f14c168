package dev.leat.broker.journal;

/** A journal cannot be opened, or cannot go on. The message is one line: what, why, what to do. */
public final class JournalException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** Another process has the directory open. */
    LOCKED,
    /** The directory belongs to another cluster or broker. */
    FOREIGN,
    /** A newer release wrote the directory. */
    NEWER_FORMAT,
    /** What holds the directory together is damaged beyond reading. */
    DAMAGED,
    /** The disk is full. */
    DISK_FULL,
    /** The file system failed. */
    IO
  }

  /** Why. */
  private final Reason reason;

  /** Without a cause in the code below. */
  public JournalException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** With the failure below. */
  public JournalException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }
}

package dev.leat.client.admin;

/** How old records of a topic go. */
public enum Cleanup {
  /** By time and size. */
  DELETE,
  /** The last record of each key stays. */
  COMPACT,
  /** Both. */
  COMPACT_DELETE
}

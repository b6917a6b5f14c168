package dev.leat.client;

/** What a consumer sees of transactions. */
public enum Isolation {
  /**
   * Only what is committed: nothing of aborted transactions, nor of open ones and what comes after
   * their first record.
   */
  READ_COMMITTED,
  /** Every record that is on disk at a quorum, whatever becomes of its transaction. */
  READ_UNCOMMITTED
}

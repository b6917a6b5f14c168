package dev.leat.broker.runtime;

/** What a consumer wants to see of transactions. */
public enum Isolation {
  /** Only what is committed: nothing of open transactions, nor behind them, nor of aborted ones. */
  READ_COMMITTED,
  /** Every record that is on disk at a quorum, whatever becomes of its transaction. */
  READ_UNCOMMITTED
}

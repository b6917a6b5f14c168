package dev.leat.broker.log.compact;

/** What compaction must know of the transactions of a partition. Any thread may ask. */
public interface Transactions {
  /** There are none. */
  Transactions NONE =
      new Transactions() {
        @Override
        public long lastStableOffset() {
          return Long.MAX_VALUE;
        }

        @Override
        public boolean isAborted(long producerId, long offset) {
          return false;
        }
      };

  /** From here on there may be records of transactions that are not decided: hands off. */
  long lastStableOffset();

  /**
   * Whether a transactional record, or the marker, of this producer at this offset, which is below
   * {@link #lastStableOffset}, belongs to a transaction that was aborted and that readers are still
   * told of.
   */
  boolean isAborted(long producerId, long offset);
}

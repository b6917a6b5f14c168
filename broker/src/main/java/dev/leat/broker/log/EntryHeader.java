package dev.leat.broker.log;

import java.util.List;

/**
 * Everything about an entry but its body. Headers are the keys of the journal: index, offsets,
 * epochs and producer state are rebuilt from them alone.
 *
 * @param group the replica group
 * @param seq number in the group's log, from 1; 0 for kinds outside the log
 * @param epoch epoch of the leader that made it
 * @param kind what the body is
 * @param partition number of the partition within the group; 0 where there is none
 * @param baseOffset offset of the first record; for {@link EntryKind#START} the new start offset
 * @param lastOffsetDelta offset of the last record less {@code baseOffset}
 * @param maxTimestamp largest record timestamp, ms; -1 where there is none
 * @param producers batches of idempotent producers, in order; at most {@link #MAX_PRODUCERS}
 */
public record EntryHeader(
    GroupId group,
    long seq,
    int epoch,
    EntryKind kind,
    int partition,
    long baseOffset,
    int lastOffsetDelta,
    long maxTimestamp,
    List<ProducerSpan> producers) {
  /** As many as fit into a key of LMDB (511 bytes). More batches make another entry. */
  public static final int MAX_PRODUCERS = 19;

  /** Copies the list, checks bounds. */
  public EntryHeader {
    producers = List.copyOf(producers);
    Invariant.check(
        producers.size() <= MAX_PRODUCERS,
        "%d producers in one entry, %d fit",
        producers.size(),
        MAX_PRODUCERS);
    Invariant.check(kind.inLog() == seq > 0, "seq %d of kind %d", seq, kind.code());
  }

  /** A header without offsets and producers. */
  public static EntryHeader plain(GroupId group, long seq, int epoch, EntryKind kind) {
    return new EntryHeader(group, seq, epoch, kind, 0, 0, 0, -1, List.of());
  }

  /** Offset of the last record. */
  public long lastOffset() {
    return baseOffset + lastOffsetDelta;
  }
}

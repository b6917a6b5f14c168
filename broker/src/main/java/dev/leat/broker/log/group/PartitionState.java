package dev.leat.broker.log.group;

import dev.leat.broker.log.AbortedTransactions;
import dev.leat.broker.log.EntryHeader;
import dev.leat.broker.log.Invariant;
import dev.leat.broker.log.PartitionInfo;
import dev.leat.broker.log.PartitionView;
import dev.leat.broker.log.ProducerSpan;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A partition as of the committed log of its group. Its end is its high watermark.
 *
 * <p>Its last stable offset is where the transaction begins that has been open longest, or else its
 * end: all transactions below have ended, and of those that were aborted {@link #aborted} tells.
 */
public final class PartitionState {
  /**
   * Producers without an open transaction that a partition remembers; about 250 bytes each. The one
   * idle longest goes first.
   */
  public static final int MAX_PRODUCERS = 10_000;

  /** Open transactions at which a leader lets no other one begin; about 350 bytes each. */
  public static final int MAX_OPEN = 10_000;

  /** Aborted transactions at which a leader lets no other one begin; 32 bytes each. */
  public static final int MAX_ABORTED = 100_000;

  private final PartitionInfo info;
  private long startOffset;
  private long endOffset;
  private final EpochStarts epochs = new EpochStarts();
  private final PartitionProducers producers = new PartitionProducers();
  private AbortedTransactions aborted = AbortedTransactions.NONE;

  PartitionState(PartitionInfo info, long startOffset, long endOffset) {
    this.info = info;
    this.startOffset = startOffset;
    this.endOffset = endOffset;
  }

  /** Which partition. */
  public PartitionInfo info() {
    return info;
  }

  /** First offset that may be read. */
  public long startOffset() {
    return startOffset;
  }

  /** Offset after the last committed record: the high watermark. */
  public long endOffset() {
    return endOffset;
  }

  /** Offsets at which leader epochs begin. */
  public EpochStarts epochs() {
    return epochs;
  }

  /** Offset below which every transaction has ended; never above the high watermark. */
  public long lastStableOffset() {
    return Math.max(startOffset, producers.firstOpenOffset(endOffset));
  }

  /** Aborted transactions that have records above the start offset. */
  public AbortedTransactions aborted() {
    return aborted;
  }

  /** Number of open transactions. */
  public int openTransactions() {
    return producers.openCount();
  }

  /** What is known of a producer, null if nothing. */
  public @Nullable ProducerState producer(long id) {
    return producers.find(id);
  }

  /**
   * All producers: those with an open transaction in the order in which they began, then the
   * others, the one idle longest first.
   */
  public List<ProducerState> producers() {
    return producers.all();
  }

  /** A copy for readers. */
  public PartitionView view(long uncommittedEnd) {
    return new PartitionView(
        info, startOffset, lastStableOffset(), endOffset, uncommittedEnd, epochs.toList(), aborted);
  }

  void append(EntryHeader header, long clockMs) {
    Invariant.check(
        header.baseOffset() == endOffset,
        "entry begins at offset %d, the partition ends at %d",
        header.baseOffset(),
        endOffset);
    epochs.add(header.epoch(), header.baseOffset());
    endOffset = header.lastOffset() + 1;
    for (ProducerSpan span : header.producers()) {
      append(span, header.baseOffset() + span.offsetDelta(), clockMs);
    }
    producers.shrinkTo(MAX_PRODUCERS);
  }

  private void append(ProducerSpan span, long offset, long clockMs) {
    ProducerState state = producers.take(span.producerId());
    if (state == null) {
      state = new ProducerState(span.producerId(), span.producerEpoch(), clockMs);
    }
    Transaction before = state.transaction();
    state.apply(span, offset, clockMs);
    producers.put(state);
    if (span.isMarker() && !span.commits() && before.isOpen()) {
      aborted =
          aborted.plus(
              new AbortedTransactions.Aborted(
                  span.producerId(),
                  before.firstOffset(),
                  offset,
                  producers.firstOpenOffset(offset + 1)));
    }
  }

  void restore(ProducerState state) {
    producers.put(state);
  }

  void restore(AbortedTransactions.Aborted transaction) {
    aborted = aborted.plus(transaction);
  }

  void moveStart(long offset) {
    if (offset > startOffset) {
      startOffset = Math.min(offset, endOffset);
      epochs.forgetBelow(startOffset);
      aborted = aborted.from(startOffset);
    }
  }

  /** Forgets producers not heard of since {@code beforeMs}. */
  void expire(long beforeMs) {
    producers.expire(beforeMs);
  }

  /** Clock at which the producer idle longest was heard of, or {@code Long.MAX_VALUE}. */
  long oldestProducerMs() {
    return producers.oldestMs();
  }
}

package dev.leat.broker.log.group;

import dev.leat.broker.log.EntryHeader;
import dev.leat.broker.log.Invariant;
import dev.leat.broker.log.PartitionInfo;
import dev.leat.broker.log.PartitionView;
import dev.leat.broker.log.ProducerSpan;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A partition as of the committed log of its group. Its end is its high watermark.
 *
 * <p>Producers are kept in the order in which they were last heard of, so that which one goes when
 * there are too many is the same on every replica.
 */
public final class PartitionState {
  /**
   * Producers that a partition remembers; about 250 bytes each. The one idle longest goes first.
   */
  public static final int MAX_PRODUCERS = 10_000;

  private final PartitionInfo info;
  private long startOffset;
  private long endOffset;
  private final EpochStarts epochs = new EpochStarts();
  private final LinkedHashMap<Long, ProducerState> producers = new LinkedHashMap<>(2);

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

  /** What is known of a producer, null if nothing. */
  public @Nullable ProducerState producer(long id) {
    return producers.get(id);
  }

  /** All producers, the one idle longest first. */
  public Collection<ProducerState> producers() {
    return producers.values();
  }

  /** A copy for readers. */
  public PartitionView view(long uncommittedEnd) {
    return new PartitionView(info, startOffset, endOffset, uncommittedEnd, epochs.toList());
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
      ProducerState state = producers.get(span.producerId());
      if (state == null) {
        state = new ProducerState(span.producerId(), span.producerEpoch(), clockMs);
      }
      state.apply(span, header.baseOffset() + span.offsetDelta(), clockMs);
      put(state);
    }
    while (producers.size() > MAX_PRODUCERS) {
      producers.pollFirstEntry();
    }
  }

  void put(ProducerState state) {
    producers.putLast(state.id(), state);
  }

  void moveStart(long offset) {
    if (offset > startOffset) {
      startOffset = Math.min(offset, endOffset);
      epochs.forgetBelow(startOffset);
    }
  }

  /** Forgets producers not heard of since {@code beforeMs}. */
  void expire(long beforeMs) {
    Map.Entry<Long, ProducerState> first = producers.firstEntry();
    while (first != null && first.getValue().clockMs() < beforeMs) {
      producers.pollFirstEntry();
      first = producers.firstEntry();
    }
  }

  /** Clock at which the producer idle longest was heard of, or {@code Long.MAX_VALUE}. */
  long oldestProducerMs() {
    Map.Entry<Long, ProducerState> first = producers.firstEntry();
    return first == null ? Long.MAX_VALUE : first.getValue().clockMs();
  }
}

package dev.leat.broker.replication;

import dev.leat.broker.log.BatchInfo;
import dev.leat.broker.log.EntryHeader;
import dev.leat.broker.log.PartitionInfo;
import dev.leat.broker.log.ProducerSpan;
import dev.leat.broker.log.group.PartitionState;
import dev.leat.broker.log.group.ProducerState;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A partition as its leader sees it: what is committed, and on top what is appended and not
 * committed yet. Appends are checked against this.
 */
final class PartitionTail {
  private final PartitionInfo info;
  private @Nullable PartitionState committed;
  private final Map<Long, ProducerTail> producers = new HashMap<>(2);
  private long endOffset;
  private boolean deleted;
  private @Nullable EntryBuilder open;

  PartitionTail(PartitionInfo info, @Nullable PartitionState committed) {
    this.info = info;
    this.committed = committed;
    this.endOffset = committed == null ? 0 : committed.endOffset();
  }

  PartitionInfo info() {
    return info;
  }

  long endOffset() {
    return endOffset;
  }

  boolean isDeleted() {
    return deleted;
  }

  void delete() {
    deleted = true;
  }

  /** The entry that this step's batches of the partition go to. */
  @Nullable EntryBuilder open() {
    return open;
  }

  void setOpen(@Nullable EntryBuilder builder) {
    open = builder;
  }

  long committedEnd() {
    return committed == null ? 0 : committed.endOffset();
  }

  void setCommitted(PartitionState state) {
    committed = state;
  }

  /** What is to be done with batches of one producer. */
  Admission admit(AppendPart part) {
    BatchInfo first = part.infos().getFirst();
    if (!first.hasProducer()) {
      return Admission.ALL_NEW;
    }
    return new ProducerRules(
            producers.get(first.producerId()), committedProducer(first.producerId()), isFull())
        .admit(part);
  }

  private @Nullable ProducerState committedProducer(long id) {
    return committed == null ? null : committed.producer(id);
  }

  /** Whether no other transaction may begin: memory is bounded. */
  private boolean isFull() {
    return committed != null
        && (committed.openTransactions() >= PartitionState.MAX_OPEN
            || committed.aborted().size() >= PartitionState.MAX_ABORTED);
  }

  /** Notes a batch at the end; returns its base offset. */
  long append(BatchInfo batch) {
    long offset = endOffset;
    endOffset += batch.count();
    if (batch.hasProducer()) {
      append(batch.span(0), offset);
    }
    return offset;
  }

  /** Notes an entry of the recovered or copied tail. */
  void append(EntryHeader header) {
    endOffset = header.lastOffset() + 1;
    for (ProducerSpan span : header.producers()) {
      append(span, header.baseOffset() + span.offsetDelta());
    }
  }

  private void append(ProducerSpan span, long offset) {
    producers
        .computeIfAbsent(span.producerId(), id -> new ProducerTail(committedProducer(id)))
        .add(span, offset);
  }

  /** An entry has been committed: the state knows its producers now. */
  void onCommitted(EntryHeader header) {
    for (ProducerSpan span : header.producers()) {
      ProducerTail tail = producers.get(span.producerId());
      if (tail != null) {
        tail.removeFirst();
        if (tail.isEmpty()) {
          producers.remove(span.producerId());
        }
      }
    }
  }
}

package dev.leat.broker.replication;

import dev.leat.broker.log.BatchInfo;
import dev.leat.broker.log.EntryHeader;
import dev.leat.broker.log.PartitionInfo;
import dev.leat.broker.log.ProducerSpan;
import dev.leat.broker.log.group.PartitionState;
import dev.leat.broker.log.group.ProducerState;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
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
    ProducerTail tail = producers.get(first.producerId());
    ProducerState state = committed == null ? null : committed.producer(first.producerId());
    if (tail == null && state == null) {
      return first.baseSequence() == 0
          ? checkOrder(part, 0, -1)
          : Admission.refuse(
              Refusal.UNKNOWN_PRODUCER,
              "producer %d is not known here and begins at sequence %d",
              first.producerId(),
              first.baseSequence());
    }
    short epoch = tail != null ? tail.epoch() : Objects.requireNonNull(state).epoch();
    int lastSequence =
        tail != null ? tail.lastSequence() : Objects.requireNonNull(state).lastSequence();
    if (first.producerEpoch() < epoch) {
      return Admission.refuse(
          Refusal.PRODUCER_FENCED, "producer %d has epoch %d by now", first.producerId(), epoch);
    }
    if (first.producerEpoch() > epoch) {
      return checkOrder(part, 0, -1);
    }
    int duplicates = 0;
    long duplicateOffset = -1;
    while (duplicates < part.infos().size()) {
      long offset = offsetOf(part.infos().get(duplicates), tail, state);
      if (offset < 0) {
        break;
      }
      duplicateOffset = duplicates == 0 ? offset : duplicateOffset;
      duplicates++;
    }
    Admission order = checkOrder(part, duplicates, lastSequence);
    return order.isRefused() ? order : Admission.of(duplicates, duplicateOffset);
  }

  private static long offsetOf(
      BatchInfo batch, @Nullable ProducerTail tail, @Nullable ProducerState state) {
    long offset =
        tail == null
            ? -1
            : tail.offsetOf(batch.producerEpoch(), batch.baseSequence(), batch.lastSequence());
    if (offset < 0 && state != null && state.epoch() == batch.producerEpoch()) {
      offset = state.offsetOf(batch.baseSequence(), batch.lastSequence());
    }
    return offset;
  }

  /** Batches from {@code from} on must follow each other, and the first of them lastSequence. */
  private static Admission checkOrder(AppendPart part, int from, int lastSequence) {
    int last = lastSequence;
    for (int i = from; i < part.infos().size(); i++) {
      BatchInfo batch = part.infos().get(i);
      if (batch.baseSequence() != ((last + 1) & Integer.MAX_VALUE)) {
        return Admission.refuse(
            Refusal.OUT_OF_ORDER_SEQUENCE,
            "sequence %d came where %d was expected",
            batch.baseSequence(),
            (last + 1) & Integer.MAX_VALUE);
      }
      last = batch.lastSequence();
    }
    return Admission.ALL_NEW;
  }

  /** Notes a batch at the end; returns its base offset. */
  long append(BatchInfo batch) {
    long offset = endOffset;
    endOffset += batch.count();
    if (batch.hasProducer()) {
      tailOf(batch.producerId())
          .add(batch.producerEpoch(), batch.baseSequence(), batch.lastSequence(), offset);
    }
    return offset;
  }

  /** Notes an entry of the recovered or copied tail. */
  void append(EntryHeader header) {
    endOffset = header.lastOffset() + 1;
    for (ProducerSpan span : header.producers()) {
      tailOf(span.producerId())
          .add(
              span.producerEpoch(),
              span.baseSequence(),
              span.lastSequence(),
              header.baseOffset() + span.offsetDelta());
    }
  }

  private ProducerTail tailOf(long producerId) {
    return producers.computeIfAbsent(producerId, id -> new ProducerTail());
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

package dev.leat.broker.replication;

import dev.leat.broker.log.AbortedTransactions.Aborted;
import dev.leat.broker.log.AppendOrigin;
import dev.leat.broker.log.BatchInfo;
import dev.leat.broker.log.ProducerSpan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a partition must make of transactions, told from the plain list of its batches each time
 * anew: slow, and obviously right.
 */
final class TransactionTwin {
  private static final int REMEMBERED = 5;

  final List<Stored> log = new ArrayList<>();
  long startOffset;

  /** A batch at its offset. */
  record Stored(BatchInfo batch, long offset) {
    long next() {
      return offset + batch.count();
    }
  }

  long end() {
    return log.isEmpty() ? 0 : log.getLast().next();
  }

  private List<Stored> of(long producer) {
    return log.stream().filter(stored -> stored.batch().producerId() == producer).toList();
  }

  /** The batch that would be stored again, or null. */
  @Nullable Stored duplicate(BatchInfo batch) {
    List<Stored> records =
        of(batch.producerId()).stream().filter(stored -> !stored.batch().isMarker()).toList();
    int epoch = epoch(batch.producerId());
    return records.stream()
        .filter(stored -> stored.batch().producerEpoch() == epoch)
        .sorted(Comparator.comparingLong(Stored::offset).reversed())
        .limit(REMEMBERED)
        .filter(
            stored ->
                batch.producerEpoch() == epoch
                    && stored.batch().baseSequence() == batch.baseSequence()
                    && stored.batch().count() == batch.count())
        .findFirst()
        .orElse(null);
  }

  int epoch(long producer) {
    List<Stored> all = of(producer);
    return all.isEmpty() ? -1 : all.getLast().batch().producerEpoch();
  }

  /** First offset of the open transaction, or -1. */
  long open(long producer) {
    long open = -1;
    for (Stored stored : of(producer)) {
      if (stored.batch().isMarker()) {
        open = -1;
      } else if (stored.batch().isTransactional() && open < 0) {
        open = stored.offset();
      }
    }
    return open;
  }

  private @Nullable Stored lastMarker(long producer) {
    List<Stored> markers =
        of(producer).stream().filter(stored -> stored.batch().isMarker()).toList();
    return markers.isEmpty() ? null : markers.getLast();
  }

  int nextSequence(long producer, int epoch) {
    int next = 0;
    for (Stored stored : of(producer)) {
      BatchInfo batch = stored.batch();
      if (batch.producerEpoch() == epoch && !batch.isMarker()) {
        next = batch.lastSequence() + 1;
      }
    }
    return next;
  }

  /** Why a batch that is no duplicate is refused, or null. */
  @Nullable Refusal refusal(BatchInfo batch, AppendOrigin origin) {
    long producer = batch.producerId();
    int epoch = epoch(producer);
    Stored marker = lastMarker(producer);
    if (batch.producerEpoch() < epoch) {
      return Refusal.PRODUCER_FENCED;
    }
    return switch (origin) {
      case AppendOrigin.Marker(boolean bumps) -> {
        if (bumps && batch.producerEpoch() == epoch && open(producer) >= 0) {
          yield Refusal.PRODUCER_FENCED;
        }
        boolean older = marker != null && batch.baseSequence() < marker.batch().baseSequence();
        yield older ? Refusal.COORDINATOR_FENCED : null;
      }
      case AppendOrigin.Coordinator(long from) -> outside(batch, from, marker);
      case AppendOrigin.Producer(long from) -> {
        Refusal outside = outside(batch, from, marker);
        if (outside != null) {
          yield outside;
        }
        if (of(producer).isEmpty() && batch.baseSequence() != 0) {
          yield Refusal.UNKNOWN_PRODUCER;
        }
        boolean inOrder = batch.baseSequence() == nextSequence(producer, batch.producerEpoch());
        yield inOrder ? null : Refusal.OUT_OF_ORDER_SEQUENCE;
      }
    };
  }

  private @Nullable Refusal outside(BatchInfo batch, long verifiedFrom, @Nullable Stored marker) {
    boolean open = open(batch.producerId()) >= 0;
    if (!batch.isTransactional()) {
      return open ? Refusal.INVALID_TXN_STATE : null;
    }
    if (open && batch.producerEpoch() == epoch(batch.producerId())) {
      return null;
    }
    boolean verified = verifiedFrom >= 0 && (marker == null || marker.offset() < verifiedFrom);
    return verified ? null : Refusal.INVALID_TXN_STATE;
  }

  long lastStableOffset() {
    long first =
        log.stream()
            .map(stored -> open(stored.batch().producerId()))
            .filter(offset -> offset >= 0)
            .min(Long::compare)
            .orElse(end());
    return Math.max(startOffset, first);
  }

  /** Producer, first offset and marker of each aborted transaction that can be read. */
  List<Aborted> aborted() {
    List<Aborted> all = new ArrayList<>();
    TransactionTwin past = new TransactionTwin();
    for (Stored stored : log) {
      long open = past.open(stored.batch().producerId());
      past.log.add(stored);
      if (stored.batch().isMarker()
          && (stored.batch().flags() & ProducerSpan.COMMIT) == 0
          && open >= 0
          && stored.offset() >= startOffset) {
        all.add(
            new Aborted(
                stored.batch().producerId(), open, stored.offset(), past.lastStableOffset()));
      }
    }
    return all;
  }
}

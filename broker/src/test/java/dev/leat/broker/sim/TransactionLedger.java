package dev.leat.broker.sim;

import dev.leat.broker.log.AbortedTransactions.Aborted;
import dev.leat.broker.log.EntryHeader;
import dev.leat.broker.log.ProducerSpan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the committed batches say of transactions, at each high watermark that there was. */
final class TransactionLedger {
  private final Map<Integer, Partition> partitions = new HashMap<>();

  private static final class Partition {
    final Map<Long, Long> open = new HashMap<>();
    final List<Aborted> aborted = new ArrayList<>();
    final TreeMap<Long, Long> lastStable = new TreeMap<>(Map.of(0L, 0L));
  }

  void commit(EntryHeader header) {
    Partition partition = partitions.computeIfAbsent(header.partition(), number -> new Partition());
    for (ProducerSpan span : header.producers()) {
      commit(partition, span, header.baseOffset() + span.offsetDelta());
    }
    long end = header.lastOffset() + 1;
    partition.lastStable.put(end, partition.open.values().stream().min(Long::compare).orElse(end));
  }

  private static void commit(Partition partition, ProducerSpan span, long offset) {
    if (!span.isMarker()) {
      if (span.isTransactional()) {
        partition.open.putIfAbsent(span.producerId(), offset);
      }
      return;
    }
    Long first = partition.open.remove(span.producerId());
    if (first != null && !span.commits()) {
      long stable = partition.open.values().stream().min(Long::compare).orElse(offset + 1);
      partition.aborted.add(new Aborted(span.producerId(), first, offset, stable));
    }
  }

  /** Last stable offset at a high watermark. */
  long lastStable(int number, long highWatermark) {
    Partition partition = partitions.get(number);
    return partition == null ? highWatermark : partition.lastStable.get(highWatermark);
  }

  /** Transactions whose abort marker lies from the start offset up to a high watermark. */
  List<Aborted> aborted(int number, long start, long highWatermark) {
    Partition partition = partitions.get(number);
    return partition == null
        ? List.of()
        : partition.aborted.stream()
            .filter(a -> a.markerOffset() >= start && a.markerOffset() < highWatermark)
            .toList();
  }
}

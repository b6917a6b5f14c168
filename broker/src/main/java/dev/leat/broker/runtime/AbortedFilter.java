package dev.leat.broker.runtime;

import dev.leat.api.batch.BatchFormat;
import dev.leat.broker.log.AbortedTransactions.Aborted;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Leaves out batches of aborted transactions. Markers stay: by them a consumer that is given
 * batches knows how far it has read.
 */
final class AbortedFilter {
  private final Map<Long, ArrayDeque<Aborted>> byProducer = new HashMap<>();
  private final List<ByteBuffer> visible = new ArrayList<>();

  private AbortedFilter(List<Aborted> aborted) {
    for (Aborted transaction : aborted) {
      byProducer
          .computeIfAbsent(transaction.producerId(), id -> new ArrayDeque<>(2))
          .add(transaction);
    }
  }

  /**
   * What is left of batches.
   *
   * @param batches in order of offset
   * @param aborted all that have records among them, in the order of their markers
   */
  static List<ByteBuffer> visible(List<ByteBuffer> batches, List<Aborted> aborted) {
    if (aborted.isEmpty()) {
      return batches;
    }
    AbortedFilter filter = new AbortedFilter(aborted);
    batches.forEach(filter::add);
    return filter.visible;
  }

  private void add(ByteBuffer batches) {
    int begin = batches.position();
    for (int at = begin; at < batches.limit(); ) {
      int next = at + BatchFormat.sizeBytes(batches, at);
      if (isAborted(batches, at)) {
        addSlice(batches, begin, at);
        begin = next;
      }
      at = next;
    }
    addSlice(batches, begin, batches.limit());
  }

  private void addSlice(ByteBuffer batches, int begin, int end) {
    if (end > begin) {
      visible.add(batches.slice(begin, end - begin));
    }
  }

  private boolean isAborted(ByteBuffer batches, int at) {
    if (!BatchFormat.isTransactional(batches, at) || BatchFormat.isControl(batches, at)) {
      return false;
    }
    ArrayDeque<Aborted> ofProducer = byProducer.get(BatchFormat.producerId(batches, at));
    if (ofProducer == null) {
      return false;
    }
    long offset = BatchFormat.baseOffset(batches, at);
    while (!ofProducer.isEmpty() && ofProducer.peek().markerOffset() < offset) {
      ofProducer.remove();
    }
    return !ofProducer.isEmpty() && ofProducer.peek().firstOffset() <= offset;
  }
}

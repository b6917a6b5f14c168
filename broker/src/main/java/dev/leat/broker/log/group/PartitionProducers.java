package dev.leat.broker.log.group;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Producers that a partition remembers. Those without an open transaction are kept in the order in
 * which they were last heard of, so that which one goes when there are too many is the same on
 * every replica. Who has an open transaction never goes.
 */
final class PartitionProducers {
  private final LinkedHashMap<Long, ProducerState> idle = new LinkedHashMap<>(2);
  // Most partitions never see a transaction.
  private @Nullable Open open;

  /** Producers with an open transaction, by id and by the offset where it begins. */
  private static final class Open {
    final Map<Long, ProducerState> byId = new HashMap<>();
    final TreeMap<Long, ProducerState> byOffset = new TreeMap<>();
  }

  /** What is known of a producer, null if nothing. */
  @Nullable ProducerState find(long id) {
    ProducerState found = idle.get(id);
    return found != null || open == null ? found : open.byId.get(id);
  }

  /** All: the open ones in the order of their first offset, then the others, idle longest first. */
  List<ProducerState> all() {
    List<ProducerState> all = new ArrayList<>(idle.size() + openCount());
    if (open != null) {
      all.addAll(open.byOffset.values());
    }
    all.addAll(idle.values());
    return all;
  }

  int openCount() {
    return open == null ? 0 : open.byId.size();
  }

  /** First offset of the transaction that has been open longest, or {@code otherwise}. */
  long firstOpenOffset(long otherwise) {
    return open == null || open.byOffset.isEmpty() ? otherwise : open.byOffset.firstKey();
  }

  /** Takes a producer out, to be changed and {@link #put} back. */
  @Nullable ProducerState take(long id) {
    ProducerState taken = idle.remove(id);
    if (taken == null && open != null) {
      taken = open.byId.remove(id);
      if (taken != null) {
        open.byOffset.remove(taken.transaction().firstOffset());
      }
    }
    return taken;
  }

  /** Puts a producer in as the one heard of last. */
  void put(ProducerState state) {
    if (!state.transaction().isOpen()) {
      idle.putLast(state.id(), state);
      return;
    }
    if (open == null) {
      open = new Open();
    }
    open.byId.put(state.id(), state);
    open.byOffset.put(state.transaction().firstOffset(), state);
  }

  /** Forgets who has been idle longest until {@code count} are left. */
  void shrinkTo(int count) {
    while (idle.size() > count) {
      idle.pollFirstEntry();
    }
  }

  /** Forgets producers not heard of since {@code beforeMs}. */
  void expire(long beforeMs) {
    Iterator<ProducerState> oldest = idle.values().iterator();
    while (oldest.hasNext() && oldest.next().clockMs() < beforeMs) {
      oldest.remove();
    }
  }

  /** When the one idle longest was heard of, ms, or {@code Long.MAX_VALUE}. */
  long oldestMs() {
    Map.Entry<Long, ProducerState> first = idle.firstEntry();
    return first == null ? Long.MAX_VALUE : first.getValue().clockMs();
  }
}

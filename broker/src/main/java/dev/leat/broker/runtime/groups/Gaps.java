package dev.leat.broker.runtime.groups;

import dev.leat.broker.runtime.groups.GroupCoordination.Slot;
import dev.leat.broker.runtime.groups.QueueCoordination.Handout;
import dev.leat.broker.runtime.groups.QueueCoordination.Locked;
import dev.leat.broker.runtime.groups.QueueCoordination.Piece;
import dev.leat.broker.runtime.groups.QueueCoordination.Verdict;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Offsets that were locked and have no record: of markers, and of what compaction has left out. */
final class Gaps {
  private Gaps() {}

  /**
   * All gaps of a handout.
   *
   * @param records offsets of the records in it, in order
   */
  static List<Verdict> of(Handout handout, Map<Slot, List<Long>> records) {
    List<Verdict> gaps = new ArrayList<>();
    for (Piece piece : handout.pieces()) {
      Iterator<Long> offsets = records.getOrDefault(piece.slot(), List.of()).iterator();
      Long next = next(offsets);
      for (Locked locked : piece.locked()) {
        long from = locked.first();
        while (next != null && next <= locked.last()) {
          add(gaps, piece.slot(), from, next - 1);
          from = next + 1;
          next = next(offsets);
        }
        add(gaps, piece.slot(), from, locked.last());
      }
    }
    return gaps;
  }

  private static @Nullable Long next(Iterator<Long> offsets) {
    return offsets.hasNext() ? offsets.next() : null;
  }

  private static void add(List<Verdict> gaps, Slot slot, long first, long last) {
    if (first <= last) {
      gaps.add(new Verdict(slot, first, last, Verdict.Kind.GAP));
    }
  }
}

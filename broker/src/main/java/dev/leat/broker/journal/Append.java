package dev.leat.broker.journal;

import dev.leat.broker.journal.segment.Room;
import dev.leat.broker.log.Entry;
import dev.leat.broker.log.EntryKind;
import java.util.ArrayList;
import java.util.List;

/**
 * Entries that become durable together.
 *
 * @param entries in order
 * @param ticket what the caller calls them: once they are durable, so is all up to this ticket
 * @param sizeBytes bytes of their bodies
 * @param roomBytes bytes that they take in a segment, at most
 */
record Append(List<Entry> entries, long ticket, long sizeBytes, long roomBytes) {
  /**
   * What is appended at once, in pieces of about this size, so that each fits into a segment. It is
   * parted between batches only, of which a prefix is as good as the whole: whatever else is
   * appended together becomes durable together.
   */
  static List<Append> inPieces(List<Entry> entries, long ticket, long maxBytes) {
    Append whole = of(entries, ticket);
    if (whole.sizeBytes() <= maxBytes) {
      return List.of(whole);
    }
    List<Append> pieces = new ArrayList<>();
    int from = 0;
    long size = 0;
    for (int i = 0; i < entries.size(); i++) {
      long next = entries.get(i).sizeBytes();
      if (i > from
          && size + next > maxBytes
          && isBatches(entries, i - 1)
          && isBatches(entries, i)) {
        pieces.add(of(entries.subList(from, i), ticket - 1));
        from = i;
        size = 0;
      }
      size += next;
    }
    pieces.add(of(entries.subList(from, entries.size()), ticket));
    return pieces;
  }

  private static boolean isBatches(List<Entry> entries, int index) {
    return entries.get(index).header().kind() == EntryKind.BATCHES;
  }

  static Append of(List<Entry> entries, long ticket) {
    long size = 0;
    for (int i = 0; i < entries.size(); i++) {
      size += entries.get(i).sizeBytes();
    }
    return new Append(entries, ticket, size, Room.bytesFor(entries));
  }
}

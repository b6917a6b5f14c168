package dev.leat.broker.journal;

import dev.leat.broker.journal.segment.Room;
import dev.leat.broker.log.Entry;
import java.util.List;

/**
 * Entries that become durable together.
 *
 * @param entries in order
 * @param ticket what the caller calls them
 * @param sizeBytes bytes of their bodies
 * @param roomBytes bytes that they take in a segment, at most
 */
record Append(List<Entry> entries, long ticket, long sizeBytes, long roomBytes) {
  static Append of(List<Entry> entries, long ticket) {
    long size = 0;
    for (int i = 0; i < entries.size(); i++) {
      size += entries.get(i).sizeBytes();
    }
    return new Append(entries, ticket, size, Room.bytesFor(entries));
  }
}

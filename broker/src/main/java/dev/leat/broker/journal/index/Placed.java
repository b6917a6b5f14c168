package dev.leat.broker.journal.index;

import dev.leat.broker.log.EntryHeader;

/**
 * An entry that has been written.
 *
 * @param header its header
 * @param position its position in the journal
 * @param sizeBytes bytes of its body
 */
public record Placed(EntryHeader header, long position, int sizeBytes) {
  long baseOffset() {
    return header.baseOffset();
  }

  long lastOffset() {
    return header.lastOffset();
  }

  long maxTimestamp() {
    return header.maxTimestamp();
  }
}

package dev.leat.broker.log.compact;

import dev.leat.broker.log.MovedRange;
import dev.leat.broker.log.SegmentSummary.PartitionPart;
import java.util.List;

/** Makes ranges of parts. */
final class Ranges {
  private Ranges() {}

  /** Parts of a partition, one after the other, as they are. */
  static MovedRange of(List<LivePart> parts) {
    long compactedTo = Long.MAX_VALUE;
    for (LivePart part : parts) {
      compactedTo = Math.min(compactedTo, part.part().compactedTo());
    }
    return of(parts, compactedTo);
  }

  /** Parts of a partition, one after the other, as they will be. */
  static MovedRange of(List<LivePart> parts, long compactedTo) {
    PartitionPart first = parts.getFirst().part();
    long sizeBytes = 0;
    for (LivePart part : parts) {
      sizeBytes += part.part().sizeBytes();
    }
    return new MovedRange(
        first.group(),
        first.partition(),
        first.firstOffset(),
        parts.getLast().part().lastOffset(),
        parts.getFirst().startOffset(),
        compactedTo,
        sizeBytes);
  }
}

package dev.leat.broker.journal.verify;

import dev.leat.broker.journal.segment.EntryKey;
import dev.leat.broker.log.EntryKind;
import org.jspecify.annotations.Nullable;

/**
 * Checks the order of the entries of a segment that they were moved to: groups, partitions, and
 * offsets only go up.
 */
final class MovedOrder {
  private int group = -1;
  private int partition = -1;
  private long lastOffset = -1;

  /** What is wrong with the next entry, or null. */
  @Nullable String next(EntryKey key) {
    if (key.kind() != EntryKind.MOVED) {
      return "entry of kind " + key.kind() + " among moved ones";
    }
    boolean same = key.group() == group && key.partition() == partition;
    boolean after = key.group() > group || key.group() == group && key.partition() > partition;
    String wrong = null;
    if (!same && !after || same && key.baseOffset() <= lastOffset) {
      wrong =
          "offset %d of partition %d in group %d follows offset %d of partition %d in group %d"
              .formatted(
                  key.baseOffset(), key.partition(), key.group(), lastOffset, partition, group);
    }
    group = key.group();
    partition = key.partition();
    lastOffset = key.lastOffset();
    return wrong;
  }
}

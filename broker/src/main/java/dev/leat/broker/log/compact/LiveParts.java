package dev.leat.broker.log.compact;

import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.RetentionPlan.Retention;
import dev.leat.broker.log.RetentionPlan.Retentions;
import dev.leat.broker.log.SegmentSummary;
import dev.leat.broker.log.SegmentSummary.PartitionPart;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/** What sealed segments hold that is alive, by partition and in order of offset. */
final class LiveParts {
  private static final Comparator<PartitionId> ORDER =
      Comparator.comparing(PartitionId::group).thenComparingInt(PartitionId::number);

  private final TreeMap<PartitionId, List<LivePart>> parts = new TreeMap<>(ORDER);

  LiveParts(List<SegmentSummary> segments, Retentions retentions) {
    for (SegmentSummary segment : segments) {
      if (segment.sealed()) {
        for (PartitionPart part : segment.partitions()) {
          Retention retention = retentions.of(part.group(), part.partition());
          if (isAlive(part, retention)) {
            add(new LivePart(segment.id(), part, start(retention)));
          }
        }
      }
    }
    parts.values().forEach(of -> of.sort(Comparator.comparingLong(p -> p.part().firstOffset())));
  }

  /** A partition of this broker: its group, and its number within that. */
  record PartitionId(GroupId group, int number) {}

  private void add(LivePart part) {
    PartitionId id = new PartitionId(part.part().group(), part.part().partition());
    parts.computeIfAbsent(id, absent -> new ArrayList<>()).add(part);
  }

  /** The parts of each partition, in order of partition and of offset. */
  Collection<List<LivePart>> all() {
    return parts.values();
  }

  private static boolean isAlive(PartitionPart part, Retention retention) {
    return switch (retention) {
      case Retention.Everything everything -> true;
      case Retention.Nothing nothing -> false;
      case Retention.Limited limited -> part.lastOffset() >= limited.startOffset();
    };
  }

  private static long start(Retention retention) {
    return retention instanceof Retention.Limited limited ? limited.startOffset() : 0;
  }
}

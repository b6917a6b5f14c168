package dev.leat.broker.log.compact;

import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.MovedRange;
import dev.leat.broker.log.RetentionPlan.Retentions;
import dev.leat.broker.log.SegmentSummary;
import dev.leat.broker.log.SegmentSummary.PartitionPart;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Which partitions are to be compacted: those whose part that nobody has looked at since the last
 * time is large enough, or too old; the dirtiest first.
 *
 * <p>Only sealed segments are looked at: what is in them is committed, and where this replica
 * begins after a restart is on disk.
 */
public record CompactionPlan(List<Work> partitions) {

  /**
   * How a partition is compacted.
   *
   * @param endOffset nothing from here on is touched: it is not committed, or its transaction is
   *     not decided
   * @param minLagMs records stay this long in any case, ms
   * @param maxLagMs records older than this are compacted in any case, ms
   * @param minDirtyRatio part of the bytes that must be new before it is worth it, 0 to 1
   * @param deleteRetentionMs tombstones stay readable for this long, ms
   */
  public record Rules(
      long endOffset, long minLagMs, long maxLagMs, double minDirtyRatio, long deleteRetentionMs) {}

  /** Where to find the rules of a partition. */
  public interface RulesOf {
    /** Those of this partition; empty if it is not compacted. */
    Optional<Rules> of(GroupId group, int partition);
  }

  /**
   * A partition to be compacted.
   *
   * @param group the group
   * @param partition number within the group
   * @param startOffset its start offset
   * @param dirtyFrom up to here, no record supersedes another
   * @param lastOffset last offset that is compacted
   * @param dirtyBytes bytes of parts with records from {@code dirtyFrom} on
   * @param dirtyRatio these, of all bytes
   * @param rules its rules
   * @param parts what is compacted, in order
   */
  public record Work(
      GroupId group,
      int partition,
      long startOffset,
      long dirtyFrom,
      long lastOffset,
      long dirtyBytes,
      double dirtyRatio,
      Rules rules,
      List<LivePart> parts) {

    /** Bytes of all that is compacted. */
    public long totalBytes() {
      return parts.stream().mapToLong(part -> part.part().sizeBytes()).sum();
    }

    /** Most records that can be new. */
    public long dirtyRecords() {
      return lastOffset + 1 - Math.max(startOffset, dirtyFrom);
    }

    /**
     * What is to be rewritten, in pieces that fit into a segment each.
     *
     * @param mapEnd keys are known of records below this offset
     * @param segmentBytes bytes of a segment
     */
    public List<MovedRange> ranges(long mapEnd, long segmentBytes) {
      List<MovedRange> ranges = new ArrayList<>();
      List<LivePart> open = new ArrayList<>();
      long openBytes = 0;
      for (LivePart part : parts) {
        if (part.part().firstOffset() >= mapEnd) {
          break;
        }
        if (!open.isEmpty() && openBytes + part.part().sizeBytes() > segmentBytes) {
          ranges.add(Ranges.of(open, mapEnd));
          open.clear();
          openBytes = 0;
        }
        open.add(part);
        openBytes += part.part().sizeBytes();
      }
      if (!open.isEmpty()) {
        ranges.add(Ranges.of(open, mapEnd));
      }
      return ranges;
    }
  }

  /**
   * Plans.
   *
   * @param summaries all segments
   * @param retentions what is alive
   * @param rules how each partition is compacted
   * @param nowMs wall clock, ms since the Unix epoch
   */
  public static CompactionPlan of(
      List<SegmentSummary> summaries, Retentions retentions, RulesOf rules, long nowMs) {
    List<Work> work = new ArrayList<>();
    for (List<LivePart> parts : new LiveParts(summaries, retentions).all()) {
      PartitionPart first = parts.getFirst().part();
      rules
          .of(first.group(), first.partition())
          .flatMap(found -> work(parts, found, nowMs))
          .ifPresent(work::add);
    }
    work.sort(Comparator.comparingDouble(Work::dirtyRatio).reversed());
    return new CompactionPlan(work);
  }

  /** Bytes that are dirty, in all partitions that are to be compacted. */
  public long dirtyBytes() {
    return partitions.stream().mapToLong(Work::dirtyBytes).sum();
  }

  private static Optional<Work> work(List<LivePart> all, Rules rules, long nowMs) {
    List<LivePart> parts = all.subList(0, countCompactable(all, rules, nowMs));
    if (parts.isEmpty()) {
      return Optional.empty();
    }
    long dirtyFrom = dirtyFrom(parts);
    long totalBytes = 0;
    long dirtyBytes = 0;
    long oldestMs = Long.MAX_VALUE;
    for (LivePart part : parts) {
      totalBytes += part.part().sizeBytes();
      if (part.part().lastOffset() >= dirtyFrom) {
        dirtyBytes += part.part().sizeBytes();
        oldestMs = Math.min(oldestMs, part.part().maxTimestamp());
      }
    }
    double ratio = totalBytes == 0 ? 0 : (double) dirtyBytes / totalBytes;
    boolean tooOld = dirtyBytes > 0 && oldestMs < nowMs - rules.maxLagMs();
    if (!tooOld && (dirtyBytes == 0 || ratio < rules.minDirtyRatio())) {
      return Optional.empty();
    }
    LivePart first = parts.getFirst();
    return Optional.of(
        new Work(
            first.part().group(),
            first.part().partition(),
            first.startOffset(),
            dirtyFrom,
            parts.getLast().part().lastOffset(),
            dirtyBytes,
            ratio,
            rules,
            List.copyOf(parts)));
  }

  private static int countCompactable(List<LivePart> parts, Rules rules, long nowMs) {
    int count = 0;
    while (count < parts.size()) {
      PartitionPart part = parts.get(count).part();
      boolean tooYoung = rules.minLagMs() > 0 && part.maxTimestamp() > nowMs - rules.minLagMs();
      if (part.lastOffset() >= rules.endOffset() || tooYoung) {
        break;
      }
      count++;
    }
    return count;
  }

  /** Of parts that were compacted, at the begin, the least offset up to which they were. */
  private static long dirtyFrom(List<LivePart> parts) {
    long compactedTo = Long.MAX_VALUE;
    long end = 0;
    for (LivePart part : parts) {
      if (part.part().compactedTo() == PartitionPart.NEVER) {
        break;
      }
      compactedTo = Math.min(compactedTo, part.part().compactedTo());
      end = part.part().lastOffset() + 1;
    }
    return Math.min(compactedTo, end);
  }
}

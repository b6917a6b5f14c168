package dev.leat.broker.log.compact;

import dev.leat.broker.log.MovedRange;
import dev.leat.broker.log.RetentionPlan.Retentions;
import dev.leat.broker.log.SegmentSummary;
import dev.leat.broker.log.SegmentSummary.PartitionPart;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which segments are to be emptied: those that are mostly dead, oldest first, until what lives in
 * them fills one segment. What is alive in them is copied there, clustered by partition; then they
 * hold nothing any more and are released.
 *
 * <p>What has survived that once lies among others that did, so it is seldom copied again. Small
 * segments of survivors are put together when there are several.
 *
 * @param ranges what is to be moved, in order of group and partition
 * @param segments the segments that hold nothing alive afterwards
 */
public record EvacuationPlan(List<MovedRange> ranges, List<Long> segments) {
  /** A segment is mostly dead if less than this part of its file is alive. */
  private static final double MOSTLY_DEAD = 0.5;

  /** On a disk that is nearly full, any room is worth a copy. */
  private static final double MOSTLY_DEAD_WHEN_FULL = 0.9;

  /** Less than 1/16 of a segment is not worth a copy. */
  private static final int MIN_GAIN_DIVISOR = 16;

  /** A segment of survivors with a file below 1/4 of a segment is small. */
  private static final int SMALL_DIVISOR = 4;

  /** So many small segments are put together. */
  private static final int SMALL_SEGMENTS = 4;

  /**
   * Most offsets from the first to the last one of a partition in a segment: its index has 40 bits
   * for them.
   */
  private static final long MAX_SPAN = 1L << 39;

  /** Nothing to do. */
  public boolean isEmpty() {
    return ranges.isEmpty();
  }

  /**
   * Plans.
   *
   * @param summaries all segments
   * @param retentions what is alive
   */
  public static EvacuationPlan of(
      List<SegmentSummary> summaries, Retentions retentions, Limits limits) {
    return new Planner(summaries, new LiveParts(summaries, retentions), limits)
        .plan(limits.full() ? MOSTLY_DEAD_WHEN_FULL : MOSTLY_DEAD);
  }

  /**
   * What bounds a plan.
   *
   * @param segmentBytes bytes of a segment
   * @param full whether the disk is nearly full
   * @param excluded segments that are left alone
   */
  public record Limits(long segmentBytes, boolean full, Set<Long> excluded) {}

  private static final class Planner {
    private final List<SegmentSummary> sealed;
    private final LiveParts live;
    private final long segmentBytes;
    private final Set<Long> excluded;
    private final Map<Long, Long> liveBytes = new HashMap<>();

    /** Of each segment: the partitions in it, and the number of its part among theirs. */
    private final Map<Long, Map<List<LivePart>, Integer>> places = new HashMap<>();

    /** Of each partition, the parts that are moved: from, up to and including. */
    private final Map<List<LivePart>, int[]> chosen = new IdentityHashMap<>();

    private final List<Long> victims = new ArrayList<>();
    private long chosenBytes;

    Planner(List<SegmentSummary> summaries, LiveParts live, Limits limits) {
      this.sealed =
          summaries.stream()
              .filter(SegmentSummary::sealed)
              .sorted(Comparator.comparingLong(SegmentSummary::id))
              .toList();
      this.live = live;
      this.segmentBytes = limits.segmentBytes();
      this.excluded = limits.excluded();
      for (List<LivePart> parts : live.all()) {
        for (int i = 0; i < parts.size(); i++) {
          LivePart part = parts.get(i);
          liveBytes.merge(part.segment(), part.part().sizeBytes(), Long::sum);
          places.computeIfAbsent(part.segment(), id -> new IdentityHashMap<>()).put(parts, i);
        }
      }
    }

    EvacuationPlan plan(double mostlyDead) {
      for (SegmentSummary segment : sealed) {
        long alive = liveBytes(segment);
        boolean worthIt =
            alive > 0
                && alive < mostlyDead * segment.sizeBytes()
                && segment.sizeBytes() - alive >= segmentBytes / MIN_GAIN_DIVISOR;
        if (worthIt) {
          choose(segment);
        }
      }
      if (victims.isEmpty()) {
        putTogether();
      }
      return new EvacuationPlan(ranges(), victims);
    }

    private long liveBytes(SegmentSummary segment) {
      return liveBytes.getOrDefault(segment.id(), 0L);
    }

    private void putTogether() {
      List<SegmentSummary> small =
          sealed.stream()
              .filter(segment -> segment.kind() == SegmentSummary.Kind.MOVED)
              .filter(segment -> segment.sizeBytes() < segmentBytes / SMALL_DIVISOR)
              .filter(segment -> liveBytes(segment) > 0)
              .toList();
      if (small.size() >= SMALL_SEGMENTS) {
        small.forEach(this::choose);
        if (victims.size() < 2) {
          victims.clear();
          chosen.clear();
        }
      }
    }

    /** Chooses a segment, if that leaves each of its partitions in one piece. */
    private void choose(SegmentSummary segment) {
      Map<List<LivePart>, Integer> in = places.getOrDefault(segment.id(), Map.of());
      if (excluded.contains(segment.id())) {
        return;
      }
      boolean fits = victims.isEmpty() || chosenBytes + liveBytes(segment) <= segmentBytes;
      if (fits && in.entrySet().stream().allMatch(e -> touches(e.getKey(), e.getValue()))) {
        in.forEach(this::extend);
        victims.add(segment.id());
        chosenBytes += liveBytes(segment);
      }
    }

    private boolean touches(List<LivePart> parts, int index) {
      int[] range = chosen.get(parts);
      if (range == null) {
        return true;
      }
      boolean next = index == range[0] - 1 || index == range[1] + 1;
      PartitionPart part = parts.get(index).part();
      PartitionPart first = parts.get(Math.min(index, range[0])).part();
      PartitionPart last = parts.get(Math.max(index, range[1])).part();
      // Among parts that were never compacted, one that was would have to be compacted again.
      boolean same = (part.compactedTo() == 0) == (parts.get(range[0]).part().compactedTo() == 0);
      return next && same && last.lastOffset() - first.firstOffset() < MAX_SPAN;
    }

    private void extend(List<LivePart> parts, int index) {
      int[] range = chosen.computeIfAbsent(parts, absent -> new int[] {index, index});
      range[0] = Math.min(range[0], index);
      range[1] = Math.max(range[1], index);
    }

    private List<MovedRange> ranges() {
      List<MovedRange> ranges = new ArrayList<>();
      for (List<LivePart> parts : live.all()) {
        int[] range = chosen.get(parts);
        if (range != null) {
          ranges.add(Ranges.of(parts.subList(range[0], range[1] + 1)));
        }
      }
      return ranges;
    }
  }
}

package dev.leat.broker.log;

import dev.leat.broker.log.SegmentSummary.PartitionPart;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/**
 * What may go: by age, by size, or because its partition is deleted. Whole parts of a partition in
 * a segment go, oldest first; a part goes by time when its newest record is too old, and by size
 * when what is left without it is still enough.
 *
 * <p>Start offsets are proposed by the group's leader and count once they are committed. Only then
 * is a segment dead, on every replica by its own plan.
 *
 * @param starts new start offsets to propose
 * @param deadSegments sealed segments that hold nothing needed any more, to be released
 */
public record RetentionPlan(List<NewStart> starts, List<Long> deadSegments) {

  /**
   * A start offset to propose.
   *
   * @param group the group
   * @param partition number within the group
   * @param startOffset first offset to keep
   */
  public record NewStart(GroupId group, int partition, long startOffset) {}

  /** What is to be kept of a partition. */
  public sealed interface Retention {
    /** Everything; also of partitions about which nothing is known (yet). */
    record Everything() implements Retention {}

    /** Nothing: the partition is deleted, and that is committed. */
    record Nothing() implements Retention {}

    /**
     * Something.
     *
     * @param startOffset committed start offset
     * @param highWatermark nothing from here on goes
     * @param timeMs records this old go; {@link #UNLIMITED}
     * @param sizeBytes this much is kept; {@link #UNLIMITED}
     */
    record Limited(long startOffset, long highWatermark, long timeMs, long sizeBytes)
        implements Retention {}

    /** No limit. */
    long UNLIMITED = -1;
  }

  /** Where to find the retention of a partition. */
  public interface Retentions {
    /** That of this partition. */
    Retention of(GroupId group, int partition);
  }

  private record Key(GroupId group, int partition) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int order = group.compareTo(other.group);
      return order != 0 ? order : Integer.compare(partition, other.partition);
    }
  }

  /**
   * Plans.
   *
   * @param segments all segments, in order of position
   * @param retentions what to keep
   * @param nowMs wall clock, ms since the Unix epoch
   */
  public static RetentionPlan of(List<SegmentSummary> segments, Retentions retentions, long nowMs) {
    return new RetentionPlan(
        newStarts(segments, retentions, nowMs), deadSegments(segments, retentions));
  }

  private static List<NewStart> newStarts(
      List<SegmentSummary> segments, Retentions retentions, long nowMs) {
    TreeMap<Key, List<PartitionPart>> parts = new TreeMap<>();
    for (SegmentSummary segment : segments) {
      for (PartitionPart part : segment.partitions()) {
        parts
            .computeIfAbsent(new Key(part.group(), part.partition()), key -> new ArrayList<>())
            .add(part);
      }
    }
    // What was moved lies in younger segments than what came after it.
    parts.values().forEach(of -> of.sort(Comparator.comparingLong(PartitionPart::firstOffset)));
    List<NewStart> starts = new ArrayList<>();
    parts.forEach(
        (key, of) -> {
          if (retentions.of(key.group(), key.partition()) instanceof Retention.Limited limited) {
            long start = newStart(of, limited, nowMs);
            if (start > limited.startOffset()) {
              starts.add(new NewStart(key.group(), key.partition(), start));
            }
          }
        });
    return starts;
  }

  private static long newStart(List<PartitionPart> parts, Retention.Limited limited, long nowMs) {
    long sizeBytes = 0;
    for (PartitionPart part : parts) {
      sizeBytes += part.lastOffset() < limited.startOffset() ? 0 : part.sizeBytes();
    }
    long start = limited.startOffset();
    for (PartitionPart part : parts) {
      if (part.lastOffset() < start) {
        continue;
      }
      long rest = sizeBytes - part.sizeBytes();
      boolean tooMuch = limited.sizeBytes() >= 0 && rest >= limited.sizeBytes();
      boolean tooOld =
          limited.timeMs() >= 0
              && part.maxTimestamp() >= 0
              && part.maxTimestamp() < nowMs - limited.timeMs();
      if (part.lastOffset() >= limited.highWatermark() || !(tooMuch || tooOld)) {
        break;
      }
      start = part.lastOffset() + 1;
      sizeBytes = rest;
    }
    return start;
  }

  private static List<Long> deadSegments(List<SegmentSummary> segments, Retentions retentions) {
    List<Long> dead = new ArrayList<>();
    // Recovery begins with the checkpoint of the newest sealed segment: that one stays.
    long newestSealed =
        segments.stream()
            .filter(segment -> segment.kind() == SegmentSummary.Kind.SEALED)
            .mapToLong(SegmentSummary::id)
            .max()
            .orElse(-1);
    for (SegmentSummary segment : segments) {
      if (segment.sealed()
          && segment.id() != newestSealed
          && segment.partitions().stream().allMatch(part -> isDead(part, retentions))) {
        dead.add(segment.id());
      }
    }
    return dead;
  }

  private static boolean isDead(PartitionPart part, Retentions retentions) {
    return switch (retentions.of(part.group(), part.partition())) {
      case Retention.Everything e -> false;
      case Retention.Nothing n -> true;
      case Retention.Limited limited -> part.lastOffset() < limited.startOffset();
    };
  }
}

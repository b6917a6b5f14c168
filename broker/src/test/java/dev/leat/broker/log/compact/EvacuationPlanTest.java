package dev.leat.broker.log.compact;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.MovedRange;
import dev.leat.broker.log.RetentionPlan.Retention;
import dev.leat.broker.log.SegmentSummary;
import dev.leat.broker.log.SegmentSummary.Kind;
import dev.leat.broker.log.SegmentSummary.PartitionPart;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class EvacuationPlanTest {
  private static final GroupId GROUP = GroupId.of(1, 0);
  private static final long SEGMENT_BYTES = 64_000;

  private final Map<Integer, Long> starts = new HashMap<>();

  private EvacuationPlan plan(boolean full, SegmentSummary... segments) {
    return EvacuationPlan.of(
        List.of(segments),
        (group, partition) ->
            new Retention.Limited(starts.getOrDefault(partition, 0L), 1 << 30, -1, -1),
        new EvacuationPlan.Limits(SEGMENT_BYTES, full, Set.of()));
  }

  private static SegmentSummary sealed(long id, PartitionPart... parts) {
    return new SegmentSummary(id, Kind.SEALED, SEGMENT_BYTES, List.of(parts));
  }

  private static PartitionPart part(int partition, long firstOffset, long bytes) {
    return new PartitionPart(GROUP, partition, firstOffset, firstOffset + 99, bytes, 0);
  }

  @Test
  void shouldEmptyMostlyDeadSegmentsTogether() {
    starts.put(1, 1_000L);

    EvacuationPlan plan =
        plan(
            false,
            sealed(1, part(1, 0, 60_000), part(2, 0, 10)),
            sealed(2, part(1, 100, 60_000), part(2, 100, 10)),
            sealed(3, part(2, 200, 60_000)));

    assertThat(plan.segments()).containsExactly(1L, 2L);
    assertThat(plan.ranges()).containsExactly(new MovedRange(GROUP, 2, 0, 199, 0, 0, 20));
  }

  @Test
  void shouldLeaveWhatIsMostlyAlive() {
    assertThat(plan(false, sealed(1, part(1, 0, 40_000))).isEmpty()).isTrue();
    assertThat(plan(true, sealed(1, part(1, 0, 40_000))).segments()).containsExactly(1L);
  }

  @Test
  void shouldNotTouchWhatIsDeadAltogether() {
    starts.put(1, 1_000L);

    assertThat(plan(true, sealed(1, part(1, 0, 10))).isEmpty()).isTrue();
  }

  @Test
  void shouldKeepEachPartitionInOnePiece() {
    EvacuationPlan plan =
        plan(
            false,
            sealed(1, part(1, 0, 10)),
            sealed(2, part(1, 100, 60_000)),
            sealed(3, part(1, 200, 10)));

    assertThat(plan.segments()).containsExactly(1L);
  }

  @Test
  void shouldPutSmallSegmentsOfSurvivorsTogether() {
    List<SegmentSummary> small = new ArrayList<>();
    for (int id = 1; id <= 4; id++) {
      small.add(new SegmentSummary(id, Kind.MOVED, 4_000, List.of(part(1, id * 100L, 3_000))));
    }

    assertThat(plan(false, small.subList(0, 3).toArray(SegmentSummary[]::new)).isEmpty()).isTrue();
    assertThat(plan(false, small.toArray(SegmentSummary[]::new)).segments()).hasSize(4);
  }

  /**
   * Random traffic, retention and evacuation: nothing alive is lost, and the disk stays bounded.
   */
  @Test
  void shouldBoundTheDiskAndLoseNothing() {
    for (long seed = 1; seed <= 200; seed++) {
      new Disk(seed).run();
    }
  }

  private final class Disk {
    private static final int PARTITIONS = 6;
    private final Random random;
    private final TreeMap<Long, List<PartitionPart>> segments = new TreeMap<>();
    private final TreeMap<Long, Kind> kinds = new TreeMap<>();
    private final long[] ends = new long[PARTITIONS];
    private long nextId = 1;

    Disk(long seed) {
      random = new Random(seed);
      starts.clear();
    }

    void run() {
      for (int step = 0; step < 120; step++) {
        fill();
        retain();
        for (EvacuationPlan plan = plan(); !plan.isEmpty(); plan = plan()) {
          carryOut(plan);
        }
        check();
      }
    }

    private void fill() {
      List<PartitionPart> parts = new ArrayList<>();
      long left = SEGMENT_BYTES;
      for (int p = 0; p < PARTITIONS; p++) {
        // Partition 0 is tiny, and lives for ever.
        long bytes = p == 0 ? 8 : Math.min(left, random.nextInt(20_000));
        if (bytes > 0) {
          parts.add(new PartitionPart(GROUP, p, ends[p], ends[p] + 99, bytes, 0));
          ends[p] += 100;
          left -= bytes;
        }
      }
      kinds.put(nextId, Kind.SEALED);
      segments.put(nextId++, parts);
    }

    private void retain() {
      for (int p = 1; p < PARTITIONS; p++) {
        if (random.nextInt(3) == 0) {
          starts.merge(p, Math.max(0, ends[p] - 100L * (1 + random.nextInt(4))), Math::max);
        }
      }
      segments.entrySet().removeIf(segment -> segment.getValue().stream().noneMatch(this::isAlive));
    }

    private boolean isAlive(PartitionPart part) {
      return part.lastOffset() >= starts.getOrDefault(part.partition(), 0L);
    }

    private List<SegmentSummary> summaries() {
      List<SegmentSummary> all = new ArrayList<>();
      segments.forEach(
          (id, parts) -> all.add(new SegmentSummary(id, kinds.get(id), bytes(id), parts)));
      return all;
    }

    private long bytes(long id) {
      return kinds.get(id) == Kind.SEALED
          ? SEGMENT_BYTES
          : segments.get(id).stream().mapToLong(PartitionPart::sizeBytes).sum();
    }

    private EvacuationPlan plan() {
      return EvacuationPlanTest.this.plan(false, summaries().toArray(SegmentSummary[]::new));
    }

    private void carryOut(EvacuationPlan plan) {
      List<PartitionPart> copies = new ArrayList<>();
      for (MovedRange range : plan.ranges()) {
        List<PartitionPart> moved = new ArrayList<>();
        segments.values().stream()
            .flatMap(List::stream)
            .filter(part -> part.partition() == range.partition())
            .filter(part -> part.firstOffset() >= range.firstOffset())
            .filter(part -> part.lastOffset() <= range.lastOffset())
            .sorted(Comparator.comparingLong(PartitionPart::firstOffset))
            .forEach(moved::add);
        long bytes = moved.stream().mapToLong(PartitionPart::sizeBytes).sum();
        assertThat(bytes).isEqualTo(range.sizeBytes());
        copies.add(
            new PartitionPart(
                GROUP,
                range.partition(),
                moved.getFirst().firstOffset(),
                moved.getLast().lastOffset(),
                bytes,
                0));
        segments.replaceAll((id, parts) -> parts.stream().filter(p -> !moved.contains(p)).toList());
      }
      assertThat(copies.stream().mapToLong(PartitionPart::sizeBytes).sum())
          .isLessThanOrEqualTo(SEGMENT_BYTES);
      // What was chosen holds nothing alive any more.
      plan.segments().forEach(id -> assertThat(segments.get(id)).noneMatch(this::isAlive));
      kinds.put(nextId, Kind.MOVED);
      segments.put(nextId++, copies);
      retain();
    }

    private void check() {
      long alive = 0;
      long next = 0;
      List<PartitionPart> all =
          segments.values().stream()
              .flatMap(List::stream)
              .filter(this::isAlive)
              .sorted(
                  Comparator.comparingInt(PartitionPart::partition)
                      .thenComparingLong(PartitionPart::firstOffset))
              .toList();
      int partition = -1;
      for (PartitionPart part : all) {
        if (part.partition() != partition) {
          partition = part.partition();
          next = part.firstOffset();
          assertThat(next).isLessThanOrEqualTo(starts.getOrDefault(partition, 0L));
        }
        assertThat(part.firstOffset()).isEqualTo(next);
        next = part.lastOffset() + 1;
        assertThat(next).isLessThanOrEqualTo(ends[partition]);
        alive += part.sizeBytes();
      }
      long bytes = segments.keySet().stream().mapToLong(this::bytes).sum();
      assertThat(bytes).isLessThanOrEqualTo(2 * alive + 3 * SEGMENT_BYTES);
    }
  }
}

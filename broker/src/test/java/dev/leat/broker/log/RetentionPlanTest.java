package dev.leat.broker.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.log.RetentionPlan.NewStart;
import dev.leat.broker.log.RetentionPlan.Retention;
import dev.leat.broker.log.SegmentSummary.Kind;
import dev.leat.broker.log.SegmentSummary.PartitionPart;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RetentionPlanTest {
  private static final GroupId GROUP = GroupId.of(1, 0);
  private static final long NOW = 1_000_000;

  private final Map<Integer, Retention> retentions = new HashMap<>();

  private RetentionPlan plan(SegmentSummary... segments) {
    return RetentionPlan.of(
        List.of(segments),
        (group, partition) -> retentions.getOrDefault(partition, new Retention.Everything()),
        NOW);
  }

  private static SegmentSummary sealed(long id, PartitionPart... parts) {
    return new SegmentSummary(id, Kind.SEALED, 10_000, List.of(parts));
  }

  private static SegmentSummary hot(long id, PartitionPart... parts) {
    return new SegmentSummary(id, Kind.OPEN, 10_000, List.of(parts));
  }

  /** A part of 100 records and 1000 bytes. */
  private static PartitionPart part(int partition, long firstOffset, long maxTimestamp) {
    return new PartitionPart(GROUP, partition, firstOffset, firstOffset + 99, 1_000, maxTimestamp);
  }

  private void limit(int partition, long start, long timeMs, long sizeBytes) {
    retentions.put(partition, new Retention.Limited(start, 10_000, timeMs, sizeBytes));
  }

  @Test
  void shouldKeepEverythingWithoutLimits() {
    limit(1, 0, Retention.UNLIMITED, Retention.UNLIMITED);

    RetentionPlan plan = plan(sealed(1, part(1, 0, 5)), sealed(2, part(2, 0, 5)), hot(3));

    assertThat(plan.starts()).isEmpty();
    assertThat(plan.deadSegments()).isEmpty();
  }

  @Test
  void shouldMoveStartsPastWhatIsTooOld() {
    limit(1, 0, 1_000, Retention.UNLIMITED);

    RetentionPlan plan =
        plan(
            sealed(1, part(1, 0, NOW - 3_000)),
            sealed(2, part(1, 100, NOW - 1_001)),
            sealed(3, part(1, 200, NOW - 1_000)),
            hot(4, part(1, 300, NOW - 5_000)));

    assertThat(plan.starts()).containsExactly(new NewStart(GROUP, 1, 200));
  }

  @Test
  void shouldKeepAsManyBytesAsAskedFor() {
    limit(1, 0, Retention.UNLIMITED, 1_500);

    RetentionPlan plan =
        plan(
            sealed(1, part(1, 0, NOW)),
            sealed(2, part(1, 100, NOW)),
            sealed(3, part(1, 200, NOW)),
            hot(4, part(1, 300, NOW)));

    assertThat(plan.starts()).containsExactly(new NewStart(GROUP, 1, 200));
  }

  @Test
  void shouldNotCountWhatIsBelowTheStart() {
    limit(1, 100, Retention.UNLIMITED, 1_500);

    RetentionPlan plan =
        plan(sealed(1, part(1, 0, NOW)), sealed(2, part(1, 100, NOW)), hot(3, part(1, 200, NOW)));

    assertThat(plan.starts()).isEmpty();
  }

  @Test
  void shouldNeverTouchWhatIsNotCommitted() {
    retentions.put(1, new Retention.Limited(0, 150, 0, 0));

    RetentionPlan plan = plan(sealed(1, part(1, 0, 5)), hot(2, part(1, 100, 5)));

    assertThat(plan.starts()).containsExactly(new NewStart(GROUP, 1, 100));
  }

  @Test
  void shouldReleaseSegmentsWithNothingAlive() {
    limit(1, 200, Retention.UNLIMITED, Retention.UNLIMITED);
    retentions.put(2, new Retention.Nothing());

    RetentionPlan plan =
        plan(
            sealed(1, part(1, 0, 5), part(2, 0, 5)),
            sealed(2, part(1, 100, 5), part(3, 0, 5)),
            sealed(3, part(2, 100, 5)),
            sealed(4, part(2, 200, 5)),
            hot(5, part(2, 300, 5)));

    assertThat(plan.deadSegments()).containsExactly(1L, 3L);
  }

  @Test
  void shouldNotReleaseBeforeTheStartHasMoved() {
    limit(1, 0, 1_000, Retention.UNLIMITED);

    RetentionPlan plan = plan(sealed(1, part(1, 0, 5)), sealed(2), hot(3));

    assertThat(plan.starts()).containsExactly(new NewStart(GROUP, 1, 100));
    assertThat(plan.deadSegments()).isEmpty();
  }
}

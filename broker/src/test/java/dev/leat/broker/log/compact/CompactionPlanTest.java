package dev.leat.broker.log.compact;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.MovedRange;
import dev.leat.broker.log.RetentionPlan.Retention;
import dev.leat.broker.log.SegmentSummary;
import dev.leat.broker.log.SegmentSummary.Kind;
import dev.leat.broker.log.SegmentSummary.PartitionPart;
import dev.leat.broker.log.compact.CompactionPlan.Rules;
import dev.leat.broker.log.compact.CompactionPlan.Work;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CompactionPlanTest {
  private static final GroupId GROUP = GroupId.of(1, 0);
  private static final long NOW = 1_000_000;
  private static final long NO_LAG = Long.MAX_VALUE;

  private Rules rules = new Rules(10_000, 0, NO_LAG, 0.5, 0);

  private List<Work> plan(SegmentSummary... segments) {
    return CompactionPlan.of(
            List.of(segments),
            (group, partition) -> new Retention.Limited(0, 10_000, -1, -1),
            (group, partition) -> Optional.of(rules),
            NOW)
        .partitions();
  }

  private static SegmentSummary sealed(long id, PartitionPart part) {
    return new SegmentSummary(id, Kind.SEALED, 10_000, List.of(part));
  }

  private static PartitionPart part(long firstOffset, long bytes, long time, long compactedTo) {
    return new PartitionPart(GROUP, 1, firstOffset, firstOffset + 99, bytes, time, compactedTo);
  }

  @Test
  void shouldCompactWhatIsDirtyEnough() {
    SegmentSummary clean = sealed(1, part(0, 1_000, NOW, 100));

    assertThat(plan(clean, sealed(2, part(100, 900, NOW, 0)))).isEmpty();
    List<Work> work = plan(clean, sealed(2, part(100, 1_000, NOW, 0)));

    assertThat(work).hasSize(1);
    assertThat(work.getFirst().dirtyFrom()).isEqualTo(100);
    assertThat(work.getFirst().dirtyRatio()).isEqualTo(0.5);
    assertThat(work.getFirst().lastOffset()).isEqualTo(199);
  }

  @Test
  void shouldCompactWhatIsTooOldInAnyCase() {
    rules = new Rules(10_000, 0, 1_000, 0.9, 0);
    SegmentSummary clean = sealed(1, part(0, 1_000, NOW, 100));

    assertThat(plan(clean, sealed(2, part(100, 10, NOW - 999, 0)))).isEmpty();
    assertThat(plan(clean, sealed(2, part(100, 10, NOW - 1_001, 0)))).hasSize(1);
  }

  @Test
  void shouldLeaveWhatIsTooYoungOrNotDecidedOrNotSealed() {
    rules = new Rules(10_000, 1_000, NO_LAG, 0, 0);
    assertThat(plan(sealed(1, part(0, 10, NOW - 999, 0)))).isEmpty();

    rules = new Rules(99, 0, NO_LAG, 0, 0);
    assertThat(plan(sealed(1, part(0, 10, NOW, 0)))).isEmpty();

    rules = new Rules(100, 0, NO_LAG, 0, 0);
    SegmentSummary open = new SegmentSummary(1, Kind.OPEN, 10_000, List.of(part(0, 10, NOW, 0)));
    assertThat(plan(open)).isEmpty();
  }

  @Test
  void shouldBeginAgainWhereAPassThatDidNotGetToTheEndLeftOff() {
    // Two pieces of one pass, of which a crash let only the first one count.
    SegmentSummary first = sealed(1, part(0, 100, NOW, 150));
    SegmentSummary second = sealed(2, part(100, 100, NOW, 0));

    List<Work> work = plan(first, second);

    assertThat(work.getFirst().dirtyFrom()).isEqualTo(100);
    assertThat(work.getFirst().ranges(200, 10_000))
        .containsExactly(new MovedRange(GROUP, 1, 0, 199, 0, 200, 200));
  }

  @Test
  void shouldRewriteInPiecesThatFitAndOnlyWhereKeysAreKnown() {
    List<Work> work =
        plan(
            sealed(1, part(0, 600, NOW, 0)),
            sealed(2, part(100, 600, NOW, 0)),
            sealed(3, part(200, 600, NOW, 0)));

    assertThat(work.getFirst().ranges(150, 1_000))
        .containsExactly(
            new MovedRange(GROUP, 1, 0, 99, 0, 150, 600),
            new MovedRange(GROUP, 1, 100, 199, 0, 150, 600));
  }
}

package dev.leat.broker.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.log.BatchInfo;
import dev.leat.broker.log.Entry;
import dev.leat.broker.log.EntryKind;
import dev.leat.broker.log.JournalSpace;
import dev.leat.broker.log.TopicPartition;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One voter: everything completes on its own disk. */
class GroupMachineTest {
  private final OneVoter voter = OneVoter.leading(2);

  @Test
  void shouldLeadOnceItsPromiseIsOnDisk() {
    OneVoter fresh = new OneVoter(GroupOptions.DEFAULT);
    fresh.step(new GroupEvent.Create(5, OneVoter.SELF, List.of(OneVoter.SELF), "create"));
    assertThat(fresh.replies).doesNotContainKey("create");
    fresh.sync();
    assertThat(fresh.replies.get("create")).isEqualTo(new Outcome.Done());

    fresh.step(new GroupEvent.Appoint(4, "appoint"));
    assertThat(fresh.machine.status().orElseThrow().role()).isEqualTo(Role.COLLECTING);
    List<Effect> effects = fresh.sync();

    assertThat(fresh.replies.get("appoint")).isEqualTo(new Outcome.Appointment.Accepted(4));
    assertThat(effects).contains(new Effect.LeaderChanged(4, OneVoter.SELF, Role.ACTIVE));
  }

  @Test
  void shouldReplyAndAdvanceOnlyWhenOnDisk() {
    List<Effect> appended = voter.append(Parts.plain(1, 3, "a"), Parts.plain(1, 2, "b"));

    assertThat(appended).hasSize(1).first().isInstanceOf(Effect.Persist.class);
    assertThat(voter.machine.view(1).orElseThrow().highWatermark()).isZero();
    assertThat(voter.machine.view(1).orElseThrow().endOffset()).isEqualTo(5);

    List<Effect> durable = voter.sync();

    assertThat(durable)
        .contains(new Effect.Reply("a", new Outcome.Appended(0)))
        .contains(new Effect.Reply("b", new Outcome.Appended(3)));
    assertThat(voter.machine.view(1).orElseThrow().highWatermark()).isEqualTo(5);
  }

  @Test
  void shouldCoalesceAStepsBatchesOfAPartition() {
    voter.append(
        Parts.plain(1, 3, "a"), Parts.plain(2, 1, "b"), Parts.idempotent(1, 9, 0, 0, 4, "c"));

    assertThat(voter.unsynced.stream().map(Entry::header).filter(h -> h.kind() != EntryKind.CLOCK))
        .hasSize(2)
        .first()
        .satisfies(
            header -> {
              assertThat(header.partition()).isEqualTo(1);
              assertThat(header.baseOffset()).isZero();
              assertThat(header.lastOffset()).isEqualTo(6);
              assertThat(header.producers()).hasSize(1);
              assertThat(header.producers().getFirst().offsetDelta()).isEqualTo(3);
            });
  }

  @Test
  void shouldSetOffsetsAndEpochInTheBatches() {
    ByteBuffer bytes = ByteBuffer.allocate(160);
    List<BatchInfo> infos = List.of(Parts.batch(9, 0, 0, 2), Parts.batch(9, 0, 2, 2));
    voter.append(Parts.plain(1, 10, "before"), new AppendPart(1, bytes, infos, "a"));

    assertThat(bytes.getLong(0)).isEqualTo(10);
    assertThat(bytes.getInt(12)).isEqualTo(1);
    assertThat(bytes.getLong(80)).isEqualTo(12);
    assertThat(bytes.getInt(92)).isEqualTo(1);
  }

  @Test
  void shouldSplitEntriesAtTheLimitOfProducers() {
    List<AppendPart> parts = new ArrayList<>();
    for (int producer = 0; producer < 45; producer++) {
      parts.add(Parts.idempotent(1, producer, 0, 0, 1, producer));
    }
    voter.step(new GroupEvent.Append(parts));
    long entries = voter.unsynced.stream().filter(e -> e.header().partition() == 1).count();
    voter.sync();

    assertThat(entries).isEqualTo(3);
    assertThat(voter.appendedAt(44)).isEqualTo(44);
  }

  @Test
  void shouldSplitEntriesAtTheLimitOfBytes() {
    List<BatchInfo> large = List.of(BatchInfo.plain(700_000, 0, 1));
    voter.append(Parts.of(1, large, "a"), Parts.of(1, large, "b"));

    assertThat(voter.unsynced).hasSize(2);
    assertThat(voter.unsynced.getLast().header().baseOffset()).isEqualTo(1);
  }

  @Test
  void shouldRefuseWhatItDoesNotLead() {
    voter.crash(null);

    voter.append(Parts.plain(1, 1, "a"));

    assertThat(voter.refusalOf("a")).isEqualTo(Refusal.NOT_LEADER);
  }

  @Test
  void shouldRefuseUnknownPartitions() {
    voter.append(Parts.plain(3, 1, "a"), Parts.plain(0, 1, "b"));

    assertThat(voter.refusalOf("a")).isEqualTo(Refusal.UNKNOWN_PARTITION);
    assertThat(voter.refusalOf("b")).isEqualTo(Refusal.UNKNOWN_PARTITION);
  }

  @Test
  void shouldRefuseMalformedParts() {
    voter.append(
        Parts.of(1, List.of(Parts.batch(1, 0, 0, 1), Parts.batch(2, 0, 0, 1)), "mixed"),
        new AppendPart(1, ByteBuffer.allocate(79), List.of(Parts.batch(1, 0, 0, 1)), "short"),
        Parts.of(1, List.of(), "empty"));

    assertThat(voter.refusalOf("mixed")).isEqualTo(Refusal.INVALID_REQUEST);
    assertThat(voter.refusalOf("short")).isEqualTo(Refusal.INVALID_REQUEST);
    assertThat(voter.refusalOf("empty")).isEqualTo(Refusal.INVALID_REQUEST);
    assertThat(voter.unsynced).isEmpty();
  }

  @Test
  void shouldRefuseAppendsWhileTheDiskIsFull() {
    voter.step(new GroupEvent.Space(new JournalSpace.Full("disk full")));
    voter.append(Parts.plain(1, 1, "a"));
    voter.step(new GroupEvent.Space(new JournalSpace.Available()));
    voter.append(Parts.plain(1, 1, "b"));
    voter.sync();

    assertThat(voter.refusalOf("a")).isEqualTo(Refusal.DISK_FULL);
    assertThat(voter.appendedAt("b")).isZero();
  }

  @Test
  void shouldRefuseAppendsWhenTooMuchIsPending() {
    List<BatchInfo> large = List.of(BatchInfo.plain(40 << 20, 0, 1));
    voter.append(Parts.of(1, large, "a"));
    voter.append(Parts.of(1, large, "b"));
    voter.append(Parts.of(1, large, "c"));

    assertThat(voter.refusalOf("c")).isEqualTo(Refusal.THROTTLED);
    voter.sync();
    voter.append(Parts.plain(1, 1, "d"));
    voter.sync();
    assertThat(voter.appendedAt("d")).isEqualTo(2);
  }

  @Test
  void shouldNeverUseAPartitionNumberAgain() {
    TopicPartition first = new TopicPartition(OneVoter.TOPIC, 0);
    voter.step(new GroupEvent.ChangePartitions(List.of(), List.of(first), "delete"));
    List<Effect> deleted = voter.sync();
    voter.append(Parts.plain(1, 1, "gone"));
    voter.step(
        new GroupEvent.ChangePartitions(
            List.of(new GroupEvent.NewPartition(first, "click")), List.of(), "again"));
    voter.sync();

    assertThat(deleted)
        .anyMatch(e -> e instanceof Effect.PartitionsChanged p && p.deleted().size() == 1);
    assertThat(voter.refusalOf("gone")).isEqualTo(Refusal.UNKNOWN_PARTITION);
    assertThat(voter.replies.get("again")).isEqualTo(new Outcome.PartitionsChanged(List.of(3)));
    assertThat(voter.machine.view(first).orElseThrow().info().number()).isEqualTo(3);
  }

  @Test
  void shouldAnswerRepeatedCreationWithTheSameNumbers() {
    int entries = voter.disk.size();

    voter.createPartitions(2);

    assertThat(voter.replies.get("partitions"))
        .isEqualTo(new Outcome.PartitionsChanged(List.of(1, 2)));
    assertThat(voter.disk).hasSize(entries);
  }

  @Test
  void shouldMoveStartsUpToTheHighWatermarkOnly() {
    voter.append(Parts.plain(1, 10, "a"));
    voter.sync();

    voter.step(new GroupEvent.MoveStarts(List.of(new GroupEvent.StartMove(1, 4)), "ok"));
    voter.step(new GroupEvent.MoveStarts(List.of(new GroupEvent.StartMove(1, 11)), "far"));
    voter.sync();

    assertThat(voter.replies.get("ok")).isEqualTo(new Outcome.Done());
    assertThat(voter.refusalOf("far")).isEqualTo(Refusal.OFFSET_OUT_OF_RANGE);
    assertThat(voter.machine.view(1).orElseThrow().startOffset()).isEqualTo(4);
  }

  @Test
  void shouldKeepEverythingOnDiskAcrossACrash() {
    voter.append(Parts.plain(1, 10, "a"), Parts.idempotent(2, 9, 0, 0, 5, "b"));
    voter.sync();
    voter.append(Parts.plain(1, 10, "lost"));
    voter.crash(null);
    voter.lead(2);

    assertThat(voter.machine.view(1).orElseThrow().highWatermark()).isEqualTo(10);
    voter.append(Parts.idempotent(2, 9, 0, 0, 5, "again"), Parts.plain(1, 1, "next"));
    voter.sync();
    assertThat(voter.appendedAt("again")).isZero();
    assertThat(voter.appendedAt("next")).isEqualTo(10);
  }

  @Test
  void shouldRecoverFromACheckpointThatIsAheadOfTheFirstEntries() {
    voter.append(Parts.plain(1, 10, "a"));
    voter.sync();
    ByteBuffer checkpoint = voter.machine.checkpoint().orElseThrow();
    voter.append(Parts.plain(1, 5, "b"));
    voter.sync();

    voter.crash(checkpoint);
    voter.lead(2);

    assertThat(voter.machine.view(1).orElseThrow().highWatermark()).isEqualTo(15);
    assertThat(voter.machine.view(1).orElseThrow().epochStarts()).hasSize(1);
  }

  @Test
  void shouldNotLeadAgainInAnOldEpoch() {
    voter.crash(null);

    voter.step(new GroupEvent.Appoint(1, "same"));
    voter.step(new GroupEvent.Appoint(2 + GroupReplica.MAX_EPOCH_STEP, "far"));

    assertThat(voter.replies.get("same")).isInstanceOf(Outcome.Appointment.Fenced.class);
    assertThat(voter.replies.get("far")).isInstanceOf(Outcome.Appointment.TooFar.class);
  }

  @Test
  void shouldTellWhoWaitsWhenItLosesTheEpoch() {
    voter.append(Parts.plain(1, 1, "a"));

    voter.step(new GroupEvent.Appoint(2, "higher"));

    assertThat(voter.refusalOf("a")).isEqualTo(Refusal.NOT_LEADER);
  }

  @Test
  void shouldKnowWhereEpochsBegin() {
    voter.append(Parts.plain(1, 10, "a"));
    voter.sync();
    voter.lead(7);
    voter.append(Parts.plain(1, 1, "b"));
    voter.sync();

    assertThat(voter.machine.view(1).orElseThrow().epochStarts())
        .extracting(start -> start.epoch() + "@" + start.position())
        .containsExactly("1@0", "7@10");
  }

  @Test
  void shouldConfirmLeadershipAfterItsBarrier() {
    voter.step(new GroupEvent.ConfirmLeadership("read"));

    assertThat(voter.replies.get("read")).isEqualTo(new Outcome.Done());
  }
}

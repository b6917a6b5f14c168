package dev.leat.broker.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.Promise;
import dev.leat.broker.log.Replica;
import dev.leat.broker.log.Withdrawal;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UncleanChoiceTest {
  private static final Replica A = new Replica(0, 10);
  private static final Replica B = new Replica(1, 11);
  private static final Replica C = new Replica(2, 12);
  private static final Replica D = new Replica(3, 13);
  private static final GroupConfig OLD = GroupConfig.of(List.of(A, B, C));
  private static final UncleanPolicy AFTER_A_MINUTE = new UncleanPolicy(60_000);

  private static GroupStatus status(
      Replica self, int lastEpoch, long lastSeq, GroupConfig config, long configSeq) {
    return status(self, lastEpoch, lastSeq, config, configSeq, null);
  }

  private static GroupStatus withdrawn(Replica self, Withdrawal reason) {
    return status(self, 9, 999, OLD, 0, reason);
  }

  private static GroupStatus status(
      Replica self,
      int lastEpoch,
      long lastSeq,
      GroupConfig config,
      long configSeq,
      @Nullable Withdrawal withdrawal) {
    return new GroupStatus(
        42,
        self,
        Role.FOLLOWER,
        new Promise(lastEpoch, A),
        lastEpoch,
        lastSeq,
        lastSeq,
        lastSeq,
        config,
        configSeq == 0 ? 0 : 1,
        configSeq,
        Long.MIN_VALUE,
        List.of(),
        withdrawal);
  }

  @Test
  void shouldWaitForAPersonByDefault() {
    List<GroupStatus> one = List.of(status(A, 3, 10, OLD, 0));

    assertThat(UncleanChoice.choose(UncleanPolicy.DEFAULT, Long.MAX_VALUE, one, List.of()))
        .isEmpty();
    assertThat(UncleanChoice.best(one, List.of())).contains(A);
  }

  @Test
  void shouldWaitForItsTime() {
    List<GroupStatus> one = List.of(status(A, 3, 10, OLD, 0));

    assertThat(UncleanChoice.choose(AFTER_A_MINUTE, 59_999, one, List.of())).isEmpty();
    assertThat(UncleanChoice.choose(AFTER_A_MINUTE, 60_000, one, List.of())).contains(A);
  }

  @Test
  void shouldNotGiveUpAnythingWhileAQuorumAnswers() {
    List<GroupStatus> two = List.of(status(A, 3, 10, OLD, 0), status(B, 2, 99, OLD, 0));

    assertThat(UncleanChoice.best(two, List.of())).isEmpty();
  }

  @Test
  void shouldCountInTheNewestConfigOnly() {
    GroupConfig joint = new GroupConfig(List.of(A, B, D), List.of(A, B, C));
    // A and B are a quorum of what A knows; of the newer config, too. A and C are not.
    List<GroupStatus> without = List.of(status(A, 3, 10, joint, 9), status(C, 3, 8, OLD, 0));

    assertThat(UncleanChoice.best(without, List.of())).contains(A);
  }

  @Test
  void shouldTakeTheBestLogAndWithdrawnOnesLast() {
    GroupConfig five = GroupConfig.of(List.of(A, B, C, D, new Replica(4, 14)));
    List<GroupStatus> two = List.of(status(A, 2, 99, five, 0), status(B, 3, 10, five, 0));
    List<GroupStatus> withdrawn = List.of(withdrawn(C, Withdrawal.DISK_WENT_BACK));

    assertThat(UncleanChoice.best(two, withdrawn)).contains(B);
    assertThat(UncleanChoice.best(List.of(), withdrawn)).contains(C);
    assertThat(UncleanChoice.best(List.of(), List.of())).isEmpty();
  }

  @Test
  void shouldNotGoBackToAHistoryThatWasGivenUp() {
    List<GroupStatus> givenUp = List.of(withdrawn(B, Withdrawal.FORKED));

    assertThat(UncleanChoice.best(List.of(), givenUp)).isEmpty();
  }
}

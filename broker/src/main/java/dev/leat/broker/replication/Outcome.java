package dev.leat.broker.replication;

import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.Promise;
import dev.leat.broker.log.Replica;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of something that was asked of a group. */
public sealed interface Outcome {

  /**
   * Records are committed: on disk at a quorum.
   *
   * @param baseOffset offset of the first record; of a repeated batch, the one it got first
   */
  record Appended(long baseOffset) implements Outcome {}

  /**
   * Partitions are created or deleted, and that is committed.
   *
   * @param numbers numbers within the group, in the order in which they were asked for
   */
  record PartitionsChanged(List<Integer> numbers) implements Outcome {}

  /** Done, and committed. */
  record Done() implements Outcome {}

  /**
   * Not done.
   *
   * @param reason why
   * @param epoch epoch that this replica has promised
   * @param leader whom it has promised it to, null if nobody yet: with NOT_LEADER, who leads
   * @param detail one line for a person
   */
  record Refused(Refusal reason, int epoch, @Nullable Replica leader, String detail)
      implements Outcome {}

  /** Answers to {@link GroupEvent.Appoint}. */
  sealed interface Appointment extends Outcome {
    /** Taken up; {@link Effect.LeaderChanged} says when it leads. */
    record Accepted(int epoch) implements Appointment {}

    /** A higher epoch, or this epoch to another leader, is promised already. */
    record Fenced(Promise promised) implements Appointment {}

    /** This replica does not vote. */
    record NotVoter(GroupConfig config) implements Appointment {}

    /** The epoch is higher than any that can have been reached honestly. */
    record TooFar(Promise promised) implements Appointment {}

    /** Nothing of the group is on this disk. */
    record NoGroup() implements Appointment {}
  }
}

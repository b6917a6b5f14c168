package dev.leat.broker.replication;

import dev.leat.broker.log.EntryKind;
import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.Replica;
import dev.leat.broker.log.group.EntryBodies;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * CHANGE: another set of voters, in two steps. {new, prev} counts from the moment it is in the log;
 * once it is committed, {new} follows.
 *
 * <pre>
 *   learners catch up --> {new, prev} --committed--> {new} --committed--> done
 *                              |
 *                              +-- taken back by the leader that began it --> {prev}
 * </pre>
 */
final class VoterChange {
  private static final int MAX_REMINDERS = 100;

  private final GroupCore core;
  private final Leader leader;
  private @Nullable Wanted wanted;
  private List<Replica> leaving = List.of();
  private final Set<Replica> removed = new TreeSet<>();
  private int reminders;

  private record Wanted(List<Replica> voters, Object token) {}

  VoterChange(GroupCore core, Leader leader) {
    this.core = core;
    this.leader = leader;
  }

  /** Who is fed without voting yet. */
  List<Replica> learners() {
    return wanted == null ? List.of() : wanted.voters();
  }

  void begin(GroupEvent.ChangeVoters asked) {
    GroupConfig now = leader.config();
    List<Replica> voters = GroupConfig.of(asked.voters()).voters();
    if (now.isJoint() && voters.equals(now.prev())) {
      takeBack(now, asked.token());
      return;
    }
    if (now.isJoint() || !isCommitted()) {
      refuse(asked.token(), Refusal.NOT_READY, "another change of voters is under way");
      return;
    }
    boolean told =
        voters.stream().anyMatch(voter -> removed.contains(voter) || leaving.contains(voter));
    if (told && !core.isDropped(Rule.READD)) {
      // FORGET: the word that it was removed may be on its way still.
      refuse(
          asked.token(),
          Refusal.INVALID_REQUEST,
          "a removed replica cannot vote again; it has to come back as a new one");
      return;
    }
    // What has not begun gives way: its learners may never catch up.
    refuseAll(core.refused(Refusal.NOT_READY, "another change of voters was asked for"));
    if (voters.equals(now.voters())) {
      core.reply(asked.token(), new Outcome.Done());
      return;
    }
    if (!voters.contains(core.self())) {
      refuse(asked.token(), Refusal.INVALID_REQUEST, "the leader must be among the new voters");
      return;
    }
    wanted = new Wanted(voters, asked.token());
    proceed();
  }

  /** The leader that began a change may take it back; a later one finishes it. */
  private void takeBack(GroupConfig joint, Object token) {
    if (core.log.configEpoch() != leader.epoch() && !core.isDropped(Rule.BACKANY)) {
      refuse(token, Refusal.NOT_READY, "an earlier leader began this change: it gets finished");
      return;
    }
    refuseAll(core.refused(Refusal.NOT_READY, "the change of voters was taken back"));
    wanted = new Wanted(joint.prev(), token);
    leaving = joint.voters().stream().filter(added -> !joint.prev().contains(added)).toList();
    append(GroupConfig.of(joint.prev()));
  }

  void onTick() {
    proceed();
    if (reminders > 0) {
      reminders--;
      sayRemoved();
    }
  }

  /** FORGET: those who are in no config any more; told some times, in case it gets lost. */
  private void sayRemoved() {
    for (Replica replica : removed) {
      core.send(replica, new PeerMessage.Removed(leader.epoch()));
    }
  }

  void onCommitted() {
    proceed();
  }

  private void proceed() {
    GroupConfig now = leader.config();
    if (now.isJoint()) {
      if (isCommitted() || core.isDropped(Rule.EARLYFINAL)) {
        leaving = now.prev().stream().filter(old -> !now.voters().contains(old)).toList();
        append(GroupConfig.of(now.voters()));
      }
      return;
    }
    if (!leaving.isEmpty() && isCommitted()) {
      leaving.stream().filter(left -> !left.equals(core.self())).forEach(removed::add);
      leaving = List.of();
      reminders = MAX_REMINDERS;
      sayRemoved();
    }
    Wanted change = wanted;
    if (change == null || !isCommitted()) {
      return;
    }
    if (now.voters().equals(change.voters())) {
      wanted = null;
      core.reply(change.token(), new Outcome.Done());
      leader.followConfig();
    } else if (areCaughtUp(now, change.voters())) {
      append(new GroupConfig(change.voters(), now.voters()));
    }
  }

  private boolean isCommitted() {
    return core.log.state().seq() >= core.log.configSeq();
  }

  /**
   * A quorum of the new voters has acked within the last second of the log's end; and so have all
   * that come in, or else the group would survive less than before.
   */
  private boolean areCaughtUp(GroupConfig now, List<Replica> voters) {
    long since = core.nowMs() - core.options.contactMs();
    return Quorum.reachedBy(voters, this::caughtUpMs) >= since
        && voters.stream()
            .filter(voter -> !now.voters().contains(voter))
            .allMatch(added -> caughtUpMs(added) >= since);
  }

  private long caughtUpMs(Replica replica) {
    if (replica.equals(core.self())) {
      return core.nowMs();
    }
    Progress progress = leader.progress(replica);
    return progress == null ? Long.MIN_VALUE / 2 : progress.caughtUpMs();
  }

  private void append(GroupConfig config) {
    leader.append(EntryKind.CONFIG, EntryBodies.config(config));
    leader.followConfig();
    leader.afterAppend();
  }

  void refuseAll(Outcome.Refused refused) {
    if (wanted != null) {
      core.reply(wanted.token(), refused);
      wanted = null;
    }
  }

  private void refuse(Object token, Refusal reason, String detail) {
    core.reply(token, core.refused(reason, detail));
  }
}

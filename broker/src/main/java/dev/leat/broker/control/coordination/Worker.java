package dev.leat.broker.control.coordination;

import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Promise;
import dev.leat.broker.log.Replica;
import dev.leat.broker.log.group.HistoryFork;
import dev.leat.broker.replication.GroupEvent;
import dev.leat.broker.replication.GroupStatus;
import dev.leat.broker.replication.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Does with the groups of this broker what others ask for, and answers. */
final class Worker {
  private final Outbox out;
  private final LocalGroups local;
  private final Reporter reporter;
  private final Map<Long, Consumer<Outcome>> waiting = new HashMap<>();

  Worker(Outbox out, LocalGroups local, Reporter reporter) {
    this.out = out;
    this.local = local;
    this.reporter = reporter;
  }

  private CoordinationEffect.Token whenReplied(Consumer<Outcome> action) {
    long number = out.nextNumber();
    waiting.put(number, action);
    return new CoordinationEffect.Token(number);
  }

  private void step(GroupId group, GroupEvent event) {
    out.emit(new CoordinationEffect.StepGroup(group, event));
  }

  void onReplied(CoordinationEvent.Replied replied) {
    Consumer<Outcome> action = waiting.remove(replied.token().number());
    if (action != null) {
      action.accept(replied.outcome());
    }
  }

  /** The replica here, if it is one of this history. */
  private Optional<GroupStatus> status(GroupId group, long history) {
    return local.status(group).filter(status -> status.history() == history);
  }

  void ask(int from, CoordinationMessage.Ask ask) {
    List<GroupReport> reports =
        ask.groups().isEmpty() ? reporter.all() : reporter.some(ask.groups());
    out.send(from, new CoordinationMessage.Report(ask.request(), ask.groups().isEmpty(), reports));
  }

  /** APPOINT: the groups answer at once, each for itself; one answer goes back. */
  void appoint(int from, CoordinationMessage.Appoint appoint) {
    List<CoordinationMessage.Answer> answers = new ArrayList<>();
    int expected = appoint.groups().size();
    for (CoordinationMessage.Appointment each : appoint.groups()) {
      Consumer<CoordinationMessage.Answer> collect =
          answer -> {
            answers.add(answer);
            if (answers.size() == expected) {
              out.send(from, new CoordinationMessage.Appointed(appoint.request(), answers));
            }
          };
      appoint(each, collect);
    }
  }

  private void appoint(
      CoordinationMessage.Appointment wanted, Consumer<CoordinationMessage.Answer> answer) {
    GroupId group = wanted.group();
    if (status(group, wanted.history()).isEmpty()) {
      answer.accept(answer(group, CoordinationMessage.Verdict.NO_GROUP));
      return;
    }
    step(
        group,
        new GroupEvent.Appoint(
            wanted.epoch(),
            whenReplied(outcome -> answer.accept(answer(group, verdictOf(outcome))))));
  }

  private CoordinationMessage.Answer answer(GroupId group, CoordinationMessage.Verdict verdict) {
    return new CoordinationMessage.Answer(
        group, verdict, local.status(group).map(GroupStatus::promised).orElse(Promise.NONE));
  }

  private static CoordinationMessage.Verdict verdictOf(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Appointment.Accepted accepted -> CoordinationMessage.Verdict.ACCEPTED;
      case Outcome.Appointment.Fenced fenced -> CoordinationMessage.Verdict.FENCED;
      case Outcome.Appointment.NotVoter notVoter -> CoordinationMessage.Verdict.NOT_VOTER;
      case Outcome.Appointment.TooFar tooFar -> CoordinationMessage.Verdict.TOO_FAR;
      default -> CoordinationMessage.Verdict.NO_GROUP;
    };
  }

  /** CREATE. */
  void create(int from, CoordinationMessage.NewGroup wanted) {
    Optional<Replica> self =
        wanted.voters().stream().filter(voter -> voter.broker() == out.me()).findFirst();
    if (self.isEmpty()) {
      done(from, wanted.request(), wanted.group(), null, "this broker is none of the voters");
      return;
    }
    CoordinationEffect.Token token = whenDone(from, wanted.request(), wanted.group(), self.get());
    step(
        wanted.group(),
        new GroupEvent.Create(wanted.history(), self.get(), wanted.voters(), token));
  }

  /** A replica that joins; the one that is here already, if there is one. */
  void join(int from, CoordinationMessage.JoinGroup wanted) {
    Optional<GroupStatus> present = local.status(wanted.group());
    if (present.isPresent()) {
      boolean same = present.get().history() == wanted.history();
      Replica self = same ? present.get().self() : null;
      done(from, wanted.request(), wanted.group(), self, "another history of the group is here");
      return;
    }
    Replica self = new Replica(out.me(), out.random().nextLong());
    CoordinationEffect.Token token = whenDone(from, wanted.request(), wanted.group(), self);
    step(wanted.group(), new GroupEvent.Join(wanted.history(), self, token));
  }

  /** UNCLEAN: a new history begins here. */
  void fork(int from, CoordinationMessage.ForkGroup wanted) {
    GroupId group = wanted.group();
    Optional<GroupStatus> done = status(group, wanted.history());
    if (done.isPresent()) {
      done(from, wanted.request(), group, done.get().self(), "");
      return;
    }
    boolean here =
        local
            .status(group)
            .or(() -> local.lastResort(group))
            .filter(status -> status.history() == wanted.parent())
            .isPresent();
    if (!here) {
      done(from, wanted.request(), group, null, "the group is not on this broker's disk");
      return;
    }
    Replica self = new Replica(out.me(), out.random().nextLong());
    CoordinationEffect.Token token = whenDone(from, wanted.request(), group, self);
    step(group, new GroupEvent.Fork(wanted.history(), self, token));
  }

  /** UNCLEAN: a replica here withdraws if its history was given up for that one. */
  void hear(GroupId group, long history, List<HistoryFork> forks) {
    boolean givenUp =
        local
            .status(group)
            .filter(status -> status.history() != history)
            .filter(status -> forks.stream().anyMatch(fork -> fork.parent() == status.history()))
            .isPresent();
    if (givenUp) {
      step(group, new GroupEvent.Heard(history, forks));
    }
  }

  /** CHANGE. */
  void changeVoters(int from, CoordinationMessage.ChangeVoters wanted) {
    if (refuseUnlessHere(from, wanted.request(), wanted.group(), wanted.history())) {
      return;
    }
    CoordinationEffect.Token token = whenDone(from, wanted.request(), wanted.group(), null);
    step(wanted.group(), new GroupEvent.ChangeVoters(wanted.voters(), token));
  }

  /** Partitions come and go, for the topic controller. */
  void changePartitions(int from, CoordinationMessage.ChangePartitions wanted) {
    CoordinationEffect.Token token = whenDone(from, wanted.request(), wanted.group(), null);
    step(
        wanted.group(), new GroupEvent.ChangePartitions(wanted.created(), wanted.deleted(), token));
  }

  private boolean refuseUnlessHere(int from, long request, GroupId group, long history) {
    boolean here = status(group, history).isPresent();
    if (!here) {
      done(from, request, group, null, "the group is not on this broker's disk");
    }
    return !here;
  }

  /** GRACEFUL: the target is appointed from here as soon as it has everything. */
  void handOver(int from, CoordinationMessage.Move move) {
    if (refuseUnlessHere(from, move.request(), move.group(), move.history())) {
      return;
    }
    Consumer<Outcome> whenCaughtUp =
        outcome -> {
          if (outcome instanceof Outcome.Done) {
            int epoch = local.status(move.group()).map(s -> s.promised().epoch()).orElse(0) + 1;
            CoordinationMessage.Appointment appointment =
                new CoordinationMessage.Appointment(move.group(), move.history(), epoch);
            out.send(
                move.target().broker(),
                new CoordinationMessage.Appoint(out.nextNumber(), List.of(appointment)));
          }
          answer(from, move.request(), move.group(), null, outcome);
        };
    step(move.group(), new GroupEvent.HandOver(move.target(), whenReplied(whenCaughtUp)));
  }

  private CoordinationEffect.Token whenDone(
      int from, long request, GroupId group, @Nullable Replica replica) {
    return whenReplied(outcome -> answer(from, request, group, replica, outcome));
  }

  private void answer(
      int to, long request, GroupId group, @Nullable Replica replica, Outcome outcome) {
    String problem = outcome instanceof Outcome.Refused refused ? refused.detail() : "";
    out.send(to, new CoordinationMessage.Done(request, group, problem.isEmpty(), replica, problem));
  }

  private void done(
      int to, long request, GroupId group, @Nullable Replica replica, String problem) {
    boolean done = replica != null;
    out.send(to, new CoordinationMessage.Done(request, group, done, replica, done ? "" : problem));
  }
}

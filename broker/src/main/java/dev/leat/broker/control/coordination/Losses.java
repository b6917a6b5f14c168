package dev.leat.broker.control.coordination;

import dev.leat.broker.control.coordination.loss.LostGroup;
import dev.leat.broker.control.coordination.loss.LostReplicas;
import dev.leat.broker.control.coordination.loss.RecoveredGroup;
import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Replica;
import dev.leat.broker.log.Withdrawal;
import dev.leat.broker.replication.GroupStatus;
import dev.leat.broker.replication.UncleanChoice;
import dev.leat.broker.replication.UncleanPolicy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * UNCLEAN: groups that have lost a quorum: for how long, what is left of them, and how they begin
 * again, because a person or the policy of their class says so.
 *
 * <pre>
 *   (leaderless, no quorum here) --10 s--> LOST --a person or the policy--> forking --> (led)
 *         ^                                 |
 *         +-------- a quorum is here -------+
 * </pre>
 */
final class Losses {
  /** A group counts as lost only after so long: brokers that restart are not gone for good. */
  static final long SETTLE_MS = 10_000;

  /** How long a broker may take to begin a history: it has to write what it has as a base. */
  private static final long FORK_MS = 8_000;

  /** The policy tries no sooner again: what was done has to be heard of first. */
  private static final long FORK_AGAIN_MS = 5_000;

  /** Those whose history was given up are told so again after this time. */
  private static final long TELL_AGAIN_MS = 1_000;

  private final Outbox out;
  private final GroupBook book;
  private final Leaderships leaderships;
  private final Intents intents;
  private final Requests requests;
  private final Map<GroupId, Long> sinceMs = new TreeMap<>();
  private final Set<GroupId> forking = new TreeSet<>();
  private final Map<GroupId, Long> againMs = new TreeMap<>();
  private final Map<GroupId, Long> toldMs = new TreeMap<>();
  private Map<Integer, UncleanPolicy> policies = Map.of();

  Losses(Outbox out, GroupBook book, Leaderships leaderships, Intents intents, Requests requests) {
    this.out = out;
    this.book = book;
    this.leaderships = leaderships;
    this.intents = intents;
    this.requests = requests;
  }

  /** What becomes of lost groups, by class; {@link UncleanPolicy#DEFAULT} where nothing is said. */
  void setPolicies(Map<Integer, UncleanPolicy> byReplicas) {
    policies = Map.copyOf(byReplicas);
  }

  /** Groups that nobody can lead any more unless their brokers come back. */
  Set<GroupId> lost() {
    return sinceMs.keySet().stream()
        .filter(this::isLost)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private long settleMs() {
    return out.isDropped(CoordinationRule.SETTLE) ? 0 : SETTLE_MS;
  }

  boolean isLost(GroupId group) {
    Long since = sinceMs.get(group);
    return since != null && out.now() - since >= settleMs();
  }

  /**
   * Looks who is there.
   *
   * @param leaderless groups that nobody leads, or not with a quorum
   */
  void run(Set<GroupId> leaderless) {
    sinceMs.keySet().retainAll(leaderless);
    againMs.keySet().retainAll(leaderless);
    for (GroupId group : leaderless) {
      if (UncleanChoice.hasQuorum(statuses(book.present(group)))) {
        sinceMs.remove(group);
      } else {
        look(group, sinceMs.computeIfAbsent(group, lost -> out.now()));
      }
    }
    if (!out.isDropped(CoordinationRule.HEAR)) {
      intents.all().keySet().forEach(this::tellGivenUp);
    }
  }

  private void look(GroupId group, long since) {
    UncleanPolicy policy = policies.getOrDefault(group.replicas(), UncleanPolicy.DEFAULT);
    if (!out.isDue(since + settleMs()) || policy.availableAfterMs() == UncleanPolicy.WAIT) {
      return;
    }
    boolean due =
        out.isDue(since + policy.availableAfterMs())
            && out.isDue(againMs.getOrDefault(group, since));
    if (due && !forking.contains(group)) {
      UncleanChoice.choose(
              policy,
              out.now() - since,
              statuses(book.present(group)),
              statuses(book.lastResorts(group)))
          .ifPresent(survivor -> fork(group, survivor, result -> {}));
    }
  }

  private static List<GroupStatus> statuses(Collection<GroupReport> reports) {
    return reports.stream().map(GroupReport::status).toList();
  }

  private Optional<Replica> survivor(GroupId group) {
    return UncleanChoice.best(statuses(book.present(group)), statuses(book.lastResorts(group)));
  }

  private @Nullable GroupReport reportOf(GroupId group, Replica replica) {
    List<GroupReport> all = new ArrayList<>(book.present(group));
    all.addAll(book.lastResorts(group));
    return all.stream().filter(report -> report.self().equals(replica)).findFirst().orElse(null);
  }

  /** All lost groups, for a person. */
  List<LostGroup> describe() {
    return lost().stream().map(this::describe).toList();
  }

  private LostGroup describe(GroupId group) {
    GroupReport survivor = survivor(group).map(best -> reportOf(group, best)).orElse(null);
    long lostMs = out.now() - sinceMs.getOrDefault(group, out.now());
    return new LostGroup(
        group,
        lostMs,
        replicas(group),
        survivor == null ? -1 : survivor.self().broker(),
        survivor == null ? nothingLeft(group) : outlook(group, survivor));
  }

  private List<LostGroup.LostReplica> replicas(GroupId group) {
    return new LostReplicas(book::isHere)
        .voters(book.config(group))
        .heard(book.reports(group))
        .present(book.present(group))
        .withdrawn(book.lastResorts(group))
        .list();
  }

  private String nothingLeft(GroupId group) {
    List<Integer> holders = holders(group);
    boolean withdrawn =
        book.lastResorts(group).stream().anyMatch(had -> had.withdrawal() == Withdrawal.FORKED);
    if (withdrawn) {
      return "what is left was given up when another broker began the group again: bring that"
          + " broker back";
    }
    return "no broker that answers has anything of it: bring back "
        + (holders.isEmpty() ? "the brokers that are missing" : brokers(holders));
  }

  /** Brokers that should have it. */
  private List<Integer> holders(GroupId group) {
    GroupConfig config = book.config(group);
    Intents.Intent intent = intents.find(group);
    if (config != null) {
      return config.all().stream().map(Replica::broker).distinct().toList();
    }
    return intent == null ? List.of() : intent.voters();
  }

  private static String brokers(List<Integer> ids) {
    return (ids.size() == 1 ? "broker " : "brokers ")
        + ids.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  private String outlook(GroupId group, GroupReport survivor) {
    long committed =
        book.reports(group).stream().mapToLong(GroupReport::committedSeq).max().orElse(0);
    String known =
        committed > survivor.lastSeq()
            ? "entries %d to %d were committed and are lost"
                .formatted(survivor.lastSeq() + 1, committed)
            : "what only the missing replicas had after that is lost";
    return "goes on with what broker %d has, up to entry %d of epoch %d; %s"
        .formatted(survivor.self().broker(), survivor.lastSeq(), survivor.lastEpoch(), known);
  }

  /**
   * A person gives up what is missing.
   *
   * @param wanted these groups; none: all that are lost
   * @param answer gets what became of each, once all are known
   */
  void recover(List<GroupId> wanted, Consumer<List<RecoveredGroup>> answer) {
    List<GroupId> groups =
        wanted.isEmpty() ? List.copyOf(lost()) : wanted.stream().distinct().toList();
    List<RecoveredGroup> results = new ArrayList<>();
    Consumer<RecoveredGroup> collect =
        result -> {
          results.add(result);
          if (results.size() == groups.size()) {
            answer.accept(results);
          }
        };
    if (groups.isEmpty()) {
      answer.accept(List.of());
    }
    for (GroupId group : groups) {
      String problem = problem(group);
      Optional<Replica> survivor = survivor(group);
      if (!problem.isEmpty()) {
        collect.accept(new RecoveredGroup(group, false, problem));
      } else if (survivor.isEmpty()) {
        collect.accept(new RecoveredGroup(group, false, nothingLeft(group)));
      } else {
        fork(group, survivor.get(), collect);
      }
    }
  }

  /** Why a group is not to begin again; empty if it may. */
  private String problem(GroupId group) {
    if (intents.find(group) == null) {
      return "there is no such group";
    }
    if (forking.contains(group)) {
      return "it is being recovered: see cluster status";
    }
    Leaderships.Known leader = leaderships.leader(group);
    Long since = sinceMs.get(group);
    if (since == null) {
      return leader == null
          ? "a quorum of its replicas is here: a leader is being appointed, nothing needs to be"
              + " given up"
          : "broker %d leads it with a quorum: nothing needs to be given up"
              .formatted(leader.broker());
    }
    long lostMs = out.now() - since;
    return lostMs >= settleMs()
        ? ""
        : "it has been without a quorum for %d s only, and its brokers may be starting: try again"
                .formatted(lostMs / 1_000)
            + " after "
            + SETTLE_MS / 1_000
            + " s";
  }

  private void fork(GroupId group, Replica survivor, Consumer<RecoveredGroup> answer) {
    GroupReport report = reportOf(group, survivor);
    if (report == null) {
      answer.accept(new RecoveredGroup(group, false, nothingLeft(group)));
      return;
    }
    forking.add(group);
    String outlook = outlook(group, report);
    out.warn("group %s %s: possible data loss", group, outlook);
    Consumer<CoordinationMessage.Done> action =
        done -> {
          forking.remove(group);
          againMs.put(group, out.now() + FORK_AGAIN_MS);
          if (!done.done()) {
            out.warn("group %s does not begin again: %s", group, done.detail());
          }
          answer.accept(
              new RecoveredGroup(group, done.done(), done.done() ? outlook : done.detail()));
        };
    long request = requests.begin(survivor.broker(), group, FORK_MS, action);
    out.send(
        survivor.broker(),
        new CoordinationMessage.ForkGroup(
            request, group, report.history(), out.random().nextLong()));
  }

  /** Whoever is here with a history that another one here comes from, and may not have heard it. */
  private void tellGivenUp(GroupId group) {
    List<GroupReport> all = book.allPresent(group);
    if (all.stream().allMatch(report -> report.forks().isEmpty())) {
      toldMs.remove(group);
      return;
    }
    if (!out.isDue(toldMs.getOrDefault(group, 0L) + TELL_AGAIN_MS)) {
      return;
    }
    for (GroupReport late : all) {
      for (GroupReport other : all) {
        if (other.comesFrom(late.history())) {
          toldMs.put(group, out.now());
          out.send(
              late.self().broker(),
              new CoordinationMessage.GivenUp(group, other.history(), other.forks()));
        }
      }
    }
  }
}

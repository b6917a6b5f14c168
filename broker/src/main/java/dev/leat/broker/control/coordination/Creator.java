package dev.leat.broker.control.coordination;

import dev.leat.broker.control.TopicEvent;
import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Replica;
import dev.leat.crds.ClusterState;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * CREATE: groups that the topic controller needs. An attempt is fixed in the store by
 * compare-and-set before anything is on a disk; replica ids follow from its history, so that
 * another controller can go on with it.
 *
 * <pre>
 *   wanted --everybody has been asked--> CREATING{history, voters} in the store
 *     --> on all first voters --> CREATED{history} in the store --> a leader is appointed
 * </pre>
 */
final class Creator {
  private static final long SEND_AGAIN_MS = 500;
  private static final long GIVE_UP_MS = 10_000;
  private static final long REPLACE_MS = 5_000;
  private static final long GATHER_MS = 3_000;

  /** Brokers tell what they have every 2 s, and when they are asked. */
  private static final long TOLD_MS = 5_000;

  private final Outbox out;
  private final Members members;
  private final Fences fences;
  private final GroupBook book;
  private final Intents intents;
  private final StateKeeper keeper;
  private final Requests requests;
  private final long sinceMs;
  private final Map<GroupId, Long> wanted = new TreeMap<>();
  private final Map<GroupId, Attempt> attempts = new TreeMap<>();
  private final Set<Integer> waived = new HashSet<>();
  private int expected;

  private static final class Attempt {
    private final long history;
    private final long sinceMs;
    private final Set<Integer> done = new HashSet<>();
    private long sendMs;

    Attempt(long history, long now) {
      this.history = history;
      this.sinceMs = now;
      this.sendMs = now;
    }
  }

  Creator(
      Outbox out,
      Members members,
      Fences fences,
      GroupBook book,
      Intents intents,
      StateKeeper keeper,
      Requests requests) {
    this.out = out;
    this.members = members;
    this.fences = fences;
    this.book = book;
    this.intents = intents;
    this.keeper = keeper;
    this.requests = requests;
    this.sinceMs = out.now();
  }

  /** How many brokers the cluster is to have: new groups wait a little for all of them. */
  void expect(int brokers) {
    expected = brokers;
  }

  /** A person says that it is dead for good. */
  void waive(int broker) {
    waived.add(broker);
  }

  /** Why a broker cannot be waived; empty if it can. */
  Optional<String> waiveProblem(int broker) {
    if (isHere(broker)) {
      return Optional.of("broker %d answers: there is nothing to waive".formatted(broker));
    }
    return knownBrokers().contains(broker)
        ? Optional.empty()
        : Optional.of("no broker %d is known: see leat cluster status".formatted(broker));
  }

  /** It is back: the next time that it is gone, it is waited for again. */
  void onLink(int broker) {
    waived.remove(broker);
  }

  private boolean isHere(int broker) {
    Member member = members.find(broker);
    return member != null && member.isLinked() && !members.isSilent(member);
  }

  /** Whether a broker has told this controller, just now, all that it has. */
  private boolean hasTold(int broker) {
    Member member = members.find(broker);
    return member != null
        && isHere(broker)
        && member.toldAllMs() >= Math.max(sinceMs, out.now() - TOLD_MS);
  }

  private Set<Integer> knownBrokers() {
    Set<Integer> brokers = new TreeSet<>();
    members.all().forEach(member -> brokers.add(member.id()));
    ClusterState.Status stored = keeper.stored();
    if (stored != null) {
      stored.brokers().forEach(broker -> brokers.add(broker.id()));
    }
    return brokers;
  }

  void want(GroupId group) {
    wanted.putIfAbsent(group, out.now());
  }

  /** A group leads: whoever wanted it has it. */
  void leads(GroupId group) {
    wanted.remove(group);
  }

  void run() {
    begin();
    for (Map.Entry<GroupId, Intents.Intent> each : List.copyOf(intents.all().entrySet())) {
      if (!each.getValue().isCreated()) {
        proceed(each.getKey(), each.getValue());
      }
    }
    giveUp();
  }

  private void giveUp() {
    for (Map.Entry<GroupId, Long> each : List.copyOf(wanted.entrySet())) {
      if (out.isDue(each.getValue() + GIVE_UP_MS)) {
        wanted.remove(each.getKey());
        String reason = problem(each.getKey());
        out.emit(
            new CoordinationEffect.TellTopics(new TopicEvent.GroupFailed(each.getKey(), reason)));
      }
    }
  }

  private void begin() {
    Map<Integer, Placement> placements = new TreeMap<>();
    for (GroupId group : wanted.keySet()) {
      if (intents.find(group) == null && !adopt(group) && problem(group).isEmpty()) {
        Placement placement = placements.computeIfAbsent(group.replicas(), this::placement);
        intents.put(
            group,
            new Intents.Intent(
                ClusterState.GroupPhase.CREATING,
                out.random().nextLong(),
                placement.choose(group.replicas())));
      }
    }
  }

  private Placement placement(int replicas) {
    return Placement.current(replicas, members, fences, intents);
  }

  /** Why a group cannot begin now; empty if it can. */
  private String problem(GroupId group) {
    if (!keeper.isRead()) {
      return "the store does not answer: groups are created when it does";
    }
    if (intents.find(group) != null) {
      return "group " + group + " has no leader: its brokers are away";
    }
    for (int broker : knownBrokers()) {
      if (isHere(broker) && !hasTold(broker)) {
        return "broker %d has not said yet whether it has group %s".formatted(broker, group);
      }
      if (!isHere(broker) && !waived.contains(broker)) {
        return "broker %d may have group %s and does not answer: start it; if it is gone for good:"
                .formatted(broker, group)
            + " leat cluster recover --waive "
            + broker;
      }
    }
    if (members.linked().size() < expected && !out.isDue(sinceMs + GATHER_MS)) {
      return "brokers are starting";
    }
    int up = placement(group.replicas()).size();
    return up >= group.replicas()
        ? ""
        : "group %s needs %d brokers, %d are up".formatted(group, group.replicas(), up);
  }

  /** Replicas exist that the store does not know of: it has lost them. */
  private boolean adopt(GroupId group) {
    GroupReport report = book.newest(group);
    GroupConfig config = report == null ? null : report.config();
    if (report == null || config == null) {
      return adoptLastResort(group) || !book.reports(group).isEmpty();
    }
    boolean begun =
        config.isJoint()
            || report.configSeq() > 0
            || book.highestEpoch(group) > 0
            || config.voters().stream().allMatch(voter -> isReported(group, voter));
    intents.put(
        group,
        new Intents.Intent(
            begun ? ClusterState.GroupPhase.CREATED : ClusterState.GroupPhase.CREATING,
            report.history(),
            config.voters().stream().map(Replica::broker).toList()));
    return true;
  }

  /** UNCLEAN: all that is left of it has withdrawn: a person has to say that it may go on so. */
  private boolean adoptLastResort(GroupId group) {
    for (GroupReport had : book.lastResorts(group)) {
      GroupConfig config = had.config();
      if (config != null) {
        intents.put(
            group,
            new Intents.Intent(
                ClusterState.GroupPhase.CREATED,
                had.history(),
                config.voters().stream().map(Replica::broker).toList()));
        return true;
      }
    }
    return false;
  }

  private boolean isReported(GroupId group, Replica voter) {
    return book.reports(group).stream().anyMatch(report -> report.self().equals(voter));
  }

  private void proceed(GroupId group, Intents.Intent intent) {
    if (!keeper.hasStored(group, intent)) {
      return;
    }
    Attempt attempt = attempts.get(group);
    if (attempt == null || attempt.history != intent.history()) {
      attempt = new Attempt(intent.history(), out.now());
      attempts.put(group, attempt);
    }
    if (attempt.done.containsAll(intent.voters())) {
      attempts.remove(group);
      intents.put(group, intent.created());
    } else if (out.isDue(attempt.sendMs)) {
      attempt.sendMs = out.now() + SEND_AGAIN_MS;
      out.wakeAt(attempt.sendMs);
      send(group, intent, attempt);
      replace(group, intent, attempt);
    }
  }

  private void send(GroupId group, Intents.Intent intent, Attempt attempt) {
    List<Replica> voters =
        intent.voters().stream().map(voter -> replica(voter, intent.history())).toList();
    for (int voter : intent.voters()) {
      if (!attempt.done.contains(voter)) {
        Consumer<CoordinationMessage.Done> action =
            done -> {
              if (done.done()) {
                attempt.done.add(voter);
              }
            };
        long request = requests.begin(voter, group, SEND_AGAIN_MS, action);
        out.send(
            voter,
            new CoordinationMessage.CreateGroups(
                List.of(
                    new CoordinationMessage.NewGroup(request, group, intent.history(), voters))));
      }
    }
  }

  /** One of the first voters is gone: others are chosen, as long as nothing is CREATED. */
  private void replace(GroupId group, Intents.Intent intent, Attempt attempt) {
    boolean late = out.now() >= attempt.sinceMs + REPLACE_MS;
    boolean gone =
        intent.voters().stream()
            .filter(voter -> !attempt.done.contains(voter))
            .anyMatch(voter -> fences.stateOf(voter) == BrokerState.FENCED);
    Placement placement = placement(group.replicas());
    if (late && gone && placement.size() >= group.replicas()) {
      intents.put(
          group,
          new Intents.Intent(
              ClusterState.GroupPhase.CREATING,
              out.random().nextLong(),
              placement.choose(group.replicas())));
    }
  }

  /** The first replica of a broker: every controller that goes on with an attempt names it so. */
  static Replica replica(int broker, long history) {
    long mixed = (history ^ (broker + 1) * 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
    return new Replica(broker, mixed ^ (mixed >>> 31));
  }

  /** Whether a group exists beyond doubt, so that it may be led. */
  boolean mayBeLed(GroupId group, Intents.@Nullable Intent intent) {
    if (intent == null || !intent.isCreated()) {
      return intent == null && book.highestEpoch(group) > 0;
    }
    return book.highestEpoch(group) > 0 || keeper.hasStored(group, intent);
  }
}

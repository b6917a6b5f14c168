package dev.leat.broker.control.coordination;

import dev.leat.broker.control.coordination.CoordinationMessage.Appointment;
import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Replica;
import dev.leat.broker.replication.Role;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Gives leaders to groups that have none: asks the voters, then appoints the best of them. Never
 * waits for the store.
 *
 * <pre>
 *   (leaderless) --> ASKING --answers--> APPOINTED --it leads--> (done)
 *                      ^  \                  /
 *                      |   \-- nobody fits  / Fenced, silence
 *                      +---- PAUSED <------+
 * </pre>
 */
final class Appointer {
  /** How long an appointed leader may take to collect. */
  private static final long COLLECT_MS = 1_500;

  /** Pause when no quorum answers, or one hears its leader: something else has to happen first. */
  private static final long LOOK_AGAIN_MS = 250;

  private static final long FIRST_BACKOFF_MS = 20;

  private final Outbox out;
  private final Members members;
  private final Leaderships leaderships;
  private final Map<GroupId, Attempt> attempts = new TreeMap<>();
  private final Map<Long, AskRound> rounds = new TreeMap<>();
  private final Map<Long, List<Appointment>> sent = new TreeMap<>();

  /** Who may lead: the controller's decision, or a stand-in's own view. */
  interface Standing {
    /** What a broker counts as. */
    BrokerState stateOf(int broker);

    /** CONTACT: whether what is led there is to be led elsewhere, though voters may hear it. */
    boolean isGivenUp(int broker);
  }

  private enum Phase {
    ASKING,
    APPOINTED,
    PAUSED
  }

  private static final class Attempt {
    private Phase phase = Phase.ASKING;
    private long untilMs;
    private int failures;
    private int target = -1;
    private int epoch;
    private final Set<Integer> tried = new HashSet<>();
  }

  Appointer(Outbox out, Members members, Leaderships leaderships) {
    this.out = out;
    this.members = members;
    this.leaderships = leaderships;
  }

  /** Whether leaders are being looked for right now. */
  boolean isBusy() {
    return attempts.values().stream().anyMatch(attempt -> attempt.phase != Phase.PAUSED);
  }

  /** Whom a group was given to; null if it is not being appointed. */
  @Nullable Given given(GroupId group) {
    Attempt attempt = attempts.get(group);
    return attempt == null || attempt.phase != Phase.APPOINTED
        ? null
        : new Given(attempt.target, attempt.epoch);
  }

  /** An appointment under way: to which broker, in which epoch. */
  record Given(int broker, int epoch) {}

  /** Something has happened that may help: those that wait for it need not wait longer. */
  void hurry() {
    for (Attempt attempt : attempts.values()) {
      if (attempt.phase == Phase.PAUSED && attempt.failures == 0) {
        attempt.untilMs = out.now();
      }
    }
  }

  /**
   * Does what is due.
   *
   * @param leaderless groups that need a leader, and that this broker is to care for
   * @param standing who may lead
   */
  void run(Collection<GroupId> leaderless, Standing standing) {
    attempts.keySet().retainAll(leaderless);
    List<GroupId> toAsk = new ArrayList<>();
    for (GroupId group : leaderless) {
      Attempt attempt = attempts.get(group);
      if (attempt == null) {
        attempts.put(group, new Attempt());
        toAsk.add(group);
      } else if (attempt.phase != Phase.ASKING && out.isDue(attempt.untilMs)) {
        if (attempt.phase == Phase.APPOINTED) {
          attempt.failures++;
        }
        attempt.phase = Phase.ASKING;
        toAsk.add(group);
      }
    }
    ask(toAsk);
    decide(standing);
  }

  private void ask(List<GroupId> groups) {
    if (groups.isEmpty()) {
      return;
    }
    Set<Integer> asked = new TreeSet<>();
    members.linked().forEach(member -> asked.add(member.id()));
    AskRound round = new AskRound(out.nextNumber(), groups, asked, out.now());
    rounds.put(round.request, round);
    for (int broker : asked) {
      out.send(broker, new CoordinationMessage.Ask(round.request, groups));
    }
  }

  void onReport(int broker, CoordinationMessage.Report report) {
    AskRound round = rounds.get(report.request());
    if (round != null) {
      round.onReport(broker, report);
    }
  }

  void onLost(int broker) {
    rounds.values().forEach(round -> round.lost(broker));
  }

  private void decide(Standing standing) {
    Map<Integer, List<Appointment>> appointments = new TreeMap<>();
    long timeout = out.timing().askTimeout();
    for (AskRound round : List.copyOf(rounds.values())) {
      if (!round.isComplete(out.now(), timeout)) {
        out.wakeAt(round.dueMs(timeout));
        continue;
      }
      rounds.remove(round.request);
      for (GroupId group : round.groups) {
        Attempt attempt = attempts.get(group);
        if (attempt != null && attempt.phase == Phase.ASKING) {
          decide(round, group, attempt, standing, appointments);
        }
      }
    }
    appointments.forEach(this::send);
  }

  private void send(int broker, List<Appointment> groups) {
    long request = out.nextNumber();
    sent.put(request, groups);
    while (sent.size() > 100) {
      sent.remove(sent.keySet().iterator().next());
    }
    out.send(broker, new CoordinationMessage.Appoint(request, groups));
  }

  private void decide(
      AskRound round,
      GroupId group,
      Attempt attempt,
      Standing standing,
      Map<Integer, List<Appointment>> appointments) {
    GroupReport newest = round.newestConfig(group);
    GroupConfig config = newest == null ? null : newest.config();
    if (newest == null || config == null || !round.hasQuorum(group)) {
      pause(attempt, LOOK_AGAIN_MS);
      return;
    }
    List<GroupReport> answers = round.answers(group);
    if (hearLeader(config, answers, standing) && !out.isDropped(CoordinationRule.CONTACT)) {
      pause(attempt, LOOK_AGAIN_MS);
      return;
    }
    if (attempt.failures == 0
        && answers.stream().anyMatch(answer -> answer.role() == Role.COLLECTING)) {
      // Somebody else has appointed just now.
      attempt.failures++;
      pause(attempt, LOOK_AGAIN_MS);
      return;
    }
    GroupReport best = choose(config, answers, attempt, standing);
    if (best == null) {
      pause(attempt, LOOK_AGAIN_MS);
      return;
    }
    attempt.phase = Phase.APPOINTED;
    attempt.untilMs = out.now() + COLLECT_MS;
    attempt.target = best.self().broker();
    attempt.epoch = 1 + highestEpoch(group, round.allAnswers(group), attempt);
    attempt.tried.add(attempt.target);
    out.wakeAt(attempt.untilMs);
    appointments
        .computeIfAbsent(attempt.target, broker -> new ArrayList<>())
        .add(new Appointment(group, newest.history(), attempt.epoch));
  }

  private int highestEpoch(GroupId group, List<GroupReport> answers, Attempt attempt) {
    Leaderships.Known known = leaderships.all().get(group);
    int highest = known == null ? attempt.epoch : Math.max(attempt.epoch, known.epoch());
    if (out.isDropped(CoordinationRule.ASK)) {
      return highest;
    }
    for (GroupReport answer : answers) {
      highest = Math.max(highest, answer.promised().epoch());
    }
    return Math.max(highest, leaderships.highestEpoch(group));
  }

  /** CONTACT, MUTUAL: whether quorums hear of a leader at work, and it them; if not given up. */
  private boolean hearLeader(GroupConfig config, List<GroupReport> answers, Standing standing) {
    Set<Replica> hearing = new HashSet<>();
    for (GroupReport answer : answers) {
      Replica leader = answer.promised().leader();
      boolean atWork =
          answer.role() == Role.ACTIVE
              || (answer.contactAgeMs() >= 0 && answer.contactAgeMs() <= out.timing().contact());
      if (leader != null
          && atWork
          && !standing.isGivenUp(leader.broker())
          && !members.isDeafTo(leader.broker(), answer.self().broker())) {
        hearing.add(answer.self());
      }
    }
    return AskRound.isQuorum(config, hearing);
  }

  /** Whom: who is well, the best log, then spread, then the lowest number. */
  private @Nullable GroupReport choose(
      GroupConfig config, List<GroupReport> answers, Attempt attempt, Standing standing) {
    Comparator<GroupReport> order =
        Comparator.<GroupReport>comparingInt(
                report -> standing.stateOf(report.self().broker()) == BrokerState.UP ? 0 : 1)
            .thenComparing(report -> attempt.tried.contains(report.self().broker()))
            .thenComparing(Comparator.comparingInt(GroupReport::lastEpoch).reversed())
            .thenComparing(Comparator.comparingLong(GroupReport::lastSeq).reversed())
            .thenComparing(report -> load(report.self().broker()))
            .thenComparing(report -> report.self().broker());
    return answers.stream()
        .filter(report -> config.contains(report.self()))
        .filter(report -> report.config() != null && report.config().contains(report.self()))
        .min(order)
        .orElse(null);
  }

  /** How many groups a broker leads or is to lead. */
  private long load(int broker) {
    long leading =
        leaderships.all().entrySet().stream()
            .filter(each -> each.getValue().broker() == broker)
            .filter(each -> leaderships.leader(each.getKey()) != null)
            .filter(each -> !attempts.containsKey(each.getKey()))
            .count();
    long coming =
        attempts.values().stream()
            .filter(each -> each.phase == Phase.APPOINTED && each.target == broker)
            .count();
    return leading + coming;
  }

  void onAppointed(CoordinationMessage.Appointed appointed) {
    List<Appointment> appointments = sent.remove(appointed.request());
    if (appointments == null) {
      return;
    }
    for (CoordinationMessage.Answer answer : appointed.answers()) {
      Attempt attempt = attempts.get(answer.group());
      boolean mine =
          attempt != null
              && attempt.phase == Phase.APPOINTED
              && appointments.stream()
                  .anyMatch(
                      each -> each.group().equals(answer.group()) && each.epoch() == attempt.epoch);
      if (attempt != null && mine && answer.verdict() != CoordinationMessage.Verdict.ACCEPTED) {
        refused(attempt, answer);
      }
    }
  }

  /** Another has appointed, or knows more: after a random pause it is asked for again. */
  private void refused(Attempt attempt, CoordinationMessage.Answer answer) {
    attempt.epoch = Math.max(attempt.epoch, answer.promised().epoch());
    attempt.failures++;
    long bound =
        Math.min(FIRST_BACKOFF_MS << Math.min(attempt.failures, 20), out.timing().maxBackoff());
    pause(attempt, out.isDropped(CoordinationRule.BACKOFF) ? 1 : 1 + out.jitter(bound));
  }

  private void pause(Attempt attempt, long ms) {
    attempt.phase = Phase.PAUSED;
    attempt.untilMs = out.now() + ms;
    out.wakeAt(attempt.untilMs);
  }
}

package dev.leat.broker.control.coordination;

import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Replica;
import dev.leat.broker.replication.Role;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What is known of groups from what all brokers have reported. */
final class GroupBook {
  private final Outbox out;
  private final Members members;
  private final Leaderships leaderships;

  GroupBook(Outbox out, Members members, Leaderships leaderships) {
    this.out = out;
    this.members = members;
    this.leaderships = leaderships;
  }

  /** All groups of which anybody has a replica. */
  Set<GroupId> known() {
    Set<GroupId> known = new TreeSet<>();
    members.all().forEach(member -> known.addAll(member.reports().keySet()));
    return known;
  }

  /**
   * All reports about a group, of brokers that may be gone by now, too. UNCLEAN: where one history
   * comes from another, only of the one that counts among those that are here.
   */
  List<GroupReport> reports(GroupId group) {
    List<GroupReport> reports = allReports(group, false);
    if (reports.stream().allMatch(report -> report.forks().isEmpty())) {
      return reports;
    }
    List<GroupReport> here = allReports(group, true);
    Set<Long> live = GroupReport.liveHistories(here.isEmpty() ? reports : here);
    return reports.stream().filter(report -> live.contains(report.history())).toList();
  }

  /** Reports of those that are here now, of the history that counts. */
  List<GroupReport> present(GroupId group) {
    return GroupReport.ofLiveHistories(allReports(group, true));
  }

  /** What those brokers have that are here now, of any history. */
  List<GroupReport> allPresent(GroupId group) {
    return allReports(group, true);
  }

  private List<GroupReport> allReports(GroupId group, boolean hereOnly) {
    List<GroupReport> reports = new ArrayList<>();
    for (Member member : members.all()) {
      GroupReport report = member.reports().get(group);
      if (report != null && (!hereOnly || isHere(member))) {
        reports.add(report);
      }
    }
    return reports;
  }

  /** Whether a broker answers. */
  boolean isHere(int broker) {
    Member member = members.find(broker);
    return member != null && isHere(member);
  }

  private boolean isHere(Member member) {
    return member.isLinked() && !members.isSilent(member);
  }

  /** UNCLEAN: what replicas had that have withdrawn, on brokers that are here. */
  List<GroupReport> lastResorts(GroupId group) {
    List<GroupReport> had = new ArrayList<>();
    for (Member member : members.all()) {
      GroupReport report = member.lastResorts().get(group);
      if (report != null && isHere(member)) {
        had.add(report);
      }
    }
    return had;
  }

  /**
   * UNCLEAN: a broker that is away, in whose history that of {@code report} was given up; -1 if
   * none is known.
   */
  int awayWithLaterHistory(GroupReport report) {
    return members.all().stream()
        .filter(member -> !isHere(member))
        .filter(
            member -> {
              GroupReport other = member.reports().get(report.group());
              return other != null && other.comesFrom(report.history());
            })
        .mapToInt(Member::id)
        .findFirst()
        .orElse(-1);
  }

  /** Whoever reports the newest config; null if nobody has one. */
  @Nullable GroupReport newest(GroupId group) {
    GroupReport newest = null;
    for (GroupReport report : reports(group)) {
      boolean newer = newest == null || report.hasNewerConfigThan(newest);
      newest = report.config() != null && newer ? report : newest;
    }
    return newest;
  }

  /** Its newest known config; null if nobody has one. */
  @Nullable GroupConfig config(GroupId group) {
    GroupReport newest = newest(group);
    return newest == null ? null : newest.config();
  }

  /** Highest epoch that anybody has promised. */
  int highestEpoch(GroupId group) {
    return reports(group).stream().mapToInt(each -> each.promised().epoch()).max().orElse(0);
  }

  /**
   * Whether its leader has lost its quorum though the controller hears it: most voters have not
   * heard of it for long, or it does not hear them (MUTUAL). What those last said that are away
   * counts only as long as the leader itself still reaches a quorum.
   */
  boolean isStalled(GroupId group, Leaderships.Known leader) {
    GroupConfig config = config(group);
    if (config == null) {
      return false;
    }
    Set<Replica> hearing = new HashSet<>();
    List<GroupReport> reports = reports(group);
    boolean reaches =
        reports.stream()
            .filter(report -> report.self().broker() == leader.broker())
            .anyMatch(report -> report.contactAgeMs() >= 0);
    for (GroupReport report : reports) {
      boolean leads = report.self().broker() == leader.broker();
      boolean hears =
          (reaches || isHere(report.self().broker()))
              && report.contactAgeMs() >= 0
              && report.contactAgeMs() <= out.timing().maxSuspect()
              && report.promised().epoch() <= leader.epoch()
              && !members.isDeafTo(leader.broker(), report.self().broker());
      if (leads || hears) {
        hearing.add(report.self());
      }
    }
    return !AskRound.isQuorum(config, hearing);
  }

  /** Who leads, if it does so with a quorum; null if the group needs a leader. */
  Leaderships.@Nullable Known leader(GroupId group) {
    return leaderships.leader(group);
  }

  /** Voters that are away or far behind their leader. */
  List<Integer> lagging(GroupId group, Appointer.Standing standing) {
    GroupConfig config = config(group);
    if (config == null) {
      return List.of();
    }
    List<GroupReport> reports = reports(group);
    long committed = reports.stream().mapToLong(GroupReport::committedSeq).max().orElse(0);
    List<Integer> lagging = new ArrayList<>();
    for (Replica voter : config.voters()) {
      boolean well =
          standing.stateOf(voter.broker()) != BrokerState.FENCED
              && reports.stream()
                  .filter(report -> report.self().equals(voter))
                  .anyMatch(report -> keepsUp(report, committed));
      if (!well) {
        lagging.add(voter.broker());
      }
    }
    return lagging;
  }

  private static boolean keepsUp(GroupReport report, long committed) {
    return report.role() == Role.ACTIVE || report.lastSeq() >= committed - MAX_BEHIND;
  }

  private static final long MAX_BEHIND = 10_000;
}

package dev.leat.broker.control.coordination;

import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Replica;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One question to the voters of some groups, and what they have answered. */
final class AskRound {
  /** Once quorums have answered, so much longer for a better log. */
  private static final long GRACE_MS = 20;

  final long request;
  final Set<GroupId> groups;
  private final Set<Integer> awaited;
  private final long askedMs;
  private final Map<GroupId, List<GroupReport>> answers = new TreeMap<>();

  AskRound(long request, Collection<GroupId> groups, Collection<Integer> asked, long now) {
    this.request = request;
    this.groups = new TreeSet<>(groups);
    this.awaited = new HashSet<>(asked);
    this.askedMs = now;
  }

  void onReport(int broker, CoordinationMessage.Report report) {
    if (awaited.remove(broker)) {
      for (GroupReport each : report.groups()) {
        if (groups.contains(each.group()) && each.withdrawal() == null) {
          answers.computeIfAbsent(each.group(), group -> new ArrayList<>()).add(each);
        }
      }
    }
  }

  /** Whoever is gone does not answer. */
  void lost(int broker) {
    awaited.remove(broker);
  }

  boolean isComplete(long now, long timeout) {
    return awaited.isEmpty()
        || now >= askedMs + timeout
        || (now >= askedMs + GRACE_MS && groups.stream().allMatch(this::hasQuorum));
  }

  /** When to look again. */
  long dueMs(long timeout) {
    boolean quorums = groups.stream().allMatch(this::hasQuorum);
    return askedMs + (quorums ? Math.min(GRACE_MS, timeout) : timeout);
  }

  /** All answers; UNCLEAN: but of those whose history was given up, as far as is known here. */
  List<GroupReport> answers(GroupId group) {
    return GroupReport.ofLiveHistories(allAnswers(group));
  }

  /** All answers. */
  List<GroupReport> allAnswers(GroupId group) {
    return answers.getOrDefault(group, List.of());
  }

  /** Whoever answered with the newest config; null if nobody has one. */
  @Nullable GroupReport newestConfig(GroupId group) {
    GroupReport newest = null;
    for (GroupReport report : answers(group)) {
      boolean newer = newest == null || report.hasNewerConfigThan(newest);
      newest = report.config() != null && newer ? report : newest;
    }
    return newest;
  }

  /** Whether quorums of the newest config have answered. */
  boolean hasQuorum(GroupId group) {
    GroupReport newest = newestConfig(group);
    if (newest == null || newest.config() == null) {
      return false;
    }
    Set<Replica> answered = new HashSet<>();
    answers(group).forEach(report -> answered.add(report.self()));
    return isQuorum(newest.config(), answered);
  }

  /** Whether {@code some} hold quorums of all sets of a config. */
  static boolean isQuorum(GroupConfig config, Set<Replica> some) {
    return isMajority(config.voters(), some)
        && (!config.isJoint() || isMajority(config.prev(), some));
  }

  private static boolean isMajority(List<Replica> set, Set<Replica> some) {
    return set.stream().filter(some::contains).count() > set.size() / 2;
  }
}

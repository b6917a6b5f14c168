package dev.leat.broker.control.coordination;

import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Replica;
import dev.leat.broker.replication.GroupStatus;
import dev.leat.broker.replication.Role;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Without a controller, the voters of a group appoint: the one of lowest number that reaches a
 * quorum; the next one if that does not help. Ends as soon as a controller is heard.
 */
final class StandIn implements Appointer.Standing {
  private static final long PATIENCE_MS = 1_000;

  private final Outbox out;
  private final LocalGroups local;
  private final Members members;
  private final Leaderships leaderships;
  private final Map<GroupId, Long> leaderlessSince = new HashMap<>();

  StandIn(Outbox out, LocalGroups local, Members members, Leaderships leaderships) {
    this.out = out;
    this.local = local;
    this.members = members;
    this.leaderships = leaderships;
  }

  /** Groups that need a leader, and that it is for this broker to appoint. */
  Set<GroupId> groups() {
    Set<GroupId> groups = new TreeSet<>();
    for (GroupId group : local.all()) {
      GroupStatus status = local.status(group).orElse(null);
      GroupConfig config = status == null ? null : status.config();
      if (status == null
          || config == null
          || !config.contains(status.self())
          || status.promised().epoch() == 0
          || isLed(group, status)) {
        leaderlessSince.remove(group);
      } else if (isForMe(group, config)) {
        groups.add(group);
      }
    }
    return groups;
  }

  void end() {
    leaderlessSince.clear();
  }

  private boolean isLed(GroupId group, GroupStatus status) {
    if (status.role() == Role.ACTIVE) {
      return true;
    }
    Leaderships.Known leader = leaderships.leader(group);
    long contactMs = status.leaderContactMs();
    Replica promised = status.promised().leader();
    boolean hears =
        contactMs != Long.MIN_VALUE
            && out.now() - contactMs <= out.timing().contact()
            && !(promised != null && members.isDeafTo(promised.broker(), out.me()));
    if (hears) {
      out.wakeAt(contactMs + out.timing().contact() + 1);
    }
    boolean alive = promised != null && stateOf(promised.broker()) != BrokerState.FENCED;
    return (leader != null && stateOf(leader.broker()) != BrokerState.FENCED && hears)
        || (hears && alive && leader != null);
  }

  private boolean isForMe(GroupId group, GroupConfig config) {
    Set<Replica> reached = new HashSet<>();
    List<Replica> all = config.all();
    int rank = 0;
    for (Replica voter : all) {
      if (stateOf(voter.broker()) != BrokerState.FENCED) {
        reached.add(voter);
        rank += voter.broker() < out.me() ? 1 : 0;
      }
    }
    if (!AskRound.isQuorum(config, reached)) {
      leaderlessSince.remove(group);
      return false;
    }
    long since = leaderlessSince.computeIfAbsent(group, g -> out.now());
    return out.isDue(since + rank * PATIENCE_MS);
  }

  @Override
  public BrokerState stateOf(int broker) {
    Member member = members.find(broker);
    if (member == members.self()) {
      return member.said().state();
    }
    if (member == null || !member.isLinked() || members.isSilent(member)) {
      return BrokerState.FENCED;
    }
    return member.said().state();
  }

  /** That it is silent here proves nothing: a stand-in has no witness but the voters it asks. */
  @Override
  public boolean isGivenUp(int broker) {
    Member member = members.find(broker);
    return member != null && member.said().state() == BrokerState.FENCED;
  }
}

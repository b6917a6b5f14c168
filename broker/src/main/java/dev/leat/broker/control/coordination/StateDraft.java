package dev.leat.broker.control.coordination;

import dev.leat.broker.log.GroupId;
import dev.leat.crds.ClusterState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What ClusterState should say. */
final class StateDraft {
  private final Outbox out;
  private final Members members;
  private final Fences fences;
  private final GroupBook book;
  private final Intents intents;
  private final Appointer appointer;

  StateDraft(
      Outbox out,
      Members members,
      Fences fences,
      GroupBook book,
      Intents intents,
      Appointer appointer) {
    this.out = out;
    this.members = members;
    this.fences = fences;
    this.book = book;
    this.intents = intents;
    this.appointer = appointer;
  }

  /**
   * As of now.
   *
   * @param stored what the store has; null: nothing
   * @param format format version that may be written
   */
  ClusterState.Status draft(ClusterState.@Nullable Status stored, int format) {
    return new ClusterState.Status(out.self().clusterId(), format, brokers(stored), groups(stored));
  }

  private List<ClusterState.Broker> brokers(ClusterState.@Nullable Status stored) {
    Map<Integer, ClusterState.Broker> rows = new TreeMap<>();
    if (stored != null) {
      stored.brokers().forEach(row -> rows.put(row.id(), row));
    }
    for (Member member : members.all()) {
      Hello hello = member.hello();
      ClusterState.Broker row = rows.get(member.id());
      if (hello != null) {
        String kafka = hello.addresses().kafka();
        rows.put(
            member.id(),
            new ClusterState.Broker(
                member.id(),
                hello.starts(),
                hello.addresses().client(),
                kafka.isEmpty() ? Optional.empty() : Optional.of(kafka),
                state(member.id())));
      } else if (row != null) {
        rows.put(
            member.id(),
            new ClusterState.Broker(
                row.id(), row.starts(), row.address(), row.kafkaAddress(), state(row.id())));
      }
    }
    rows.keySet().removeIf(this::isEmptyAndLeaving);
    return new ArrayList<>(rows.values());
  }

  private ClusterState.BrokerState state(int broker) {
    return ClusterState.BrokerState.valueOf(fences.stateOf(broker).name());
  }

  /** A broker that leaves goes only once its own report shows that it holds nothing. */
  boolean isEmptyAndLeaving(int broker) {
    Member member = members.find(broker);
    boolean votes =
        intents.all().entrySet().stream()
            .anyMatch(
                each ->
                    each.getValue().voters().contains(broker) || isVoter(each.getKey(), broker));
    return fences.isLeaving(broker)
        && !votes
        && (member == null || member.hello() == null || member.reports().isEmpty());
  }

  private boolean isVoter(GroupId group, int broker) {
    GroupReport newest = book.newest(group);
    return newest != null
        && newest.config() != null
        && newest.config().all().stream().anyMatch(voter -> voter.broker() == broker);
  }

  private List<ClusterState.Group> groups(ClusterState.@Nullable Status stored) {
    Map<Integer, ClusterState.Group> before = new TreeMap<>();
    if (stored != null) {
      stored.groups().forEach(row -> before.put(row.id(), row));
    }
    List<ClusterState.Group> rows = new ArrayList<>();
    for (Map.Entry<GroupId, Intents.Intent> each : intents.all().entrySet()) {
      rows.add(row(each.getKey(), each.getValue(), before.get(each.getKey().value())));
    }
    return rows;
  }

  private ClusterState.Group row(
      GroupId group, Intents.Intent intent, ClusterState.@Nullable Group before) {
    Leaderships.Known leader = book.leader(group);
    Appointer.Given given = appointer.given(group);
    int epoch = before == null ? 0 : before.epoch();
    int broker = -1;
    if (given != null) {
      broker = given.broker();
      epoch = Math.max(epoch, given.epoch());
    } else if (leader != null) {
      broker = leader.broker();
      // What the store says may come from anywhere; what leads is true.
      epoch = leader.epoch();
    }
    GroupReport newest = book.newest(group);
    return new ClusterState.Group(
        group.value(),
        intent.phase(),
        Intents.text(intent.history()),
        epoch,
        broker,
        intent.voters(),
        newest != null && !newest.forks().isEmpty());
  }
}

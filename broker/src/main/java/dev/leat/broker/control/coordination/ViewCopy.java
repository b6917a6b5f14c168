package dev.leat.broker.control.coordination;

import dev.leat.broker.log.GroupId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a broker knows of the cluster: the controller's pushes, and what it knows better itself. */
final class ViewCopy {
  private final Leaderships leaderships;
  private final Members members;
  private final Outbox out;
  private final Map<Integer, ClusterView.Broker> brokers = new TreeMap<>();
  private final Map<GroupId, ClusterView.Group> groups = new TreeMap<>();
  private long term = -1;
  private long number;
  private long source;
  private int format;

  ViewCopy(Outbox out, Members members, Leaderships leaderships) {
    this.out = out;
    this.members = members;
    this.leaderships = leaderships;
  }

  int format() {
    return format;
  }

  /** A controller tells; another process numbers anew, also in a term that it took for its own. */
  void onPush(Member from, CoordinationMessage.ViewPush push) {
    boolean sameSeries = push.term() == term && from.nonce() == source;
    boolean older = push.term() < term || (sameSeries && push.number() < number);
    if (older) {
      return;
    }
    boolean follows = sameSeries && push.number() == number + 1;
    if (!push.all() && !follows) {
      if (!sameSeries || push.number() != number) {
        out.send(from.id(), new CoordinationMessage.ViewRequest());
      }
      return;
    }
    source = from.nonce();
    if (push.all()) {
      brokers.clear();
      groups.clear();
    }
    term = push.term();
    number = push.number();
    format = push.format();
    push.brokers().forEach(broker -> brokers.put(broker.id(), broker));
    push.groups().forEach(group -> groups.put(group.id(), group));
  }

  /** This broker is controller itself: its view is the one. */
  void replace(ClusterView view, long itsTerm) {
    term = itsTerm;
    number = 0;
    source = out.self().nonce();
    format = view.format();
    brokers.clear();
    groups.clear();
    view.brokers().forEach(broker -> brokers.put(broker.id(), broker));
    view.groups().forEach(group -> groups.put(group.id(), group));
  }

  /** The view, with leaders as they have said themselves. */
  ClusterView view(int controller, long itsTerm) {
    return new ClusterView(
        controller, itsTerm, format, brokers(controller), groups(), members.isAlone());
  }

  /** Without a controller, what was told last may be long ago: who is heard is shown as it says. */
  private List<ClusterView.Broker> brokers(int controller) {
    Map<Integer, ClusterView.Broker> all = new TreeMap<>(brokers);
    for (Member member : members.all()) {
      Hello hello = member.hello();
      ClusterView.Broker told = brokers.get(member.id());
      boolean heard = member.isLinked() && !members.isSilent(member);
      if (hello != null
          && (told == null || told.starts() < hello.starts() || (controller < 0 && heard))) {
        all.put(member.id(), brokerOf(hello, member.said().state()));
      }
    }
    return List.copyOf(all.values());
  }

  static ClusterView.Broker brokerOf(Hello hello, BrokerState state) {
    return new ClusterView.Broker(
        hello.broker(), hello.starts(), state, hello.addresses(), hello.zone());
  }

  private List<ClusterView.Group> groups() {
    Map<GroupId, ClusterView.Group> all = new TreeMap<>(groups);
    for (Map.Entry<GroupId, Leaderships.Known> each : leaderships.all().entrySet()) {
      GroupId id = each.getKey();
      Leaderships.Known known = each.getValue();
      ClusterView.Group told = groups.get(id);
      int leader = leaderships.leader(id) == null ? -1 : known.broker();
      if (told == null || known.epoch() >= told.epoch()) {
        all.put(id, withLeader(told, id, known, leader));
      }
    }
    return new ArrayList<>(all.values());
  }

  private static ClusterView.Group withLeader(
      ClusterView.@Nullable Group told, GroupId id, Leaderships.Known known, int leader) {
    List<Integer> none = List.of();
    return new ClusterView.Group(
        id,
        known.history(),
        known.epoch(),
        leader,
        told == null ? none : told.voters(),
        told == null ? none : told.lagging(),
        told == null ? none : told.joining(),
        told != null && told.lost(),
        told != null && told.forked());
  }
}

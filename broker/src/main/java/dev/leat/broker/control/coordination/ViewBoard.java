package dev.leat.broker.control.coordination;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/** The controller's view of the cluster, and its pushes to all other brokers. */
final class ViewBoard {
  /** All of it is sent again so often: a push that got lost is not missed for long. */
  private static final long REFRESH_MS = 10_000;

  private final Outbox out;
  private final Members members;
  private final LongSupplier term;
  private long toldTerm;
  private ClusterView pushed = ClusterView.EMPTY;
  private ClusterView latest = ClusterView.EMPTY;
  private final Set<Integer> needAll = new HashSet<>();
  private long number;
  private long changedMs = -1;
  private long refreshMs;

  /**
   * Nothing told yet.
   *
   * @param term the controller's term: it grows when a higher one is heard of
   */
  ViewBoard(Outbox out, Members members, LongSupplier term) {
    this.out = out;
    this.members = members;
    this.term = term;
    toldTerm = term.getAsLong();
  }

  ClusterView latest() {
    return latest;
  }

  /** A broker that needs everything. */
  void sendAll(int broker) {
    needAll.add(broker);
  }

  void run(ClusterView view) {
    latest = view;
    if (view.equals(pushed)) {
      changedMs = -1;
    } else if (changedMs < 0) {
      changedMs = out.now();
    }
    if (changedMs >= 0 && out.isDue(changedMs + out.timing().batchWindow())) {
      push(view);
    }
    boolean newTerm = term.getAsLong() != toldTerm;
    if (newTerm || out.isDue(refreshMs)) {
      toldTerm = term.getAsLong();
      refreshMs = out.now() + REFRESH_MS;
      out.wakeAt(refreshMs);
      members.others().stream().filter(Member::isLinked).forEach(each -> needAll.add(each.id()));
    }
    for (int broker : needAll) {
      out.send(broker, message(true, view.brokers(), view.groups()));
    }
    needAll.clear();
  }

  private void push(ClusterView view) {
    boolean gone = pushed.groups().size() > view.groups().size() || brokersGone(view);
    List<ClusterView.Broker> brokers = new ArrayList<>(view.brokers());
    List<ClusterView.Group> groups = new ArrayList<>(view.groups());
    if (!gone) {
      brokers.removeAll(new HashSet<>(pushed.brokers()));
      groups.removeAll(new HashSet<>(pushed.groups()));
    }
    number++;
    CoordinationMessage.ViewPush message = message(gone, brokers, groups);
    pushed = view;
    changedMs = -1;
    for (Member member : members.others()) {
      if (member.isLinked() && !needAll.contains(member.id())) {
        out.send(member.id(), message);
      }
    }
  }

  private boolean brokersGone(ClusterView view) {
    return pushed.brokers().stream().anyMatch(broker -> view.broker(broker.id()).isEmpty());
  }

  private CoordinationMessage.ViewPush message(
      boolean all, List<ClusterView.Broker> brokers, List<ClusterView.Group> groups) {
    return new CoordinationMessage.ViewPush(
        toldTerm, number, all, latest.format(), brokers, groups);
  }
}

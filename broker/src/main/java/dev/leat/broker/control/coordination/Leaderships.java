package dev.leat.broker.control.coordination;

import dev.leat.broker.log.GroupId;
import dev.leat.broker.replication.Role;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Who leads which group, as the leaders themselves have said. */
final class Leaderships {
  private final Members members;
  private final Map<GroupId, Known> leaders = new TreeMap<>();
  private final Map<GroupId, Integer> epochs = new TreeMap<>();
  private long changes;

  /**
   * A leader.
   *
   * @param broker which broker
   * @param nonce which process of it: another one leads nothing until it says so
   * @param history history of the group
   * @param epoch in which epoch
   */
  record Known(int broker, long nonce, long history, int epoch) {}

  Leaderships(Members members) {
    this.members = members;
  }

  /** Grows with every change. */
  long changes() {
    return changes;
  }

  Map<GroupId, Known> all() {
    return leaders;
  }

  /**
   * Highest epoch in which anybody has led, in any history: clients take nothing of a lower one,
   * and do not know of histories.
   */
  int highestEpoch(GroupId group) {
    return epochs.getOrDefault(group, 0);
  }

  void onLeading(Member from, CoordinationMessage.Leading leading) {
    for (CoordinationMessage.Leadership each : leading.groups()) {
      Known known = leaders.get(each.group());
      Known said = new Known(from.id(), from.nonce(), each.history(), each.epoch());
      boolean newer =
          known == null || each.epoch() >= known.epoch() || each.history() != known.history();
      if (each.leads() && newer) {
        put(each.group(), said);
      } else if (!each.leads() && known != null && isOf(from, known)) {
        remove(each.group());
      }
    }
  }

  /** A replica says what it does: a word about its leadership may have been lost. */
  void onReport(Member from, GroupReport report) {
    Known known = leaders.get(report.group());
    int epoch = report.promised().epoch();
    boolean leads = report.role() == Role.ACTIVE;
    if (leads && (known == null || epoch > known.epoch() || leader(report.group()) == null)) {
      put(report.group(), new Known(from.id(), from.nonce(), report.history(), epoch));
    } else if (known != null && isOf(from, known)) {
      if (!leads || epoch > known.epoch()) {
        remove(report.group());
      }
    }
  }

  private static boolean isOf(Member member, Known known) {
    return member.id() == known.broker() && member.nonce() == known.nonce();
  }

  private void put(GroupId group, Known known) {
    epochs.merge(group, known.epoch(), Math::max);
    if (!known.equals(leaders.put(group, known))) {
      changes++;
    }
  }

  private void remove(GroupId group) {
    leaders.remove(group);
    changes++;
  }

  /** Who leads, unless that process is known to be gone. */
  @Nullable Known leader(GroupId group) {
    Known known = leaders.get(group);
    if (known == null) {
      return null;
    }
    Member member = members.find(known.broker());
    boolean gone = member == null || member.nonce() != known.nonce() || member.isDead();
    return gone ? null : known;
  }
}

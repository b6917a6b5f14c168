package dev.leat.broker.control.coordination;

import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Replica;
import dev.leat.broker.replication.GroupStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * GRACEFUL, when this broker is told to stop: it says so to all, hands over what it leads, and then
 * stops. Needs nobody's permission, no controller and no store.
 */
final class Drain {
  /** A hand-over that comes to nothing is tried again. */
  private static final long AGAIN_MS = 1_200;

  /**
   * So many groups are on their way at a time. Each takes no records until its next leader has been
   * elected, a few syncs of the disk: all at once they would wait for each other.
   */
  private static final int MAX_AT_ONCE = 2;

  private final Outbox out;
  private final LocalGroups local;
  private final Members members;
  private final Reporter reporter;
  private final Leaderships leaderships;
  private final Worker worker;
  private final Map<GroupId, Long> triedMs = new HashMap<>();
  private boolean stopping;
  private boolean drained;
  private long sinceMs;

  Drain(
      Outbox out,
      LocalGroups local,
      Members members,
      Reporter reporter,
      Leaderships leaderships,
      Worker worker) {
    this.out = out;
    this.local = local;
    this.members = members;
    this.reporter = reporter;
    this.leaderships = leaderships;
    this.worker = worker;
  }

  boolean isStopping() {
    return stopping;
  }

  boolean isDrained() {
    return drained;
  }

  void begin() {
    if (!stopping) {
      stopping = true;
      sinceMs = out.now();
    }
  }

  void run() {
    if (!stopping || drained) {
      return;
    }
    boolean late = out.isDue(sinceMs + out.timing().drain());
    if (late || !handOver()) {
      drained = true;
      out.emit(new CoordinationEffect.Drained(!late));
    }
  }

  /** Returns whether anything is still led that another could lead. */
  private boolean handOver() {
    Map<Integer, Integer> load = new TreeMap<>();
    leaderships.all().values().forEach(known -> load.merge(known.broker(), 1, Integer::sum));
    boolean waiting = false;
    long underWay = reporter.led().stream().filter(each -> isUnderWay(each.group())).count();
    for (CoordinationMessage.Leadership each : List.copyOf(reporter.led())) {
      Replica target = target(each.group(), load);
      if (target == null) {
        continue;
      }
      waiting = true;
      if (underWay < MAX_AT_ONCE && !isUnderWay(each.group())) {
        underWay++;
        triedMs.put(each.group(), out.now());
        out.wakeAt(out.now() + AGAIN_MS);
        load.merge(target.broker(), 1, Integer::sum);
        worker.handOver(
            out.me(),
            new CoordinationMessage.Move(out.nextNumber(), each.group(), each.history(), target));
      }
    }
    return waiting;
  }

  private boolean isUnderWay(GroupId group) {
    Long tried = triedMs.get(group);
    return tried != null && !out.isDue(tried + AGAIN_MS);
  }

  private @Nullable Replica target(GroupId group, Map<Integer, Integer> load) {
    GroupConfig config = local.status(group).map(GroupStatus::config).orElse(null);
    List<Replica> candidates = new ArrayList<>(config == null ? List.of() : config.voters());
    return candidates.stream()
        .filter(voter -> canLead(members.find(voter.broker())))
        .min(Comparator.comparing(voter -> load.getOrDefault(voter.broker(), 0)))
        .orElse(null);
  }

  private boolean canLead(@Nullable Member member) {
    return member != null
        && member != members.self()
        && member.isLinked()
        && !members.isSilent(member)
        && member.said().state() == BrokerState.UP;
  }
}

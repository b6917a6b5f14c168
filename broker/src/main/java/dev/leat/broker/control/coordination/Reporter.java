package dev.leat.broker.control.coordination;

import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Replica;
import dev.leat.broker.replication.GroupStatus;
import dev.leat.broker.replication.Role;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Tells others what the replicas here are and have, and which groups are led from here. */
final class Reporter {
  private static final long FULL_REPORT_MS = 2_000;

  private final Outbox out;
  private final LocalGroups local;
  private final Members members;
  private final Map<GroupId, CoordinationMessage.Leadership> led = new TreeMap<>();
  private final Set<GroupId> changed = new TreeSet<>();
  private final List<CoordinationMessage.Leadership> news = new ArrayList<>();
  private long fullReportMs;

  Reporter(Outbox out, LocalGroups local, Members members) {
    this.out = out;
    this.local = local;
    this.members = members;
  }

  /** All replicas here, and what those had that have withdrawn. */
  List<GroupReport> all() {
    List<GroupReport> reports = some(local.all());
    reports.addAll(some(local.lastResorts()));
    return reports;
  }

  /** These replicas, as far as they are here. */
  List<GroupReport> some(Collection<GroupId> groups) {
    List<GroupReport> reports = new ArrayList<>();
    for (GroupId group : groups) {
      local
          .status(group)
          .or(() -> local.lastResort(group))
          .ifPresent(status -> reports.add(report(group, status)));
    }
    return reports;
  }

  /** Contact to a leader whose process has ended counts for nothing. */
  private GroupReport report(GroupId group, GroupStatus status) {
    GroupReport report = GroupReport.of(group, status, out.now());
    Replica leader = status.promised().leader();
    Member member = leader == null ? null : members.find(leader.broker());
    boolean restarted =
        member != null
            && member != members.self()
            && report.contactAgeMs() > out.now() - member.startedMs();
    boolean gone = member != null && (member.isDead() || restarted);
    return gone ? report.withoutContact() : report;
  }

  /** The groups that are led from here. */
  Collection<CoordinationMessage.Leadership> led() {
    return led.values();
  }

  boolean leads(GroupId group) {
    return led.containsKey(group);
  }

  void onLeads(int controller, CoordinationEvent.GroupLeads event) {
    GroupId group = event.group();
    local
        .status(group)
        .filter(s -> s.role() == Role.ACTIVE && s.promised().epoch() == event.epoch())
        .ifPresent(
            status -> {
              CoordinationMessage.Leadership leadership =
                  new CoordinationMessage.Leadership(group, status.history(), event.epoch(), true);
              led.put(group, leadership);
              news.add(leadership);
              changed.add(group);
              if (controller >= 0) {
                out.send(
                    controller,
                    new CoordinationMessage.Held(group, event.epoch(), event.partitions()));
              }
            });
  }

  void onChanged(GroupId group) {
    changed.add(group);
    CoordinationMessage.Leadership before = led.get(group);
    boolean leads =
        before != null
            && local
                .status(group)
                .filter(s -> s.role() == Role.ACTIVE && s.promised().epoch() == before.epoch())
                .isPresent();
    if (before != null && !leads) {
      led.remove(group);
      news.add(new CoordinationMessage.Leadership(group, before.history(), before.epoch(), false));
    }
  }

  void onPartitions(int controller, CoordinationEvent.PartitionsChanged event) {
    CoordinationMessage.Leadership leadership = led.get(event.group());
    if (leadership != null && controller >= 0) {
      out.send(
          controller,
          new CoordinationMessage.HeldChanged(
              event.group(), leadership.epoch(), event.created(), event.deleted()));
    }
  }

  /** What every new link is told. */
  void greet(int broker) {
    if (!led.isEmpty()) {
      out.send(broker, new CoordinationMessage.Leading(List.copyOf(led.values())));
    }
  }

  /** The controller asks for all partitions of groups led here. */
  void held(int controller) {
    for (CoordinationMessage.Leadership each : led.values()) {
      out.send(
          controller,
          new CoordinationMessage.Held(each.group(), each.epoch(), local.partitions(each.group())));
    }
  }

  void run(int controller) {
    if (!news.isEmpty()) {
      CoordinationMessage.Leading leading = new CoordinationMessage.Leading(news);
      members.linked().forEach(member -> out.send(member.id(), leading));
      news.clear();
    }
    if (controller < 0) {
      return;
    }
    if (out.isDue(fullReportMs)) {
      fullReportMs = out.now() + FULL_REPORT_MS;
      out.send(controller, new CoordinationMessage.Report(0, true, all()));
    } else if (!changed.isEmpty()) {
      out.send(controller, new CoordinationMessage.Report(0, false, some(changed)));
    }
    changed.clear();
    out.wakeAt(fullReportMs);
  }

  /** Another controller: it needs to know all. */
  void reportSoon() {
    fullReportMs = out.now();
  }
}

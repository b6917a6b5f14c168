package dev.leat.broker.sim;

import dev.leat.broker.control.coordination.CoordinationMessage;
import dev.leat.broker.control.coordination.GroupReport;
import dev.leat.broker.replication.Role;
import java.util.Map;
import java.util.Set;

/** Notes that rules of coordination have made a difference. */
final class CoordWitness {
  /** What happens, at least sometimes, where a rule is needed. */
  static final Map<String, String> EVIDENCE =
      Map.ofEntries(
          Map.entry("WITNESS", "fenced: is silent"),
          Map.entry("CAP", "fence cap"),
          Map.entry("CONTACT", "asked where a leader is heard"),
          Map.entry("ASK", "appointment Accepted"),
          Map.entry("BESIDE", "appointed without the store"),
          Map.entry("STANDIN", "appointed without a controller"),
          Map.entry("MUTUAL", "a leader is heard and hears nobody"),
          Map.entry("DAMPING", "taken back"),
          Map.entry("BATCH", "appointed many at once"),
          Map.entry("REPAIR", "state deleted"),
          Map.entry("OWNPAUSE", "pause"));

  /**
   * These have scenarios only: random faults lose no quorum for good, and hardly ever does another
   * appoint at the same moment.
   */
  static final Set<String> NOT_BY_CHANCE = Set.of("BACKOFF", "HEAR", "SETTLE");

  private final CoordSim sim;

  CoordWitness(CoordSim sim) {
    this.sim = sim;
  }

  private void when(boolean happened, String what) {
    if (happened) {
      sim.sometimes().happened(what);
    }
  }

  void onSend(CoordNode from, CoordinationMessage message) {
    sim.sometimes().happened("sent " + message.getClass().getSimpleName());
    switch (message) {
      case CoordinationMessage.Appoint appoint -> {
        when(sim.api().isDown(), "appointed without the store");
        when(from.machine().view().controller() < 0, "appointed without a controller");
        when(appoint.groups().size() > 1, "appointed many at once");
      }
      case CoordinationMessage.Report report ->
          when(
              report.request() > 0 && report.groups().stream().anyMatch(this::hearsLeader),
              "asked where a leader is heard");
      case CoordinationMessage.Heartbeat beat ->
          when(
              beat.suspects().size() > 1 && isHeard(from) && leads(from),
              "a leader is heard and hears nobody");
      default -> {}
    }
  }

  private boolean leads(CoordNode node) {
    return sim.wanted().stream().anyMatch(node::leads);
  }

  private boolean isHeard(CoordNode node) {
    return sim.nodes().stream()
        .filter(other -> other != node && other.isUp() && !other.isPaused())
        .anyMatch(other -> sim.links().isOpen(node.broker, other.broker));
  }

  private boolean hearsLeader(GroupReport report) {
    return report.role() == Role.ACTIVE
        || (report.contactAgeMs() >= 0 && report.contactAgeMs() <= sim.timing().contact());
  }
}

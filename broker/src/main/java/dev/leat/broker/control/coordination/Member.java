package dev.leat.broker.control.coordination;

import dev.leat.broker.log.GroupId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What this broker knows of one broker, at first hand. */
final class Member {
  private static final int SMOOTHING = 8;
  private static final long NEVER = Long.MIN_VALUE / 2;

  private final int id;
  private String address = "";
  private String hint = "";
  private @Nullable Hello hello;
  private boolean linked;
  private long linkedSinceMs;
  private long startedMs = Long.MIN_VALUE / 2;
  private long heardMs;
  private long gapMs;
  private boolean closedByPeer;
  private boolean refused;
  private boolean gone;
  private CoordinationMessage.Heartbeat said =
      new CoordinationMessage.Heartbeat(BrokerState.UP, false, 0, -1, List.of());
  private final Map<CoordinationMessage.Suspect, Long> suspectsSince = new HashMap<>();
  private long toldAllMs = NEVER;
  private final Map<GroupId, GroupReport> reports = new TreeMap<>();
  private final Map<GroupId, GroupReport> lastResorts = new TreeMap<>();

  Member(int id) {
    this.id = id;
  }

  int id() {
    return id;
  }

  String address() {
    return address;
  }

  void setAddress(String hostAndPort) {
    address = hostAndPort;
  }

  /** Where its next process may be; empty if nothing says that it is elsewhere. */
  String hint() {
    return hint;
  }

  void setHint(String hostAndPort) {
    hint = hostAndPort;
  }

  /** Its newest process; null if none was heard of. */
  @Nullable Hello hello() {
    return hello;
  }

  /** Nonce of its newest process, 0 if none was heard of. */
  long nonce() {
    return hello == null ? 0 : hello.nonce();
  }

  long starts() {
    return hello == null ? 0 : hello.starts();
  }

  boolean isLinked() {
    return linked;
  }

  long linkedSinceMs() {
    return linkedSinceMs;
  }

  /** When its newest process was first heard of. */
  long startedMs() {
    return startedMs;
  }

  /** A link to this process works. Returns whether it is another process than before. */
  boolean linkUp(Hello newest, long now) {
    boolean other = hello == null || !hello.isSameProcess(newest);
    if (other) {
      startedMs = hello == null ? startedMs : now;
      gapMs = 0;
      said = new CoordinationMessage.Heartbeat(BrokerState.UP, false, 0, -1, List.of());
    }
    suspectsSince.clear();
    hello = newest;
    linked = true;
    linkedSinceMs = now;
    heardMs = now;
    closedByPeer = false;
    refused = false;
    gone = false;
    reportAll(newest.groups(), NEVER);
    return other;
  }

  void linkDown(boolean byPeer) {
    linked = false;
    closedByPeer = byPeer;
    refused = false;
  }

  void connectRefused() {
    refused = !linked;
  }

  /** E3: the platform says so. */
  void setGone() {
    gone = true;
    linked = false;
  }

  /** Whether this broker itself has seen that its process is gone: E1, E3. */
  boolean isDead() {
    return gone || (!linked && closedByPeer && refused);
  }

  void heard(long now) {
    long gap = now - heardMs;
    gapMs = gap > gapMs ? gap : gapMs - (gapMs - gap) / SMOOTHING;
    heardMs = now;
  }

  long heardMs() {
    return heardMs;
  }

  /** This broker itself was away for so long: that was not the other's silence. */
  void forgive(long ms) {
    heardMs += ms;
  }

  /** E2: how long a silence of this broker is suspicious; longer if it often pauses. */
  long suspectAfter(Timing timing) {
    return Math.clamp(2 * gapMs + timing.heartbeat(), timing.suspect(), timing.maxSuspect());
  }

  CoordinationMessage.Heartbeat said() {
    return said;
  }

  void said(CoordinationMessage.Heartbeat heartbeat, long now) {
    said = heartbeat;
    suspectsSince.keySet().retainAll(heartbeat.suspects());
    heartbeat.suspects().forEach(suspect -> suspectsSince.putIfAbsent(suspect, now));
  }

  /** Since when it has said that it holds that process for silent or dead; never: MAX_VALUE. */
  long suspectsSince(int broker, long nonce) {
    return suspectsSince.entrySet().stream()
        .filter(each -> each.getKey().broker() == broker && each.getKey().nonce() == nonce)
        .mapToLong(Map.Entry::getValue)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /** Whether it has said that it holds that process for dead, or for silent or dead. */
  boolean suspects(int broker, long nonce, boolean dead) {
    return said.suspects().stream()
        .anyMatch(
            suspect ->
                suspect.broker() == broker
                    && suspect.nonce() == nonce
                    && (suspect.dead() || !dead));
  }

  /** Its replicas, as last reported. */
  Map<GroupId, GroupReport> reports() {
    return reports;
  }

  /** What its replicas had that have withdrawn. */
  Map<GroupId, GroupReport> lastResorts() {
    return lastResorts;
  }

  void report(List<GroupReport> some) {
    for (GroupReport report : some) {
      boolean present = report.withdrawal() == null;
      (present ? reports : lastResorts).put(report.group(), report);
      (present ? lastResorts : reports).remove(report.group());
    }
  }

  /** When it last said what it has, all of it, but for its hello: that may be old. */
  long toldAllMs() {
    return toldAllMs;
  }

  void reportAll(List<GroupReport> all, long now) {
    toldAllMs = now;
    reports.clear();
    lastResorts.clear();
    report(all);
  }
}

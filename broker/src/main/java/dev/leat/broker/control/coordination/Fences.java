package dev.leat.broker.control.coordination;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * The controller's word on who can be used: fences on evidence, E1 to E4, and takes brokers back
 * once they have been well for a while.
 *
 * <pre>
 *           evidence                    well for the damping time
 *   UP ---------------------> FENCED ------------------------------> UP
 *    \--says so--> DRAINING ----^      (after DRAINING: at once)
 * </pre>
 */
final class Fences implements Appointer.Standing {
  /** After so long without being fenced, damping begins at its least again. */
  private static final long FORGIVEN_MS = 600_000;

  private final Outbox out;
  private final Members members;
  private final Witnesses witnesses;
  private final BrokerLease leases;
  private final long sinceMs;
  private final Map<Integer, Record> records = new HashMap<>();
  private final Deque<Long> bySilence = new ArrayDeque<>();
  private int wanted;
  private long changes;
  private long changedMs;
  private boolean alarmed;

  /** Of one broker. */
  private static final class Record {
    private BrokerState state = BrokerState.UP;
    private boolean wasDraining;
    private long wellSinceMs;
    private long fencedMs;
    private long dampMs;
  }

  Fences(Outbox out, Members members, Witnesses witnesses, BrokerLease leases) {
    this.out = out;
    this.members = members;
    this.witnesses = witnesses;
    this.leases = leases;
    this.sinceMs = out.now();
    this.changedMs = out.now();
  }

  /** What the store says of a broker before this controller knows better. */
  void adopt(int broker, BrokerState state) {
    records.computeIfAbsent(
        broker,
        id -> {
          Record record = new Record();
          record.state = state;
          record.wellSinceMs = out.now();
          record.fencedMs = out.now();
          record.dampMs = out.timing().minDamping();
          return record;
        });
  }

  /** How many brokers the cluster is to have; 0 if that is not known. Higher numbers leave. */
  void setWanted(int brokers) {
    wanted = brokers;
  }

  @Override
  public BrokerState stateOf(int broker) {
    Record record = records.get(broker);
    if (record == null) {
      return BrokerState.UP;
    }
    return record.state == BrokerState.UP && isLeaving(broker)
        ? BrokerState.DRAINING
        : record.state;
  }

  @Override
  public boolean isGivenUp(int broker) {
    return stateOf(broker) == BrokerState.FENCED;
  }

  /** Whether it is to leave the cluster: its replicas have to move away. */
  boolean isLeaving(int broker) {
    Member member = members.find(broker);
    return (wanted > 0 && broker >= wanted) || (member != null && member.said().leaves());
  }

  /** For how long it has been fenced; 0 if it is not. */
  long fencedMs(int broker) {
    Record record = records.get(broker);
    return record == null || record.state != BrokerState.FENCED ? 0 : out.now() - record.fencedMs;
  }

  /** Grows with every change. */
  long changes() {
    return changes;
  }

  /** For how long nothing has changed. */
  long stableMs() {
    return out.now() - changedMs;
  }

  void forget(int broker) {
    records.remove(broker);
  }

  void run() {
    while (!bySilence.isEmpty() && bySilence.peekFirst() < out.now() - out.timing().capWindow()) {
      bySilence.removeFirst();
      alarmed = false;
    }
    for (Member member : members.all()) {
      Record record = records.computeIfAbsent(member.id(), id -> new Record());
      if (member == members.self()) {
        follow(member, record);
      } else if (record.state == BrokerState.FENCED) {
        takeBack(member, record);
      } else {
        check(member, record);
      }
    }
  }

  /** It says itself what it is. */
  private void follow(Member member, Record record) {
    BrokerState said = member.said().state();
    if (record.state != said) {
      set(record, said);
      record.wasDraining |= said == BrokerState.DRAINING;
    }
  }

  private void check(Member member, Record record) {
    if (member.hello() == null) {
      if (out.isDue(sinceMs + out.timing().maxSuspect())) {
        fence(member, record, "not heard of");
      }
    } else if (witnesses.hasGivenUp(member)) {
      fence(member, record, "says so itself");
    } else if (witnesses.isDead(member)) {
      fence(member, record, "its process has ended");
    } else if (witnesses.isSilent(member)) {
      if (mayFenceBySilence()) {
        bySilence.addLast(out.now());
        fence(member, record, "is silent");
      }
    } else {
      follow(member, record);
      out.wakeAt(member.heardMs() + member.suspectAfter(out.timing()) + 1);
    }
  }

  /** CAP: if many seem silent at once, the fault is more likely here. */
  private boolean mayFenceBySilence() {
    int cap = Math.max(1, members.all().size() / 3);
    boolean may = bySilence.size() < cap || out.isDropped(CoordinationRule.CAP);
    if (!may && !alarmed) {
      alarmed = true;
      out.warn(
          "more than %d brokers are silent at once: no more are fenced for %d s;"
              + " look at the network",
          cap, out.timing().capWindow() / 1_000);
    }
    return may;
  }

  private void fence(Member member, Record record, String why) {
    record.wasDraining = record.state == BrokerState.DRAINING;
    if (!record.wasDraining) {
      boolean old = out.now() - record.fencedMs > FORGIVEN_MS;
      record.dampMs =
          record.dampMs == 0 || old
              ? out.timing().minDamping()
              : Math.min(2 * record.dampMs, out.timing().maxDamping());
    }
    record.fencedMs = out.now();
    record.wellSinceMs = Long.MAX_VALUE;
    set(record, BrokerState.FENCED);
    out.warn("broker %d is fenced: %s", member.id(), why);
    leases.mark(member.id(), why + " (broker-" + out.me() + ")");
  }

  /** DAMPING: it must be well for a while, the longer the oftener it was fenced. */
  private void takeBack(Member member, Record record) {
    boolean well =
        member.isLinked()
            && !members.isSilent(member)
            && member.said().state() != BrokerState.FENCED;
    if (!well) {
      record.wellSinceMs = Long.MAX_VALUE;
      return;
    }
    if (record.wellSinceMs == Long.MAX_VALUE) {
      record.wellSinceMs = out.now();
    }
    boolean atOnce = record.wasDraining || out.isDropped(CoordinationRule.DAMPING);
    if (atOnce || out.isDue(record.wellSinceMs + record.dampMs)) {
      record.wasDraining = false;
      set(record, member.said().state());
      out.info("broker %d is used again", member.id());
    }
  }

  private void set(Record record, BrokerState state) {
    record.state = state;
    changes++;
    changedMs = out.now();
  }
}

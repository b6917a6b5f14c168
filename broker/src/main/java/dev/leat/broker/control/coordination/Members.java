package dev.leat.broker.control.coordination;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All brokers that this one has heard of, itself included: their links, signs of life and silences.
 */
final class Members {
  /** So many messages of a broker are kept until its hello comes; it says less before that. */
  static final int MAX_EARLY = 64;

  /** What was said longer before the hello is of another link, and too old to be acted upon. */
  static final long EARLY_MS = 1_000;

  private final Outbox out;
  private final TreeMap<Integer, Member> members = new TreeMap<>();
  private final Member self;
  private final Map<Integer, Deque<Early>> early = new TreeMap<>();
  private List<Member> others = List.of();
  private long lastRunMs = Long.MIN_VALUE;
  private CoordinationMessage.@Nullable Heartbeat lastSent;
  private long sendAtMs;

  private record Early(long nonce, long saidMs, CoordinationMessage message) {}

  Members(Outbox out) {
    this.out = out;
    this.self = member(out.me());
    self.linkUp(out.self(), out.now());
  }

  private Member member(int id) {
    Member known = members.get(id);
    if (known != null) {
      return known;
    }
    Member added = new Member(id);
    members.put(id, added);
    listOthers();
    return added;
  }

  private void listOthers() {
    others = members.values().stream().filter(member -> member.id() != out.me()).toList();
  }

  /** This broker. */
  Member self() {
    return self;
  }

  Collection<Member> all() {
    return members.values();
  }

  /** All but this one. */
  List<Member> others() {
    return others;
  }

  /** Those to whom there is a link; this one, too. */
  List<Member> linked() {
    return members.values().stream().filter(Member::isLinked).toList();
  }

  @Nullable Member find(int id) {
    return members.get(id);
  }

  /** Its address became known: a link to it shall be held. */
  void learn(int id, String address) {
    if (id == out.me() || address.isEmpty()) {
      return;
    }
    Member member = member(id);
    if (!member.address().equals(address)) {
      member.setAddress(address);
      out.emit(new CoordinationEffect.Connect(id, address));
    }
  }

  /**
   * A Lease says where it is. Who is linked and heard is where it is: the word may be that of a
   * second process with its number, and counts when the first one is not heard any more.
   */
  void hint(int id, String address) {
    Member member = find(id);
    if (member == null || !member.isLinked() || isSilent(member)) {
      learn(id, address);
    } else {
      member.setHint(member.address().equals(address) ? "" : address);
    }
  }

  /** Seeks who is not heard where a Lease says, and comes back to who was only silent. */
  private void followHints() {
    for (Member member : others()) {
      Hello hello = member.hello();
      boolean here = member.isLinked() && !isSilent(member);
      if (here && hello != null) {
        learn(member.id(), hello.addresses().peer());
      } else if (!here && !member.hint().isEmpty()) {
        learn(member.id(), member.hint());
        member.setHint("");
      }
    }
  }

  /** It has left the cluster. */
  void forget(int id) {
    if (members.containsKey(id) && id != out.me()) {
      members.remove(id);
      listOthers();
      out.emit(new CoordinationEffect.Disconnect(id));
    }
  }

  /** A hello has come. Returns the member, null if the link was rejected. */
  @Nullable Member linkUp(Hello hello) {
    String problem = problemOf(hello);
    if (problem != null) {
      out.emit(new CoordinationEffect.Reject(hello.broker(), hello.nonce(), problem));
      return null;
    }
    Member member = member(hello.broker());
    Hello known = member.hello();
    if (known != null && isOlder(hello, known)) {
      out.emit(
          new CoordinationEffect.Reject(
              hello.broker(),
              hello.nonce(),
              "broker %d was started %d times and says %d: its disk was set back or an old process"
                      .formatted(hello.broker(), known.starts(), hello.starts())
                  + " still runs; stop the older one, or give it an empty disk"));
      return null;
    }
    learn(hello.broker(), hello.addresses().peer());
    member.linkUp(hello, out.now());
    sendAtMs = out.now();
    return member;
  }

  /**
   * Starts are counted on the disk: those of an emptied or exchanged one begin again. (Two
   * processes with a disk each do not come so far: whoever is dialled refuses the second, DISK.)
   */
  private static boolean isOlder(Hello hello, Hello known) {
    boolean second = hello.starts() == known.starts() && hello.nonce() != known.nonce();
    return hello.disk().equals(known.disk()) && (hello.starts() < known.starts() || second);
  }

  private @Nullable String problemOf(Hello hello) {
    if (hello.broker() == out.me()) {
      if (hello.starts() > out.self().starts()) {
        out.emit(
            new CoordinationEffect.Exit(
                "a newer process of broker %d runs at %s: this one stops"
                    .formatted(hello.broker(), hello.addresses().peer())));
      }
      return "two processes say that they are broker %d: stop one of them"
          .formatted(hello.broker());
    }
    if (!hello.clusterId().equals(out.self().clusterId())) {
      return "broker %d has a disk of cluster %s, this is cluster %s: give it its own disk"
          .formatted(hello.broker(), hello.clusterId(), out.self().clusterId());
    }
    if (hello.maxFormat() < out.self().minFormat() || hello.minFormat() > out.self().maxFormat()) {
      return "broker %d speaks formats %d to %d, broker %d %d to %d: upgrade in smaller steps"
          .formatted(
              hello.broker(),
              hello.minFormat(),
              hello.maxFormat(),
              out.me(),
              out.self().minFormat(),
              out.self().maxFormat());
    }
    return null;
  }

  /** A message came; null if it is of a process that is not the newest. */
  @Nullable Member heard(int broker, long nonce) {
    Member member = find(broker);
    if (member == null || !member.isLinked() || member.nonce() != nonce) {
      return null;
    }
    member.heard(out.now());
    return member;
  }

  /**
   * A process that is not linked yet has said something. It is taken in right after the hello:
   * nobody says it again unasked, and a leader's word would be missed until the controller tells
   * all.
   */
  void keep(CoordinationEvent.Received received) {
    Deque<Early> said = early.computeIfAbsent(received.broker(), broker -> new ArrayDeque<>());
    while (!said.isEmpty() && isOld(said.peekFirst())) {
      said.removeFirst();
    }
    if (said.size() < MAX_EARLY) {
      said.addLast(new Early(received.nonce(), out.now(), received.message()));
    }
  }

  /** It is linked now: what it has said of late, in order. */
  List<CoordinationMessage> takeEarly(Member member) {
    Deque<Early> said = early.remove(member.id());
    return said == null
        ? List.of()
        : said.stream()
            .filter(each -> each.nonce() == member.nonce() && !isOld(each))
            .map(Early::message)
            .toList();
  }

  private boolean isOld(Early word) {
    return out.now() - word.saidMs() > EARLY_MS;
  }

  void linkDown(CoordinationEvent.LinkDown event) {
    Member member = find(event.broker());
    if (member != null && member.isLinked() && member.nonce() == event.nonce()) {
      member.linkDown(event.byPeer());
    }
  }

  void connectRefused(int broker) {
    Member member = find(broker);
    if (member != null) {
      member.connectRefused();
    }
  }

  /** E2: whether nothing was heard of it for too long. */
  boolean isSilent(Member member) {
    return member != self
        && member.hello() != null
        && out.now() - member.heardMs() > member.suspectAfter(out.timing());
  }

  /** Whether none of the others is heard, and not all of them are dead. */
  boolean isAlone() {
    boolean silent = false;
    for (Member other : others()) {
      if (other.hello() != null && !other.isDead()) {
        if (!isSilent(other)) {
          return false;
        }
        silent = true;
      }
    }
    return silent;
  }

  /**
   * MUTUAL: whether a broker says that it does not hear another one: what that one hears of it is
   * no contact. Only if it keeps saying so: whoever was stopped is heard again a moment later.
   */
  boolean isDeafTo(int broker, int other) {
    Member speaker = find(broker);
    Member unheard = find(other);
    if (speaker == null || unheard == null || out.isDropped(CoordinationRule.MUTUAL)) {
      return false;
    }
    long since = speaker.suspectsSince(other, unheard.nonce());
    return since != Long.MAX_VALUE && out.isDue(since + 2 * out.timing().heartbeat());
  }

  /** Whom this broker holds for dead or silent. */
  List<CoordinationMessage.Suspect> suspects() {
    List<CoordinationMessage.Suspect> suspects = new ArrayList<>();
    for (Member member : others()) {
      if (member.hello() != null && (member.isDead() || isSilent(member))) {
        suspects.add(new CoordinationMessage.Suspect(member.id(), member.nonce(), member.isDead()));
      }
    }
    return suspects;
  }

  /** Notices time that this process has not lived through: nobody else was silent then. */
  void notePause() {
    self.heard(out.now());
    long pause = lastRunMs == Long.MIN_VALUE ? 0 : out.now() - lastRunMs;
    lastRunMs = out.now();
    if (pause > 2 * out.timing().heartbeat() && !out.isDropped(CoordinationRule.OWNPAUSE)) {
      others().forEach(member -> member.forgive(pause));
    }
  }

  /** Sends signs of life when they are due, or say something new. */
  void beat(BrokerState state, boolean leaves, long term, int controller) {
    followHints();
    CoordinationMessage.Heartbeat heartbeat =
        new CoordinationMessage.Heartbeat(state, leaves, term, controller, suspects());
    self.said(heartbeat, out.now());
    if (!heartbeat.equals(lastSent) || out.isDue(sendAtMs)) {
      for (Member member : others()) {
        if (member.isLinked()) {
          out.send(member.id(), heartbeat);
        }
      }
      lastSent = heartbeat;
      sendAtMs = out.now() + out.timing().heartbeat();
    }
    out.wakeAt(sendAtMs);
  }
}

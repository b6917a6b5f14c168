package dev.leat.broker.control.coordination;

import dev.leat.crds.Lease;
import dev.leat.crds.ResourceName;
import java.util.Map;
import java.util.Optional;

/**
 * Who is controller: whoever holds the Lease {@code <cluster>-controller}. Two at a time do no
 * harm: of two that hear each other, the one of the lower term gives up.
 *
 * <p>Time is this broker's own and monotonic, and counts from when a call was sent; what the Lease
 * says about time is for people. While the store does not answer, the holder goes on: it has a
 * successor as soon as somebody else gets the Lease and is heard.
 */
final class Elector {
  private static final int STANDBYS = 2;

  private final Outbox out;
  private final Members members;
  private final Witnesses witnesses;
  private final LeaseCell cell;
  private final String me;
  private boolean holding;
  private boolean released;
  private long term;
  private long highestTerm;
  private long renewedMs;
  private long nextMs;
  private boolean hurried;

  Elector(Outbox out, Members members, Witnesses witnesses) {
    this.out = out;
    this.members = members;
    this.witnesses = witnesses;
    ResourceName cluster = out.settings().cluster();
    this.cell =
        new LeaseCell(out, new ResourceName(cluster.namespace(), cluster.name() + "-controller"));
    this.me = Holder.of(out.self()).toString();
  }

  /** Whether this broker is controller. */
  boolean isController() {
    return holding;
  }

  /** Whether its Lease is fresh. Else another may have it already. */
  boolean isConfirmed() {
    return holding && out.now() - renewedMs <= out.timing().leaseDeadline();
  }

  /**
   * The present controller, as far as is heard: this broker or another; -1 if there is none.
   * MUTUAL: one that does not hear this broker is none.
   */
  int controller() {
    int best = holding ? out.me() : -1;
    long bestTerm = holding ? term : 0;
    for (Member member : members.others()) {
      boolean hears = claims(member) && !members.isDeafTo(member.id(), out.me());
      if (hears && (best < 0 || member.said().term() > bestTerm)) {
        best = member.id();
        bestTerm = member.said().term();
      }
    }
    return best;
  }

  /** Term of the present controller; else the highest that was heard of. */
  long term() {
    int controller = controller();
    Member member = members.find(controller);
    if (controller == out.me()) {
      return term;
    }
    return member == null ? highestTerm : member.said().term();
  }

  private boolean claims(Member member) {
    boolean heard =
        member.hello() != null
            && !member.isDead()
            && out.now() - member.heardMs() <= out.timing().controllerSilence();
    return heard && member.said().controller() == member.id();
  }

  void run() {
    for (Member member : members.others()) {
      highestTerm = Math.max(highestTerm, member.said().term());
      if (claims(member)) {
        out.wakeAt(member.heardMs() + out.timing().controllerSilence() + 1);
      }
    }
    giveWay();
    surpass();
    hurry();
    if (cell.isBusy() || released || !out.isDue(nextMs)) {
      return;
    }
    nextMs = out.now() + out.timing().leaseRetry() + out.jitter(out.timing().leaseRetry() / 5);
    if (holding) {
      renew();
    } else if (controller() < 0 || isStandby()) {
      attempt();
      if (controller() >= 0) {
        nextMs = out.now() + out.timing().leaseDuration();
      }
    }
    out.wakeAt(nextMs);
  }

  /** Two controllers that hear each other: one too many. */
  private void giveWay() {
    if (!holding) {
      return;
    }
    for (Member member : members.others()) {
      long other = member.said().term();
      if (claims(member) && (other > term || (other == term && member.id() < out.me()))) {
        out.info("broker %d is controller in term %d: this broker is not", member.id(), other);
        holding = false;
      }
    }
  }

  /**
   * A Lease that was deleted, or put back, counts anew, and a broker that has just started has not
   * heard how far the terms were: nobody would take the view of a controller whose term is lower.
   * Only with a fresh Lease: else the higher term may be that of who has it now.
   */
  private void surpass() {
    if (isConfirmed() && highestTerm > term) {
      term = highestTerm + 1;
      highestTerm = term;
      out.info("terms were higher than known here: this broker is controller in term %d", term);
    }
  }

  /** The holder's process has ended: its Lease need not run out. */
  private void hurry() {
    boolean gone = !holding && cell.isKnown() && isHolderGone();
    boolean first = cell.isKnown() && cell.seen() == null;
    if ((gone || first || (controller() < 0 && !cell.isKnown())) && !hurried) {
      hurried = true;
      nextMs = Math.min(nextMs, out.now() + rank() * 100);
    } else if (controller() >= 0) {
      hurried = false;
    }
  }

  private boolean isHolderGone() {
    return Holder.of(cell.seen())
        .map(holder -> witnesses.isProcessGone(holder.broker(), holder.nonce()))
        .orElse(false);
  }

  /** How many come before this broker when there is a Lease to take. */
  private long rank() {
    return members.linked().stream().filter(member -> member.id() < out.me()).count();
  }

  private boolean isStandby() {
    int controller = controller();
    return members.linked().stream()
            .filter(member -> member.id() < out.me() && member.id() != controller)
            .count()
        < STANDBYS;
  }

  private void attempt() {
    if (!cell.isKnown()) {
      cell.read();
      return;
    }
    Lease lease = cell.seen();
    Optional<String> holder = lease == null ? Optional.empty() : lease.spec().holderIdentity();
    boolean free = holder.isEmpty() || holder.get().equals(me);
    if (free || isHolderGone() || cell.unchangedMs() > out.timing().leaseDuration()) {
      cell.write(me, out.timing().leaseDuration(), true, Map.of());
    } else {
      cell.read();
    }
  }

  private void renew() {
    if (cell.isKnown()) {
      cell.write(me, out.timing().leaseDuration(), false, Map.of());
    } else {
      cell.read();
    }
  }

  void onAnswer(CoordinationEvent.LeaseAnswered event) {
    long sent = cell.sentMs();
    Optional<LeaseCell.Answer> answer = cell.answered(event);
    if (answer.isEmpty()) {
      return;
    }
    boolean mine = Holder.of(cell.seen()).map(Holder::toString).filter(me::equals).isPresent();
    switch (answer.get()) {
      case WRITTEN -> {
        if (mine && !released) {
          renewedMs = sent;
          hold();
        }
      }
      case READ -> onRead(mine);
      case CONFLICT -> nextMs = out.now();
      case NONE -> {}
    }
  }

  private void onRead(boolean mine) {
    Lease lease = cell.seen();
    boolean others = lease != null && lease.spec().holderIdentity().isPresent() && !mine;
    if (holding && others) {
      out.info("the Lease %s is another's: this broker is not controller", cell.name());
      holding = false;
    }
    boolean takeable = lease == null || !others || isHolderGone();
    if (holding || takeable) {
      nextMs = out.now();
    }
  }

  private void hold() {
    if (!holding) {
      Lease lease = cell.seen();
      int transitions = lease == null ? 0 : lease.spec().leaseTransitions();
      term = Math.max(transitions, highestTerm + 1);
      highestTerm = term;
      holding = true;
      out.info("this broker is controller in term %d", term);
    }
  }

  /** Lets somebody else have it, at once. */
  void release() {
    if (!released) {
      released = true;
      if (holding && !cell.isBusy() && cell.isKnown()) {
        cell.write("", out.timing().leaseDuration(), false, Map.of());
      }
      holding = false;
    }
  }
}

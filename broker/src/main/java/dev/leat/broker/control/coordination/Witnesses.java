package dev.leat.broker.control.coordination;

import org.jspecify.annotations.Nullable;

/** What may be believed of a broker: E1 to E4, on the word of two where one may be mistaken. */
final class Witnesses {
  private final Outbox out;
  private final Members members;

  Witnesses(Outbox out, Members members) {
    this.out = out;
    this.members = members;
  }

  /** Whether that process has ended for sure: E1 by two, E3, or a newer one has been heard. */
  boolean isProcessGone(int broker, long nonce) {
    Member member = members.find(broker);
    if (member == null || member.hello() == null) {
      return false;
    }
    return member.nonce() != nonce || isDead(member);
  }

  /** E1: seen here and by one other, if there is another that could have seen it. E3. */
  boolean isDead(Member member) {
    return member.isDead() && isWitnessed(member, true);
  }

  /** E2: the same for silence. With nobody else to ask, a silence has to be longer. */
  boolean isSilent(Member member) {
    if (!members.isSilent(member)) {
      return false;
    }
    long alone = out.timing().maxSuspect();
    return countOthers(member) > 0 || out.isDropped(CoordinationRule.WITNESS)
        ? isWitnessed(member, false)
        : out.now() - member.heardMs() > alone;
  }

  /** E4: it says so itself. */
  boolean hasGivenUp(Member member) {
    return member.said().state() == BrokerState.FENCED
        || (member.said().state() == BrokerState.DRAINING && !member.isLinked());
  }

  private boolean isWitnessed(Member member, boolean dead) {
    if (out.isDropped(CoordinationRule.WITNESS) || countOthers(member) == 0) {
      return true;
    }
    return members.others().stream()
        .anyMatch(
            other ->
                canWitness(other, member) && other.suspects(member.id(), member.nonce(), dead));
  }

  private long countOthers(Member suspect) {
    return members.others().stream().filter(other -> canWitness(other, suspect)).count();
  }

  private boolean canWitness(@Nullable Member other, Member suspect) {
    return other != null && other != suspect && other.isLinked() && !members.isSilent(other);
  }
}

package dev.leat.broker.log;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a replica has promised: nothing of a lower epoch, and of this epoch nothing of another
 * leader, is obeyed any more.
 *
 * @param epoch the epoch; 0 before the first promise
 * @param leader whom it was promised to; null before the first promise
 */
public record Promise(int epoch, @Nullable Replica leader) {
  private static final int NOBODY = -1;

  /** Before the first promise. */
  public static final Promise NONE = new Promise(0, null);

  /**
   * DISK, UNCLEAN: the promise of a replica that takes part in nothing any more. It is made to
   * nobody, for ever: so whoever does not know of withdrawals obeys nobody either.
   */
  public static Promise withdrawn(Withdrawal reason) {
    return new Promise(Integer.MAX_VALUE, new Replica(NOBODY, reason.code()));
  }

  /** Why this replica takes part in nothing any more; empty if it does. */
  public Optional<Withdrawal> withdrawal() {
    Replica nobody = leader;
    return epoch == Integer.MAX_VALUE && nobody != null && nobody.broker() == NOBODY
        ? Withdrawal.of(nobody.replicaId())
        : Optional.empty();
  }

  /** Whether a replica that has promised this obeys {@code leader} in {@code otherEpoch}. */
  public boolean allows(int otherEpoch, Replica leader) {
    return epoch < otherEpoch || (epoch == otherEpoch && leader.equals(this.leader));
  }
}

package dev.leat.broker.log;

import org.jspecify.annotations.Nullable;

/**
 * What a replica has promised: nothing of a lower epoch, and of this epoch nothing of another
 * leader, is obeyed any more.
 *
 * @param epoch the epoch; 0 before the first promise
 * @param leader whom it was promised to; null before the first promise
 */
public record Promise(int epoch, @Nullable Replica leader) {
  /** Before the first promise. */
  public static final Promise NONE = new Promise(0, null);

  /** Whether a replica that has promised this obeys {@code leader} in {@code otherEpoch}. */
  public boolean allows(int otherEpoch, Replica leader) {
    return epoch < otherEpoch || (epoch == otherEpoch && leader.equals(this.leader));
  }
}

package dev.leat.broker.log;

/**
 * Versions of what a release writes into logs and checkpoints. A cluster writes a newer one only
 * when all its brokers know it, so that an upgrade can be rolled back until then.
 *
 * @param oldest oldest version that is read and written
 * @param newest newest version that is read and written
 */
public record FormatRange(int oldest, int newest) {
  /** What this release knows. */
  public static final FormatRange CURRENT = new FormatRange(1, 1);

  /** Checks the order. */
  public FormatRange {
    Invariant.check(
        oldest >= 1 && newest >= oldest && newest <= Byte.MAX_VALUE,
        "format versions %d to %d",
        oldest,
        newest);
  }

  /** Whether this release reads that version. */
  public boolean knows(int version) {
    return version >= oldest && version <= newest;
  }

  @Override
  public String toString() {
    return oldest == newest ? String.valueOf(newest) : oldest + " to " + newest;
  }
}

package dev.leat.broker.log;

/**
 * Stored bytes that are not what was written.
 *
 * @param file the file, relative to the journal's directory
 * @param position the entry, or -1 if the damage is not in one
 * @param what what is wrong, one line
 */
public record Damage(String file, long position, String what) {
  /** The damage is in no single entry. */
  public static final long NO_POSITION = -1;
}

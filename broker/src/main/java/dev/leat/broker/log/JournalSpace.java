package dev.leat.broker.log;

/** Whether a journal takes records. */
public sealed interface JournalSpace {
  /** It does. */
  record Available() implements JournalSpace {}

  /**
   * It does not: the disk is nearly full.
   *
   * @param reason one line: what is full, how much is free, what to do
   */
  record Full(String reason) implements JournalSpace {}
}

package dev.leat.broker.log;

import java.util.Map;

/**
 * What a journal reports. Called on the journal's threads, of which there are two: hand over and
 * return.
 */
public interface JournalListener {
  /** Everything appended with this or a lower ticket is durable. */
  void onDurable(long ticket);

  /**
   * A segment is full and the next one is in use.
   *
   * @param lastSeqs the last seq of each group that has entries in it: once all of them are
   *     committed, {@link Journal#seal} it
   */
  void onFull(long segmentId, Map<GroupId, Long> lastSeqs);

  /** There is no room any more, or there is room again. */
  void onSpace(JournalSpace space);

  /**
   * The journal has stopped for good: a failed sync or damaged structure. Nothing not yet reported
   * durable may be counted on; stop the broker.
   */
  void onFailure(Exception cause);
}

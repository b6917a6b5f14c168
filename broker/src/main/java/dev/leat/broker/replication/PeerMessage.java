package dev.leat.broker.replication;

import dev.leat.broker.log.Entry;
import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.Promise;
import java.util.List;

/**
 * What replicas of a group say to each other. Each may be lost, late, repeated or overtaken.
 *
 * <pre>
 *  leader                         follower
 *    Collect{epoch}          -->              OBEY, promise to disk
 *                            <--  Collected{last entry, config} | Fenced{promised}
 *    Fetch{from}             -->              while its log is the better one
 *                            <--  Copy{...}
 *    Copy{prev, entries}     -->              OBEY, append to disk
 *                            <--  Copied{acked} | GoBack{seq} | Fenced{promised}
 * </pre>
 */
public sealed interface PeerMessage {
  /** Epoch of the leader that the message belongs to. */
  int epoch();

  /** COLLECT: promise this epoch to me, and say what you have. */
  record Collect(int epoch) implements PeerMessage {}

  /**
   * Answer to {@link Collect}; the promise is on disk.
   *
   * @param lastEpoch epoch of the last entry, 0 if there is none
   * @param lastSeq its seq
   * @param config newest config of the log
   */
  record Collected(int epoch, int lastEpoch, long lastSeq, GroupConfig config)
      implements PeerMessage {}

  /**
   * COLLECT: send me your log after this entry, which I have.
   *
   * @param prevSeq seq of the last entry that may agree
   * @param prevEpoch its epoch
   */
  record Fetch(int epoch, long prevSeq, int prevEpoch) implements PeerMessage {}

  /**
   * COPY, and the answer to {@link Fetch}: entries of the log.
   *
   * @param prevSeq seq before the first entry
   * @param prevEpoch epoch of the entry there
   * @param committed committed seq of the sender
   * @param entries without gaps; none: a sign of life
   * @param round number that the answer repeats; the leader measures contact by it
   */
  record Copy(
      int epoch, long prevSeq, int prevEpoch, long committed, List<Entry> entries, long round)
      implements PeerMessage {
    /** Copies the list. */
    public Copy {
      entries = List.copyOf(entries);
    }

    /** This message with entries. */
    public Copy withEntries(List<Entry> added) {
      return new Copy(epoch, prevSeq, prevEpoch, committed, added, round);
    }
  }

  /**
   * Answer to {@link Copy}.
   *
   * @param acked seq up to which the log is equal to the leader's and on disk
   * @param compared seq up to which the log is equal to the leader's
   * @param round from the message
   */
  record Copied(int epoch, long acked, long compared, long round) implements PeerMessage {}

  /**
   * Answer to {@link Copy} or {@link Fetch}: there is no entry (prevSeq, prevEpoch).
   *
   * @param seq an earlier seq to try instead
   * @param seqEpoch epoch of the entry there
   * @param round from the message, or 0
   */
  record GoBack(int epoch, long seq, int seqEpoch, long round) implements PeerMessage {}

  /**
   * OBEY: refused.
   *
   * @param epoch epoch of the refused message
   * @param promised what is promised
   */
  record Fenced(int epoch, Promise promised) implements PeerMessage {}
}

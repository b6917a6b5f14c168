package dev.leat.broker.replication;

import dev.leat.broker.log.Entry;
import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.Promise;
import java.nio.ByteBuffer;
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
 *                            <--  Copied{acked} | GoBack{seq} | Lacking | Fenced{promised}
 *    SnapshotPart{batches}   -->              to disk, outside the log
 *                            <--  SnapshotTaken{next offset}
 *    SnapshotEnd{base}       -->              becomes the log, in one transaction
 *                            <--  Copied{acked}
 * </pre>
 */
public sealed interface PeerMessage {
  /** Epoch of the leader that the message belongs to. */
  int epoch();

  /** Bytes that it brings to the receiver's disk. */
  default long recordBytes() {
    return 0;
  }

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

    @Override
    public long recordBytes() {
      long bytes = 0;
      for (Entry entry : entries) {
        bytes += entry.sizeBytes();
      }
      return bytes;
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

  /**
   * Answer to {@link Copy}: this replica has nothing of the group. Only a snapshot helps.
   *
   * @param round from the message
   */
  record Lacking(int epoch, long round) implements PeerMessage {}

  /** Answer to {@link Fetch}: the entries that come next are not stored any more. */
  record Gone(int epoch) implements PeerMessage {}

  /**
   * RETAIN: committed batches of one partition, below the base of a snapshot.
   *
   * @param baseSeq seq of that base
   * @param partition number within the group
   * @param offset what was asked for; the first batch may begin below it
   * @param nextOffset offset after the last batch
   * @param batches whole batches, in order; none if nothing is stored there
   */
  record SnapshotPart(
      int epoch,
      long baseSeq,
      int partition,
      long offset,
      long nextOffset,
      List<ByteBuffer> batches)
      implements PeerMessage {
    /** Copies the list. */
    public SnapshotPart {
      batches = List.copyOf(batches);
    }

    @Override
    public long recordBytes() {
      long bytes = 0;
      for (ByteBuffer batch : batches) {
        bytes += batch.remaining();
      }
      return bytes;
    }

    /** This message with what was read. */
    public SnapshotPart withBatches(List<ByteBuffer> read, long next) {
      return new SnapshotPart(epoch, baseSeq, partition, offset, next, read);
    }
  }

  /**
   * Answer to {@link SnapshotPart}: that is on disk.
   *
   * @param nextOffset offset to go on with
   */
  record SnapshotTaken(int epoch, long baseSeq, int partition, long nextOffset)
      implements PeerMessage {}

  /**
   * RETAIN: all parts are there; the base takes the place of the log.
   *
   * @param base a {@link dev.leat.broker.log.group.GroupCheckpoint}
   */
  record SnapshotEnd(int epoch, long baseSeq, ByteBuffer base) implements PeerMessage {}

  /** FORGET: the config without you is committed. */
  record Removed(int epoch) implements PeerMessage {}
}

package dev.leat.broker.log;

import dev.leat.broker.log.disk.BrokerDisk;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The log of all groups of one broker on one disk, in the order in which they were appended.
 *
 * <p>Threads: {@link #append}, {@link #seal} and {@link #release} may be called from one thread
 * only (that of the core); they queue and return. Reads may come from any thread, at any time. The
 * {@link JournalListener} is called on the journal's own thread and must not block.
 *
 * <p>Durability: an entry is durable when {@link JournalListener#onDurable} says so, not before.
 * Entries become durable in the order of append. After a crash a journal holds every durable entry,
 * and of the others a prefix in the order of append.
 */
public interface Journal extends AutoCloseable {

  /**
   * What the directory holds: the newest checkpoint of each group, and all entries that came after
   * (headers, and bodies of all kinds but {@link EntryKind#BATCHES}), in order of append. To be
   * called once, before {@link #start}.
   */
  Recovery recover();

  /** What the disk knows of itself, and of the disks of other brokers. */
  BrokerDisk disk();

  /** Begins to take appends. */
  void start(JournalListener listener);

  /**
   * Queues entries, which become durable together. Their header's {@code seq} must be the group's
   * next one (any, after a {@link EntryKind#BASE}), or at or below its last one: then that entry
   * and all after it in the group are cut off first. Never reaches below what is sealed. How much
   * is on its way is the caller's to bound.
   *
   * @param ticket given back by {@link JournalListener#onDurable}; must grow with every call
   */
  void append(List<Entry> entries, long ticket);

  /** Whether records are taken, by what was found last. Any thread. */
  JournalSpace space();

  /**
   * Whether there is room for records of so many bytes, beside all that is queued: to be asked
   * before records are appended. Once there is not, none are taken until {@link
   * JournalListener#onSpace} says so. Entries that are not {@link EntryKind#BATCHES} always find
   * room.
   */
  JournalSpace roomFor(long bytes);

  /**
   * Batches of a partition, beginning with the one that holds {@code offset}, all of them below
   * {@code endOffset}, as many as fit in {@code maxBytes} but at least one. Every batch's checksum
   * has been checked, and its offsets agree with its entry.
   *
   * @return null if {@code offset} is released, or nothing is stored in [offset, endOffset)
   * @throws CorruptEntryException if what is stored at {@code offset} is damaged or lost; damage
   *     further on ends the slice before it
   */
  @Nullable Slice readBatches(
      GroupId group, int partition, long offset, long endOffset, int maxBytes);

  /**
   * Entries of a group's log in order of seq, beginning with {@code fromSeq}, up to and including
   * {@code toSeq}, as many as fit in {@code maxBytes} but at least one.
   *
   * @return null if {@code fromSeq} is not stored
   * @throws CorruptEntryException if what is stored there is damaged
   */
  @Nullable LogSlice readLog(GroupId group, long fromSeq, long toSeq, int maxBytes);

  /**
   * The base offset of the first entry of the partition whose running maximum timestamp is at or
   * after {@code timestampMs} (the record itself may lie anywhere in that entry), or empty if there
   * is none.
   */
  OptionalLong entryForTimestamp(GroupId group, int partition, long timestampMs);

  /** First offset of the partition that is stored, or empty if nothing is. */
  OptionalLong firstOffset(GroupId group, int partition);

  /** Bytes of batches stored for a partition. */
  long sizeBytes(GroupId group, int partition);

  /**
   * All segments in order of their numbers. What a segment holds is looked up when somebody looks
   * into its list, on that thread; the result belongs to one thread.
   */
  List<SegmentSummary> segments();

  /**
   * Seals a full segment, the oldest one: writes its index and summary, and the checkpoint. To be
   * called after {@link JournalListener#onFull}, once all its entries are committed. {@link
   * #segments} shows when it is done.
   *
   * @param checkpoint state of every group, up to a seq of that group that is not below the group's
   *     last one in the segment; recovery begins with it
   */
  void seal(long segmentId, Checkpoint checkpoint);

  /**
   * Gives up a sealed segment: nothing in it is needed any more. It is recycled when its last
   * reader has gone.
   */
  void release(long segmentId);

  /** Bytes of a segment: as many batches are moved at a time at most. */
  long segmentBytes();

  /**
   * Begins to move entries out of sealed segments. One at a time, used by one thread, which it may
   * keep for long: it waits while appends come, and never makes them wait.
   */
  Move move();

  /** Writes what is queued, syncs, stops the thread and closes the files. */
  @Override
  void close();

  /** Bytes read for one partition; belongs to one thread; must be closed, soon. */
  interface Slice extends AutoCloseable {
    /** Complete batches, in order of offset. Valid until {@link #close}. */
    List<ByteBuffer> batches();

    /** Bytes in all. */
    int sizeBytes();

    /** Offset after the last record. */
    long nextOffset();

    @Override
    void close();
  }

  /** Entries on their way into a segment of their own; nothing of it counts before its end. */
  interface Move extends AutoCloseable {
    /**
     * Copies a range, or what is left of it if some of its segments have been released. To be
     * called in order of group and partition, once for each partition; again for the range that
     * follows only as long as nothing of it was kept, so that nothing is left of what was not.
     *
     * @return false if there is no room for it in this segment (the first one always fits), or on
     *     the disk, or something of the partition was kept: nothing was copied then
     * @throws CorruptEntryException if something in it is damaged: the move cannot be finished
     */
    boolean copy(MovedRange range, BatchFilter filter);

    /** Makes the copies count in place of what they were copied from, durably. */
    Moved finish();

    /** Forgets what was copied, unless it is finished. */
    @Override
    void close();
  }

  /**
   * What has been moved.
   *
   * @param readBytes bytes of batches read
   * @param writtenBytes bytes of batches written
   * @param entries entries written
   */
  record Moved(long readBytes, long writtenBytes, long entries) {}

  /** Entries read from one group's log; belongs to one thread; must be closed, soon. */
  interface LogSlice extends AutoCloseable {
    /** Entries in order of seq, without gaps. Bodies are valid until {@link #close}. */
    List<Entry> entries();

    @Override
    void close();
  }
}

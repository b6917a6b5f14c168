package dev.leat.broker.journal.index;

import dev.leat.broker.log.GroupId;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;

/** What an unsealed segment holds. Written by the thread that adds entries, read by all. */
public final class UnsealedSegment {
  private final long id;
  private final long firstPosition;
  private final Queue<PartitionPart> parts = new ConcurrentLinkedQueue<>();
  private final Queue<LastSeq> lastSeqs = new ConcurrentLinkedQueue<>();
  private final Set<GroupId> restarted = new ConcurrentSkipListSet<>();
  private volatile int partitions;
  private volatile int entries;

  /** A segment without entries. */
  public UnsealedSegment(long id, long firstPosition) {
    this.id = id;
    this.firstPosition = firstPosition;
  }

  /** The last seq of a group in this segment. */
  static final class LastSeq {
    private final int group;
    private volatile long seq;

    LastSeq(int group) {
      this.group = group;
    }

    void set(long last) {
      seq = last;
    }
  }

  /** Number of the segment. */
  public long id() {
    return id;
  }

  /** Position of its first entry. */
  public long firstPosition() {
    return firstPosition;
  }

  /** Entries written, the cut ones too. */
  public int entries() {
    return entries;
  }

  /** Partitions with entries. */
  public int partitions() {
    return partitions;
  }

  /** The last seq of each group with entries in the log. */
  public Map<GroupId, Long> lastSeqs() {
    Map<GroupId, Long> result = new TreeMap<>();
    lastSeqs.forEach(last -> result.put(new GroupId(last.group), last.seq));
    return result;
  }

  Queue<PartitionPart> parts() {
    return parts;
  }

  /** The parts in order of group and partition. */
  List<PartitionPart> partsInOrder() {
    return parts.stream().sorted(Comparator.comparingLong(PartitionPart::key)).toList();
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // One thread adds.
  void add(PartitionPart part) {
    parts.add(part);
    partitions++;
  }

  /** Nothing of a group counts that came before. */
  void forget(GroupId group) {
    lastSeqs.removeIf(last -> last.group == group.value());
  }

  /** A new replica of this group begins in this segment. */
  void noteRestart(GroupId group) {
    restarted.add(group);
  }

  /** Groups of which new replicas begin in this segment. */
  public Set<GroupId> restarted() {
    return restarted;
  }

  LastSeq add(int group) {
    LastSeq added = new LastSeq(group);
    lastSeqs.add(added);
    return added;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // One thread adds.
  void countEntry() {
    entries++;
  }
}

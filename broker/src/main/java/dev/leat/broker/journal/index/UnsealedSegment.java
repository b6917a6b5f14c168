package dev.leat.broker.journal.index;

import dev.leat.broker.log.GroupId;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What an unsealed segment holds, by partition and by group. Written by the thread that owns the
 * hot segment; read by others once it is full.
 */
public final class UnsealedSegment {
  private final long id;
  private final long firstPosition;
  private final Map<Long, PartitionPart> parts = new ConcurrentHashMap<>();
  private final Map<Integer, Long> lastSeqs = new ConcurrentHashMap<>();
  private volatile int entries;

  /** A segment without entries. */
  public UnsealedSegment(long id, long firstPosition) {
    this.id = id;
    this.firstPosition = firstPosition;
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
    return parts.size();
  }

  /** The last seq of each group with entries in the log. */
  public Map<GroupId, Long> lastSeqs() {
    Map<GroupId, Long> result = new TreeMap<>();
    lastSeqs.forEach((group, seq) -> result.put(new GroupId(group), seq));
    return result;
  }

  Map<Long, PartitionPart> parts() {
    return parts;
  }

  PartitionPart part(long key, long baseOffset) {
    PartitionPart part = parts.get(key);
    if (part == null) {
      part = new PartitionPart(id, firstPosition, baseOffset);
      parts.put(key, part);
    }
    return part;
  }

  void count(int group, long seq) {
    entries = entries + 1;
    if (seq > 0) {
      lastSeqs.put(group, seq);
    }
  }
}

package dev.leat.broker.journal.index;

import dev.leat.broker.log.EntryHeader;
import dev.leat.broker.log.EntryKind;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.SegmentSummary;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/**
 * Where every entry of the journal lies. One thread adds; any thread looks up.
 *
 * <p>A lookup that races with a cut may still find what is being cut; such entries are not
 * committed, so nobody who respects the high watermark asks for them.
 */
public final class JournalIndex {
  private final LongMap<PartitionLog> partitions = new LongMap<>();
  private final LongMap<GroupLog> groups = new LongMap<>();
  private final ConcurrentLinkedDeque<UnsealedSegment> unsealed = new ConcurrentLinkedDeque<>();
  private volatile long restarts;

  /** A new hot segment. */
  public void open(UnsealedSegment segment) {
    unsealed.addLast(segment);
  }

  /** Adds an entry of the hot segment; one that replaces others cuts these first. */
  public void add(UnsealedSegment hot, Placed entry) {
    EntryHeader header = entry.header();
    hot.countEntry();
    if (header.kind() == EntryKind.REPLICA) {
      restart(header.group());
      hot.noteRestart(header.group());
    }
    if (header.kind() == EntryKind.BASE) {
      groupLog(header.group()).allowJump();
      allowOverlaps(header.group());
    }
    if (header.kind().inLog()) {
      cut(header.group(), header.seq());
      groupLog(header.group()).add(hot, header, entry.position());
    }
    if (header.kind().holdsBatches()) {
      partitionLog(header.group(), header.partition()).add(hot, entry);
    }
  }

  /**
   * A new replica of a group begins, or the old one is gone: of what this disk has of the group
   * nothing counts any more.
   */
  @SuppressWarnings("NonAtomicVolatileUpdate") // One thread adds.
  public void restart(GroupId group) {
    // First this, so that a move that ends meanwhile notices.
    restarts++;
    groupLog(group).restart(restarts);
    partitions.forEach(
        (key, log) -> {
          if (PartitionKey.group(key) == group.value()) {
            log.restart();
          }
        });
    unsealed.forEach(segment -> segment.forget(group));
  }

  /** Grows with every new replica. */
  public long restarts() {
    return restarts;
  }

  /** Whether a new replica of a group began after there had been so many. */
  public boolean isRestarted(GroupId group, long since) {
    GroupLog log = groups.get(group.value());
    return log != null && log.restart() > since;
  }

  /** What a segment holds of a partition, which was moved there, does not count. */
  public void drop(long segment, GroupId group, int partition) {
    PartitionLog log = log(group, partition);
    if (log != null) {
      log.drop(segment);
    }
  }

  private void allowOverlaps(GroupId group) {
    for (UnsealedSegment segment : unsealed) {
      for (PartitionPart part : segment.parts()) {
        if (part.group() == group.value()) {
          partitionLog(part).allowOverlap();
        }
      }
    }
  }

  private GroupLog groupLog(GroupId group) {
    return groups.getOrAdd(group.value(), absent -> new GroupLog());
  }

  private PartitionLog partitionLog(GroupId group, int partition) {
    return partitions.getOrAdd(
        PartitionKey.of(group.value(), partition), absent -> new PartitionLog());
  }

  /** Takes away all entries of a group from {@code seq} on; they must not be sealed. */
  public void cut(GroupId group, long seq) {
    GroupLog log = groupLog(group);
    long replaced = log.replaced(seq);
    if (replaced >= 0) {
      log.cut(seq);
      cutPartitions(group, replaced);
    }
  }

  /** What an unsealed segment holds of each group's log. */
  public List<SealedIndex.GroupPart> groups(UnsealedSegment segment) {
    List<SealedIndex.GroupPart> parts = new ArrayList<>();
    for (GroupId group : segment.lastSeqs().keySet()) {
      List<GroupRun> runs = groupLog(group).runs(segment.id());
      if (!runs.isEmpty()) {
        parts.add(
            new SealedIndex.GroupPart(group, runs.getFirst().firstSeq(), runs.getLast().lastSeq()));
      }
    }
    return parts;
  }

  private void cutPartitions(GroupId group, long position) {
    for (UnsealedSegment segment : unsealed) {
      for (PartitionPart part : segment.parts()) {
        if (part.group() == group.value()) {
          partitionLog(group, part.partition()).cut(position);
        }
      }
    }
  }

  /** Index and summary of a full segment, by key in order. */
  public NavigableMap<Long, ByteBuffer> blobs(UnsealedSegment full) {
    NavigableMap<Long, ByteBuffer> blobs = new TreeMap<>();
    List<PartitionPart> parts =
        full.partsInOrder().stream().filter(part -> part.count() > 0).toList();
    for (PartitionPart part : parts) {
      blobs.put(SegmentBlobs.partition(part.group(), part.partition()), BlobWriter.partition(part));
    }
    blobs.put(SegmentBlobs.PARTITIONS, BlobWriter.partitions(parts));
    addGroupBlobs(full, blobs);
    blobs.put(SegmentBlobs.SEAL, BlobWriter.seal(full));
    return blobs;
  }

  private void addGroupBlobs(UnsealedSegment full, Map<Long, ByteBuffer> blobs) {
    List<Integer> groupIds = new ArrayList<>();
    List<List<GroupRun>> runs = new ArrayList<>();
    for (GroupId group : full.lastSeqs().keySet()) {
      List<GroupRun> of = groupLog(group).runs(full.id());
      if (!of.isEmpty()) {
        groupIds.add(group.value());
        runs.add(of);
        blobs.put(SegmentBlobs.group(group.value()), BlobWriter.group(of));
      }
    }
    blobs.put(SegmentBlobs.GROUPS, BlobWriter.groups(groupIds, runs));
  }

  /** A full segment is sealed: lookups in it go to its own index from now on. */
  public void seal(UnsealedSegment full) {
    full.parts().forEach(part -> partitionLog(part).seal(part));
    full.lastSeqs().keySet().forEach(group -> groupLog(group).seal(full.id()));
    unsealed.remove(full);
  }

  private PartitionLog partitionLog(PartitionPart part) {
    return partitionLog(new GroupId(part.group()), part.partition());
  }

  /**
   * A sealed segment that was there when the journal was opened.
   *
   * @param gone groups of which nothing in it counts any more
   */
  public void addSealed(long segment, SealedIndex sealed, Set<GroupId> gone) {
    for (SegmentSummary.PartitionPart part : sealed.partitions()) {
      if (!gone.contains(part.group())) {
        partitionLog(part.group(), part.partition()).addSealed(segment, part);
      }
    }
    for (SealedIndex.GroupPart part : sealed.groups()) {
      if (!gone.contains(part.group())) {
        groupLog(part.group()).addSealed(segment, part.lastSeq());
      }
    }
  }

  /**
   * A sealed segment that holds entries in place of older ones: these count no more.
   *
   * @param segment its number, greater than that of every segment whose entries it has
   * @param gone groups of which nothing in it counts any more
   */
  public void addMoved(long segment, SealedIndex sealed, Set<GroupId> gone) {
    Map<Long, SegmentSummary.PartitionPart> parts = new HashMap<>();
    for (SegmentSummary.PartitionPart part : sealed.partitions()) {
      parts.put(PartitionKey.of(part.group().value(), part.partition()), part);
    }
    for (MovedPart moved : sealed.moved()) {
      if (gone.contains(moved.group())) {
        continue;
      }
      long key = PartitionKey.of(moved.group().value(), moved.partition());
      partitionLog(moved.group(), moved.partition())
          .replace(segment, moved.from(), moved.to(), parts.get(key));
    }
  }

  /** What was moved, as bytes: to be added to {@link #blobs}. */
  public static void putMoved(Map<Long, ByteBuffer> blobs, List<MovedPart> parts) {
    blobs.put(SegmentBlobs.MOVED, BlobWriter.moved(parts));
  }

  /** Whether what a sealed segment holds of a partition counts, or is elsewhere by now. */
  public boolean holds(long segment, GroupId group, int partition) {
    PartitionLog log = log(group, partition);
    return log != null && log.holds(segment);
  }

  /** Below this offset, what a partition had has been released. */
  public long releasedBelow(GroupId group, int partition) {
    PartitionLog log = log(group, partition);
    return log == null ? 0 : log.releasedBelow();
  }

  /** The sealed segments in which entries of a partition end in [first, last], in order. */
  public List<SealedParts.Part> parts(GroupId group, int partition, long first, long last) {
    PartitionLog log = log(group, partition);
    return log == null ? List.of() : log.parts(first, last);
  }

  /** A sealed segment is given up. */
  public void release(long segment, SealedIndex sealed) {
    for (SegmentSummary.PartitionPart part : sealed.partitions()) {
      partitionLog(part.group(), part.partition()).release(segment, part);
    }
    for (SealedIndex.GroupPart part : sealed.groups()) {
      groupLog(part.group()).release(segment);
    }
  }

  /** What an unsealed segment holds of each partition. */
  public List<SegmentSummary.PartitionPart> partitions(UnsealedSegment segment) {
    List<SegmentSummary.PartitionPart> summary = new ArrayList<>();
    for (PartitionPart part : segment.partsInOrder()) {
      partitionLog(part).summary(part).ifPresent(summary::add);
    }
    return summary;
  }

  /** Damage was found: the seqs of the groups may jump once. */
  public void allowJumps() {
    groups.forEach((group, log) -> log.allowJump());
  }

  /** Finds the entry that holds an offset, or the next one, and those after it. */
  public boolean find(GroupId group, int partition, long offset, Positions into) {
    PartitionLog log = log(group, partition);
    return log != null && log.find(offset, into);
  }

  /** Finds the entry with this seq, and those after it. */
  public boolean findSeq(GroupId group, long seq, Positions into) {
    GroupLog log = groups.get(group.value());
    return log != null && log.find(seq, into);
  }

  /** Sealed segments in which a partition has entries, in order. */
  public List<Long> sealedSegments(GroupId group, int partition) {
    PartitionLog log = log(group, partition);
    return log == null ? List.of() : log.sealedSegments();
  }

  /** As {@link dev.leat.broker.log.Journal#entryForTimestamp}, in unsealed segments. */
  public OptionalLong unsealedForTimestamp(GroupId group, int partition, long timestamp) {
    PartitionLog log = log(group, partition);
    return log == null ? OptionalLong.empty() : log.unsealedForTimestamp(timestamp);
  }

  /** First offset of a partition in unsealed segments, or empty. */
  public OptionalLong firstUnsealed(GroupId group, int partition) {
    PartitionLog log = log(group, partition);
    return log == null ? OptionalLong.empty() : log.firstUnsealed();
  }

  /** As {@link dev.leat.broker.log.Journal#sizeBytes}. */
  public long sizeBytes(GroupId group, int partition) {
    PartitionLog log = log(group, partition);
    return log == null ? 0 : log.sizeBytes();
  }

  private @Nullable PartitionLog log(GroupId group, int partition) {
    return partitions.get(PartitionKey.of(group.value(), partition));
  }
}

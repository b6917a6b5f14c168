package dev.leat.broker.journal.index;

import dev.leat.broker.log.EntryHeader;
import dev.leat.broker.log.EntryKind;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.SegmentSummary;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/**
 * Where every entry of the journal lies. One thread adds; any thread looks up.
 *
 * <p>A lookup that races with a cut may still find what is being cut; such entries are not
 * committed, so nobody who respects the high watermark asks for them.
 */
public final class JournalIndex {
  private final Map<Long, PartitionLog> partitions = new ConcurrentHashMap<>();
  private final Map<Integer, GroupLog> groups = new ConcurrentHashMap<>();
  private final ConcurrentLinkedDeque<UnsealedSegment> unsealed = new ConcurrentLinkedDeque<>();

  /** A new hot segment. */
  public void open(UnsealedSegment segment) {
    unsealed.addLast(segment);
  }

  /** Adds an entry of the hot segment; one that replaces others cuts these first. */
  public void add(UnsealedSegment hot, Placed entry) {
    EntryHeader header = entry.header();
    int group = header.group().value();
    hot.count(group, header.seq());
    if (header.kind() == EntryKind.BASE) {
      groupLog(group).allowJump();
    }
    if (header.kind().inLog()) {
      addToGroup(hot, header, entry.position());
    }
    if (header.kind() == EntryKind.BATCHES) {
      long key = PartitionKey.of(group, header.partition());
      PartitionPart part = hot.part(key, header.baseOffset());
      partitions.computeIfAbsent(key, absent -> new PartitionLog()).add(part, entry);
    }
  }

  private GroupLog groupLog(int group) {
    return groups.computeIfAbsent(group, absent -> new GroupLog());
  }

  private void addToGroup(UnsealedSegment hot, EntryHeader header, long position) {
    int group = header.group().value();
    cut(header.group(), header.seq());
    groupLog(group).add(hot, header, position);
  }

  /** Takes away all entries of a group from {@code seq} on; they must not be sealed. */
  public void cut(GroupId group, long seq) {
    GroupLog log = groupLog(group.value());
    OptionalLong replaced = log.replaced(seq);
    if (replaced.isPresent()) {
      log.cut(seq);
      cutPartitions(group.value(), replaced.getAsLong());
    }
  }

  /** What an unsealed segment holds of each group's log. */
  public List<SealedIndex.GroupPart> groups(UnsealedSegment segment) {
    List<SealedIndex.GroupPart> parts = new ArrayList<>();
    for (GroupId group : segment.lastSeqs().keySet()) {
      List<GroupRun> runs = groupLog(group.value()).runs(segment.id());
      if (!runs.isEmpty()) {
        parts.add(
            new SealedIndex.GroupPart(group, runs.getFirst().firstSeq(), runs.getLast().lastSeq()));
      }
    }
    return parts;
  }

  private void cutPartitions(int group, long position) {
    for (UnsealedSegment segment : unsealed) {
      for (long key : segment.parts().keySet()) {
        PartitionLog log = partitions.get(key);
        if (log != null && PartitionKey.group(key) == group) {
          log.cut(position);
        }
      }
    }
  }

  /** Index and summary of a full segment, by key in order. */
  public NavigableMap<Long, ByteBuffer> blobs(UnsealedSegment full) {
    NavigableMap<Long, ByteBuffer> blobs = new TreeMap<>();
    List<Long> keys = new ArrayList<>();
    List<PartitionPart> parts = new ArrayList<>();
    for (Map.Entry<Long, PartitionPart> part : new TreeMap<>(full.parts()).entrySet()) {
      if (part.getValue().count() > 0) {
        long key = part.getKey();
        keys.add(key);
        parts.add(part.getValue());
        blobs.put(
            SegmentBlobs.partition(PartitionKey.group(key), PartitionKey.partition(key)),
            BlobWriter.partition(part.getValue(), full.firstPosition()));
      }
    }
    List<Integer> groupIds = new ArrayList<>();
    List<List<GroupRun>> runs = new ArrayList<>();
    for (GroupId group : full.lastSeqs().keySet()) {
      List<GroupRun> of = groupLog(group.value()).runs(full.id());
      if (!of.isEmpty()) {
        groupIds.add(group.value());
        runs.add(of);
        blobs.put(SegmentBlobs.group(group.value()), BlobWriter.group(of));
      }
    }
    blobs.put(SegmentBlobs.PARTITIONS, BlobWriter.partitions(keys, parts));
    blobs.put(SegmentBlobs.GROUPS, BlobWriter.groups(groupIds, runs));
    blobs.put(SegmentBlobs.SEAL, BlobWriter.seal(full));
    return blobs;
  }

  /** A full segment is sealed: lookups in it go to its own index from now on. */
  public void seal(UnsealedSegment full) {
    full.parts().forEach((key, part) -> sealPartition(key, part));
    full.lastSeqs().keySet().forEach(group -> groupLog(group.value()).seal(full.id()));
    unsealed.remove(full);
  }

  private void sealPartition(long key, PartitionPart part) {
    PartitionLog log = partitions.get(key);
    if (log != null) {
      log.seal(part);
    }
  }

  /** A sealed segment that was there when the journal was opened. */
  public void addSealed(long segment, SealedIndex sealed) {
    for (SegmentSummary.PartitionPart part : sealed.partitions()) {
      partitions.computeIfAbsent(key(part), absent -> new PartitionLog()).addSealed(segment, part);
    }
    for (SealedIndex.GroupPart part : sealed.groups()) {
      groupLog(part.group().value()).addSealed(segment, part.lastSeq());
    }
  }

  /** A sealed segment is given up. */
  public void release(long segment, SealedIndex sealed) {
    for (SegmentSummary.PartitionPart part : sealed.partitions()) {
      PartitionLog log = partitions.get(key(part));
      if (log != null) {
        log.release(segment, part);
      }
    }
    for (SealedIndex.GroupPart part : sealed.groups()) {
      groupLog(part.group().value()).release(segment);
    }
  }

  private static long key(SegmentSummary.PartitionPart part) {
    return PartitionKey.of(part.group().value(), part.partition());
  }

  /** What an unsealed segment holds of each partition. */
  public List<SegmentSummary.PartitionPart> partitions(UnsealedSegment segment) {
    List<SegmentSummary.PartitionPart> summary = new ArrayList<>();
    for (Map.Entry<Long, PartitionPart> part : new TreeMap<>(segment.parts()).entrySet()) {
      PartitionLog log = partitions.get(part.getKey());
      if (log != null) {
        log.summary(part.getKey(), part.getValue()).ifPresent(summary::add);
      }
    }
    return summary;
  }

  /** Damage was found: the seqs of the groups may jump once. */
  public void allowJumps() {
    groups.values().forEach(GroupLog::allowJump);
  }

  /** Whether the hot segment's index can take this entry; if not, another segment must begin. */
  public boolean fits(UnsealedSegment hot, EntryHeader header) {
    if (header.kind() != EntryKind.BATCHES) {
      return true;
    }
    PartitionPart part =
        hot.parts().get(PartitionKey.of(header.group().value(), header.partition()));
    return part == null || part.reaches(header.baseOffset());
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

  /** As {@link dev.leat.broker.log.Journal#firstOffset}. */
  public OptionalLong firstOffset(GroupId group, int partition) {
    PartitionLog log = log(group, partition);
    return log == null ? OptionalLong.empty() : log.firstOffset();
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

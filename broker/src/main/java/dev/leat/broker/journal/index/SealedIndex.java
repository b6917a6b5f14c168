package dev.leat.broker.journal.index;

import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.SegmentSummary.PartitionPart;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Looks up entries of a sealed segment, in bytes that have been found sound. */
public final class SealedIndex {
  private final SegmentBlobs blobs;
  private final long firstPosition;

  /** Of a segment that begins at {@code firstPosition}. */
  public SealedIndex(SegmentBlobs blobs, long firstPosition) {
    this.blobs = blobs;
    this.firstPosition = firstPosition;
  }

  /** Finds the entry that holds {@code offset}, or the next one, and those after it. */
  public void find(GroupId group, int partition, long offset, Positions into) {
    ByteBuffer blob = blobs.blob(SegmentBlobs.partition(group.value(), partition));
    if (blob == null) {
      return;
    }
    int count = blob.getInt(0);
    into.firstOffset(blob.getLong(4));
    long delta = offset - blob.getLong(4);
    int low = 1;
    int high = count;
    while (low < high) {
      int middle = low + high >>> 1;
      if (blob.getLong(entry(middle)) >>> SegmentBlobs.POSITION_BITS <= delta) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    for (int i = low - 1; i < count && !into.isFull(); i++) {
      into.add(firstPosition + (blob.getLong(entry(i)) & SegmentBlobs.POSITION_MASK));
    }
  }

  /** Base offset of the first entry whose running maximum timestamp is at or after this one. */
  public OptionalLong findTimestamp(GroupId group, int partition, long timestamp) {
    ByteBuffer blob = blobs.blob(SegmentBlobs.partition(group.value(), partition));
    if (blob == null) {
      return OptionalLong.empty();
    }
    int count = blob.getInt(0);
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = low + high >>> 1;
      if (blob.getLong(entry(middle) + 8) < timestamp) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low == count
        ? OptionalLong.empty()
        : OptionalLong.of(
            blob.getLong(4) + (blob.getLong(entry(low)) >>> SegmentBlobs.POSITION_BITS));
  }

  private static int entry(int index) {
    return BlobWriter.PARTITION_HEAD_BYTES + index * BlobWriter.PARTITION_ENTRY_BYTES;
  }

  /** Finds the entry with this seq and those after it in its run. */
  public void findSeq(GroupId group, long seq, Positions into) {
    ByteBuffer blob = blobs.blob(SegmentBlobs.group(group.value()));
    if (blob == null) {
      return;
    }
    int runs = blob.getInt(0);
    int positions = Integer.BYTES + runs * BlobWriter.RUN_BYTES;
    for (int run = 0; run < runs; run++) {
      int at = Integer.BYTES + run * BlobWriter.RUN_BYTES;
      long first = blob.getLong(at);
      int count = blob.getInt(at + 8);
      for (long s = seq; seq >= first && s < first + count && !into.isFull(); s++) {
        into.add(firstPosition + blob.getInt(positions + (int) (s - first) * Integer.BYTES));
      }
      positions += count * Integer.BYTES;
    }
  }

  /** First offset of a partition in the segment, or empty. */
  public OptionalLong firstOffset(GroupId group, int partition) {
    ByteBuffer blob = blobs.blob(SegmentBlobs.partition(group.value(), partition));
    return blob == null ? OptionalLong.empty() : OptionalLong.of(blob.getLong(4));
  }

  /** What the segment holds of each partition. */
  public List<PartitionPart> partitions() {
    ByteBuffer blob = blobs.blob(SegmentBlobs.PARTITIONS);
    int count = blob == null ? 0 : blob.getInt(0);
    List<MovedPart> moved = moved();
    int nextMoved = 0;
    List<PartitionPart> parts = new ArrayList<>(count);
    for (int i = 0; blob != null && i < count; i++) {
      int at = Integer.BYTES + i * BlobWriter.SUMMARY_BYTES;
      GroupId group = new GroupId(blob.getShort(at) & 0xffff);
      int partition = blob.getInt(at + 2);
      // Both are in order of group and partition, and whatever is there has been moved there.
      while (nextMoved < moved.size() && !moved.get(nextMoved).isOf(group, partition)) {
        nextMoved++;
      }
      long compactedTo =
          nextMoved < moved.size() ? moved.get(nextMoved).compactedTo() : PartitionPart.NEVER;
      parts.add(
          new PartitionPart(
              group,
              partition,
              blob.getLong(at + 6),
              blob.getLong(at + 14),
              blob.getLong(at + 22),
              blob.getLong(at + 30),
              compactedTo));
    }
    return parts;
  }

  /** What the segment holds in place of older ones, in order of group and partition. */
  public List<MovedPart> moved() {
    ByteBuffer blob = blobs.blob(SegmentBlobs.MOVED);
    int count = blob == null ? 0 : blob.getInt(0);
    List<MovedPart> parts = new ArrayList<>(count);
    for (int i = 0; blob != null && i < count; i++) {
      int at = Integer.BYTES + i * BlobWriter.MOVED_BYTES;
      parts.add(
          new MovedPart(
              new GroupId(blob.getShort(at) & 0xffff),
              blob.getInt(at + 2),
              blob.getLong(at + 6),
              blob.getLong(at + 14),
              blob.getLong(at + 22)));
    }
    return parts;
  }

  /**
   * What the segment holds of a group's log.
   *
   * @param group the group
   * @param firstSeq first seq
   * @param lastSeq last seq
   */
  public record GroupPart(GroupId group, long firstSeq, long lastSeq) {}

  /** What the segment holds of each group's log. */
  public List<GroupPart> groups() {
    List<GroupPart> parts = new ArrayList<>();
    ByteBuffer blob = blobs.blob(SegmentBlobs.GROUPS);
    if (blob == null) {
      return parts;
    }
    ByteBuffer in = blob.duplicate().position(0);
    for (int left = in.getInt(); left > 0; left--) {
      parts.add(new GroupPart(new GroupId(in.getShort() & 0xffff), in.getLong(), in.getLong()));
      in.position(
          in.position() + Integer.BYTES + in.getInt(in.position()) * BlobWriter.EPOCH_BYTES);
    }
    return parts;
  }
}

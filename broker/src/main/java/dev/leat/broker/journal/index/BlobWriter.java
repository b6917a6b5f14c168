package dev.leat.broker.journal.index;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;

/** Writes the blobs of {@link SegmentBlobs}. */
final class BlobWriter {
  static final int PARTITION_HEAD_BYTES = 12;
  static final int PARTITION_ENTRY_BYTES = 16;
  static final int SUMMARY_BYTES = 38;
  static final int RUN_BYTES = 12;
  static final int MOVED_BYTES = 30;
  private static final int GROUP_BYTES = 22;
  static final int EPOCH_BYTES = 12;

  private BlobWriter() {}

  static ByteBuffer partition(PartitionPart part) {
    ByteBuffer out = allocate(PARTITION_HEAD_BYTES + part.count() * PARTITION_ENTRY_BYTES);
    out.putInt(part.count()).putLong(part.firstOffset());
    for (int i = 0; i < part.count(); i++) {
      out.putLong(part.placeOf(i)).putLong(part.timestampOf(i));
    }
    return finish(out);
  }

  static ByteBuffer group(List<GroupRun> runs) {
    int entries = 0;
    for (GroupRun run : runs) {
      entries += run.count();
    }
    ByteBuffer out =
        allocate(Integer.BYTES + runs.size() * RUN_BYTES + entries * Integer.BYTES)
            .putInt(runs.size());
    for (GroupRun run : runs) {
      out.putLong(run.firstSeq()).putInt(run.count());
    }
    for (GroupRun run : runs) {
      for (int i = 0; i < run.count(); i++) {
        out.putInt(run.positionDelta(i));
      }
    }
    return finish(out);
  }

  /** Summary of partitions, given in order of their keys. */
  static ByteBuffer partitions(List<PartitionPart> parts) {
    ByteBuffer out = allocate(Integer.BYTES + parts.size() * SUMMARY_BYTES).putInt(parts.size());
    for (PartitionPart part : parts) {
      out.putShort((short) part.group()).putInt(part.partition());
      out.putLong(part.firstOffset()).putLong(part.lastOffset());
      out.putLong(part.sizeBytes()).putLong(part.maxTimestamp());
    }
    return finish(out);
  }

  /** Summary of groups, given in order. */
  static ByteBuffer groups(List<Integer> groups, List<List<GroupRun>> runs) {
    int size = Integer.BYTES;
    for (List<GroupRun> group : runs) {
      size += GROUP_BYTES + epochs(group) * EPOCH_BYTES;
    }
    ByteBuffer out = allocate(size).putInt(groups.size());
    for (int i = 0; i < groups.size(); i++) {
      List<GroupRun> group = runs.get(i);
      out.putShort((short) (int) groups.get(i));
      out.putLong(group.getFirst().firstSeq()).putLong(group.getLast().lastSeq());
      out.putInt(epochs(group));
      for (GroupRun run : group) {
        for (int e = 0; e < run.epochs().count(); e++) {
          out.putInt(run.epochs().epoch(e)).putLong(run.epochs().seq(e));
        }
      }
    }
    return finish(out);
  }

  static ByteBuffer seal(UnsealedSegment segment) {
    long end = segment.firstPosition() + segment.entries();
    return finish(allocate(2 * Long.BYTES).putLong(segment.entries()).putLong(end));
  }

  static ByteBuffer moved(List<MovedPart> parts) {
    ByteBuffer out = allocate(Integer.BYTES + parts.size() * MOVED_BYTES).putInt(parts.size());
    for (MovedPart part : parts) {
      out.putShort((short) part.group().value()).putInt(part.partition());
      out.putLong(part.from()).putLong(part.to()).putLong(part.compactedTo());
    }
    return finish(out);
  }

  private static int epochs(List<GroupRun> group) {
    int count = 0;
    for (GroupRun run : group) {
      count += run.epochs().count();
    }
    return count;
  }

  private static ByteBuffer allocate(int size) {
    return ByteBuffer.allocate(size + SegmentBlobs.CRC_BYTES);
  }

  private static ByteBuffer finish(ByteBuffer out) {
    CRC32C crc = new CRC32C();
    crc.update(out.duplicate().flip());
    return out.putInt((int) crc.getValue()).flip();
  }
}

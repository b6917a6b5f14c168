package dev.leat.broker.journal.store;

import dev.leat.broker.journal.segment.SegmentRecord;
import dev.leat.broker.journal.segment.SegmentState;
import dev.leat.broker.log.GroupId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the newest replica of a group begins: what older segments hold of the group counts no more.
 * In the catalog: {@code count(2) {group(2) segment(8) moved(8)}...}.
 *
 * @param group the group
 * @param segment number of the segment in which it begins; it is sealed
 * @param moved entries that were moved count from the segment of this number on
 */
public record Restart(GroupId group, long segment, long moved) {
  private static final int BYTES = 18;

  /** Whether nothing that a segment holds of the group counts. */
  boolean excludes(SegmentRecord record) {
    return record.segment() < (record.isMoved() ? moved : segment);
  }

  /** Whether there is anything for it to exclude. */
  boolean isNeeded(List<SegmentRecord> files) {
    return files.stream().anyMatch(file -> file.state() == SegmentState.SEALED && excludes(file));
  }

  static int sizeBytes(List<Restart> all) {
    return Short.BYTES + all.size() * BYTES;
  }

  static void write(List<Restart> all, ByteBuffer out) {
    out.putShort((short) all.size());
    for (Restart each : all) {
      out.putShort((short) each.group.value()).putLong(each.segment).putLong(each.moved);
    }
  }

  /** Reads them; the catalog of a release that did not write any ends before them. */
  static List<Restart> read(ByteBuffer in) {
    List<Restart> all = new ArrayList<>();
    for (int left = in.hasRemaining() ? in.getShort() & 0xffff : 0; left > 0; left--) {
      GroupId group = new GroupId(in.getShort() & 0xffff);
      all.add(new Restart(group, in.getLong(), in.getLong()));
    }
    return all;
  }
}

package dev.leat.broker.journal.store;

import dev.leat.broker.journal.JournalException;
import dev.leat.broker.journal.StoreIdentity;
import dev.leat.broker.journal.segment.SegmentLabel;
import dev.leat.broker.journal.segment.SegmentRecord;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Invariant;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All that the catalog holds.
 *
 * <pre>
 * 0 format(4)  4 clusterId(16)  20 brokerId(4)  24 storeId(16)  40 starts(8)  48 end(8)
 * 56 next segment(8)  64 next file(4)  68 count(4)  72 {@link SegmentRecord}s, {@link DiskMark},
 * {@link Restart}s
 * </pre>
 *
 * @param identity whose data it is
 * @param storeId random, made with the directory
 * @param starts how often the directory was opened
 * @param end position after the last entry, if the journal was closed in order; else -1
 * @param nextSegment number of the next segment
 * @param nextFile number of the next file
 * @param files all segment files
 * @param disk what tells this disk from others
 * @param restarts groups with new replicas, as long as segments hold something of older ones
 */
public record CatalogState(
    StoreIdentity identity,
    UUID storeId,
    long starts,
    long end,
    long nextSegment,
    int nextFile,
    List<SegmentRecord> files,
    DiskMark disk,
    List<Restart> restarts) {
  /** The end is not known: the journal is open, or was not closed in order. */
  public static final long UNKNOWN_END = -1;

  private static final int FIXED_BYTES = 72;

  public CatalogState {
    files = List.copyOf(files);
    restarts = List.copyOf(restarts);
  }

  public static CatalogState create(StoreIdentity identity, UUID storeId) {
    return new CatalogState(
        identity, storeId, 0, UNKNOWN_END, 1, 1, List.of(), DiskMark.sound(storeId, ""), List.of());
  }

  /** As after a start. */
  public CatalogState started() {
    return new CatalogState(
        identity, storeId, starts + 1, UNKNOWN_END, nextSegment, nextFile, files, disk, restarts);
  }

  /** As after an orderly close. */
  public CatalogState closed(long position) {
    return new CatalogState(
        identity, storeId, starts, position, nextSegment, nextFile, files, disk, restarts);
  }

  /** With another mark of the disk. */
  public CatalogState with(DiskMark mark) {
    return new CatalogState(
        identity, storeId, starts, end, nextSegment, nextFile, files, mark, restarts);
  }

  /** With another file. */
  public CatalogState with(SegmentRecord added) {
    return withFiles(
        Stream.concat(files.stream(), Stream.of(added)).toList(),
        Math.max(nextFile, added.file() + 1));
  }

  /** With this in place of the record of the same file. */
  public CatalogState replace(SegmentRecord changed) {
    return withFiles(
        files.stream().map(file -> file.file() == changed.file() ? changed : file).toList(),
        nextFile);
  }

  /** Without a file. */
  public CatalogState without(int file) {
    return withFiles(files.stream().filter(known -> known.file() != file).toList(), nextFile);
  }

  private CatalogState withFiles(List<SegmentRecord> changed, int next) {
    long used = changed.stream().mapToLong(SegmentRecord::segment).max().orElse(0);
    return new CatalogState(
        identity,
        storeId,
        starts,
        end,
        Math.max(nextSegment, used + 1),
        next,
        changed,
        disk,
        restarts.stream().filter(each -> each.isNeeded(changed)).toList());
  }

  /** A segment is sealed in which new replicas of these groups begin. */
  public CatalogState withRestarts(long segment, Set<GroupId> groups) {
    if (groups.isEmpty()) {
      return this;
    }
    List<Restart> all = new ArrayList<>(restarts);
    all.removeIf(each -> groups.contains(each.group()));
    groups.forEach(group -> all.add(new Restart(group, segment, nextSegment)));
    return new CatalogState(
        identity, storeId, starts, end, nextSegment, nextFile, files, disk, all);
  }

  /** Groups of which nothing in a segment counts any more. */
  public Set<GroupId> gone(SegmentRecord record) {
    return restarts.stream()
        .filter(each -> each.excludes(record))
        .map(Restart::group)
        .collect(Collectors.toSet());
  }

  /**
   * All files, in order of their segments; spares first. What was moved comes before the unsealed
   * segments: all of it is from sealed ones.
   */
  public List<SegmentRecord> inOrder() {
    return files.stream()
        .sorted(
            Comparator.comparing(SegmentRecord::isUnsealed)
                .thenComparingLong(SegmentRecord::segment))
        .toList();
  }

  /** The record of a file. */
  public SegmentRecord file(int number) {
    for (SegmentRecord record : files) {
      if (record.file() == number) {
        return record;
      }
    }
    throw new Invariant.Violation("file " + number + " is not in the catalog");
  }

  public ByteBuffer encode() {
    ByteBuffer out =
        ByteBuffer.allocate(
            FIXED_BYTES
                + files.size() * SegmentRecord.BYTES
                + disk.sizeBytes()
                + Restart.sizeBytes(restarts));
    out.putInt(SegmentLabel.FORMAT);
    write(out, identity.clusterId());
    out.putInt(identity.brokerId());
    write(out, storeId);
    out.putLong(starts).putLong(end).putLong(nextSegment).putInt(nextFile).putInt(files.size());
    files.forEach(file -> file.write(out));
    disk.write(out);
    Restart.write(restarts, out);
    return out.flip();
  }

  /**
   * The opposite of {@link #encode}.
   *
   * @param directory whose catalog it is, for people
   * @throws JournalException if a newer release wrote it
   */
  static CatalogState decode(Path directory, ByteBuffer in) {
    int format = in.getInt();
    if (format > SegmentLabel.FORMAT) {
      throw new JournalException(
          JournalException.Reason.NEWER_FORMAT,
          directory
              + " has format "
              + format
              + ", this release knows up to "
              + SegmentLabel.FORMAT
              + ": start the release that wrote it, or a later one");
    }
    UUID clusterId = readId(in);
    StoreIdentity identity = new StoreIdentity(clusterId, in.getInt());
    UUID storeId = readId(in);
    long starts = in.getLong();
    long end = in.getLong();
    long nextSegment = in.getLong();
    int nextFile = in.getInt();
    int count = in.getInt();
    List<SegmentRecord> files = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      files.add(SegmentRecord.read(in));
    }
    return new CatalogState(
        identity,
        storeId,
        starts,
        end,
        nextSegment,
        nextFile,
        files,
        DiskMark.read(in, storeId),
        Restart.read(in));
  }

  private static void write(ByteBuffer out, UUID id) {
    out.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
  }

  private static UUID readId(ByteBuffer in) {
    return new UUID(in.getLong(), in.getLong());
  }
}

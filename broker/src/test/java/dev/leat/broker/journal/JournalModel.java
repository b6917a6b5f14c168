package dev.leat.broker.journal;

import dev.leat.broker.log.Entry;
import dev.leat.broker.log.EntryKind;
import dev.leat.broker.log.GroupId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** The obviously right twin of a journal: a list of entries per group. */
final class JournalModel {
  private final Map<GroupId, List<Entry>> logs = new HashMap<>();

  /** Entries of a group's log that are there. */
  List<Entry> log(GroupId group) {
    return logs.computeIfAbsent(group, absent -> new ArrayList<>());
  }

  void append(Entry entry) {
    long seq = entry.header().seq();
    List<Entry> log = log(entry.header().group());
    log.removeIf(present -> present.header().seq() >= seq);
    log.add(entry);
  }

  /** Everything of a group up to a seq is released. */
  void release(GroupId group, long lastSeq) {
    log(group).removeIf(present -> present.header().seq() <= lastSeq);
  }

  List<Entry> partition(GroupId group, int partition) {
    return log(group).stream()
        .filter(entry -> entry.header().kind() == EntryKind.BATCHES)
        .filter(entry -> entry.header().partition() == partition)
        .toList();
  }

  /** Bytes of all batches that hold an offset in [from, to). */
  List<ByteBuffer> batches(GroupId group, int partition, long from, long to) {
    List<ByteBuffer> result = new ArrayList<>();
    for (Entry entry : partition(group, partition)) {
      long base = entry.header().baseOffset();
      if (entry.header().lastOffset() >= from && entry.header().lastOffset() < to && base < to) {
        result.addAll(entry.body());
      }
    }
    return result;
  }

  OptionalLong firstOffset(GroupId group, int partition) {
    return partition(group, partition).stream().mapToLong(e -> e.header().baseOffset()).findFirst();
  }

  long nextOffset(GroupId group, int partition) {
    return partition(group, partition).stream()
        .mapToLong(e -> e.header().lastOffset() + 1)
        .max()
        .orElse(-1);
  }

  long sizeBytes(GroupId group, int partition) {
    return partition(group, partition).stream().mapToLong(Entry::sizeBytes).sum();
  }

  OptionalLong entryForTimestamp(GroupId group, int partition, long timestamp) {
    return partition(group, partition).stream()
        .filter(e -> e.header().maxTimestamp() >= timestamp)
        .mapToLong(e -> e.header().baseOffset())
        .findFirst();
  }
}

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
import java.util.function.Predicate;

/**
 * The obviously right twin of a journal: a list of entries per group, one of batches per partition.
 */
final class JournalModel {
  private final Map<GroupId, List<Entry>> logs = new HashMap<>();
  private final Map<GroupId, List<Stored>> batches = new HashMap<>();

  /**
   * A batch that is there.
   *
   * @param movedTo segment that it has been moved to, 0 if it is where it was appended
   */
  record Stored(
      int partition, long seq, long base, long last, long time, ByteBuffer bytes, long movedTo) {
    Stored movedTo(long segment) {
      // Of what was moved, only the batch's own time is known: it is its base offset here.
      return new Stored(partition, seq, base, last, base, bytes, segment);
    }

    boolean isMoved() {
      return movedTo > 0;
    }
  }

  /** Entries of a group's log that are there. */
  List<Entry> log(GroupId group) {
    return logs.computeIfAbsent(group, absent -> new ArrayList<>());
  }

  private List<Stored> batches(GroupId group) {
    return batches.computeIfAbsent(group, absent -> new ArrayList<>());
  }

  void append(Entry entry) {
    var header = entry.header();
    List<Entry> log = log(header.group());
    log.removeIf(present -> present.header().seq() >= header.seq());
    log.add(entry);
    batches(header.group()).removeIf(present -> present.seq() >= header.seq());
    if (header.kind() == EntryKind.BATCHES) {
      batches(header.group())
          .add(
              new Stored(
                  header.partition(),
                  header.seq(),
                  header.baseOffset(),
                  header.lastOffset(),
                  header.maxTimestamp(),
                  entry.body().getFirst(),
                  0));
    }
  }

  /** A new replica begins: nothing that is there counts any more. */
  void restart(GroupId group) {
    log(group).clear();
    batches(group).clear();
  }

  /** Everything of a group up to a seq is released, but what was moved. */
  void release(GroupId group, long lastSeq) {
    log(group).removeIf(present -> present.header().seq() <= lastSeq);
    batches(group).removeIf(present -> present.seq() <= lastSeq && !present.isMoved());
  }

  /** A segment that batches were moved to is released. */
  void releaseMoved(long segment) {
    batches.values().forEach(all -> all.removeIf(present -> present.movedTo() == segment));
  }

  /** What lies in [first, last] of a partition is in another segment now, if it is kept. */
  void move(
      GroupId group, int partition, long first, long last, long segment, Predicate<Stored> kept) {
    List<Stored> all = batches(group);
    for (int i = 0; i < all.size(); i++) {
      Stored stored = all.get(i);
      if (stored.partition() == partition && stored.base() >= first && stored.last() <= last) {
        if (kept.test(stored)) {
          all.set(i, stored.movedTo(segment));
        } else {
          all.remove(i--);
        }
      }
    }
  }

  List<Stored> partition(GroupId group, int partition) {
    return batches(group).stream().filter(stored -> stored.partition() == partition).toList();
  }

  /** Bytes of all batches that hold an offset in [from, to). */
  List<ByteBuffer> batches(GroupId group, int partition, long from, long to) {
    List<ByteBuffer> result = new ArrayList<>();
    for (Stored stored : partition(group, partition)) {
      if (stored.last() >= from && stored.last() < to && stored.base() < to) {
        result.add(stored.bytes());
      }
    }
    return result;
  }

  OptionalLong firstOffset(GroupId group, int partition) {
    return partition(group, partition).stream().mapToLong(Stored::base).findFirst();
  }

  long nextOffset(GroupId group, int partition) {
    return partition(group, partition).stream().mapToLong(e -> e.last() + 1).max().orElse(-1);
  }

  long sizeBytes(GroupId group, int partition) {
    return partition(group, partition).stream().mapToLong(e -> e.bytes().remaining()).sum();
  }

  OptionalLong entryForTimestamp(GroupId group, int partition, long timestamp) {
    return partition(group, partition).stream()
        .filter(e -> e.time() >= timestamp)
        .mapToLong(Stored::base)
        .findFirst();
  }
}

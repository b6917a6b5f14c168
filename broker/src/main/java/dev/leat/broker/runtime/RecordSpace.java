package dev.leat.broker.runtime;

import dev.leat.broker.log.Journal;
import dev.leat.broker.log.JournalSpace;
import dev.leat.broker.replication.GroupEvent;
import dev.leat.broker.replication.PeerMessage;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the disk has room for records: looked for before every append, so that the journal, which
 * cannot refuse, never finds the disk full. All groups know the same. On the core loop only.
 */
final class RecordSpace {
  private static final Logger LOG = LoggerFactory.getLogger(RecordSpace.class);

  private final Journal journal;
  private final Collection<GroupRunner> groups;
  private final BiConsumer<GroupRunner, GroupEvent> step;
  private JournalSpace space = new JournalSpace.Available();

  /**
   * Room, until something else is found.
   *
   * @param groups all of this broker
   */
  RecordSpace(
      Journal journal, Collection<GroupRunner> groups, BiConsumer<GroupRunner, GroupEvent> step) {
    this.journal = journal;
    this.groups = groups;
    this.step = step;
  }

  /** So many bytes of records are about to be appended. */
  void expect(long bytes) {
    if (space instanceof JournalSpace.Available
        && journal.roomFor(bytes) instanceof JournalSpace.Full full) {
      become(full);
    }
  }

  /** A change that the journal found by itself. */
  void become(JournalSpace newest) {
    boolean full = newest instanceof JournalSpace.Full;
    if (full == space instanceof JournalSpace.Full) {
      return;
    }
    space = newest;
    if (newest instanceof JournalSpace.Full(String reason)) {
      LOG.warn("records are refused: {}", reason);
    } else {
      LOG.info("records are taken again: the disk has room");
    }
    groups.forEach(this::tell);
  }

  /** A replica that has just come into being knows of room only. */
  void tellNew(GroupRunner group) {
    if (space instanceof JournalSpace.Full) {
      tell(group);
    }
  }

  private void tell(GroupRunner group) {
    step.accept(group, new GroupEvent.Space(space));
  }

  /** Bytes of records in a message. */
  static long recordBytes(PeerMessage message) {
    return switch (message) {
      case PeerMessage.Copy copy ->
          copy.entries().stream().mapToLong(entry -> entry.sizeBytes()).sum();
      case PeerMessage.SnapshotPart part ->
          part.batches().stream().mapToLong(ByteBuffer::remaining).sum();
      default -> 0;
    };
  }
}

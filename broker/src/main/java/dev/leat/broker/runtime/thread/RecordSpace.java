package dev.leat.broker.runtime.thread;

import dev.leat.broker.log.Journal;
import dev.leat.broker.log.JournalSpace;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the disk has room for records: looked for before every append, so that the journal, which
 * cannot refuse, never finds the disk full. Belongs to one thread.
 */
public final class RecordSpace {
  private static final Logger LOG = LoggerFactory.getLogger(RecordSpace.class);

  private final Journal journal;
  private final Consumer<JournalSpace> tell;
  private JournalSpace space = new JournalSpace.Available();

  /**
   * Room, until something else is found.
   *
   * @param tell hears of every change
   */
  public RecordSpace(Journal journal, Consumer<JournalSpace> tell) {
    this.journal = journal;
    this.tell = tell;
  }

  /** What was found last. */
  public JournalSpace space() {
    return space;
  }

  /** So many bytes of records are about to be appended. */
  public void expect(long bytes) {
    if (space instanceof JournalSpace.Available
        && journal.roomFor(bytes) instanceof JournalSpace.Full full) {
      become(full);
    }
  }

  /** A change that the journal found by itself. */
  public void become(JournalSpace newest) {
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
    tell.accept(newest);
  }
}

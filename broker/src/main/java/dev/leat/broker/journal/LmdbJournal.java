package dev.leat.broker.journal;

import dev.leat.broker.journal.index.JournalIndex;
import dev.leat.broker.log.Checkpoint;
import dev.leat.broker.log.Entry;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Invariant;
import dev.leat.broker.log.Journal;
import dev.leat.broker.log.JournalListener;
import dev.leat.broker.log.JournalSpace;
import dev.leat.broker.log.Recovery;
import dev.leat.broker.log.SegmentSummary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The journal on LMDB.
 *
 * <pre>
 * DIR/lock                who has the directory open
 * DIR/catalog.a .b        which file is what, whose data it is
 * DIR/checkpoint.a .b     state of all groups as of the newest sealed segment
 * DIR/segments/N.mdb      the segments: one LMDB file each
 * </pre>
 *
 * <p>Threads: the journal loop writes entries, the keeper seals, recycles and prepares segments;
 * reads run on the caller's thread. Bytes: docs/STORAGE-FORMAT.md.
 */
public final class LmdbJournal implements Journal {
  private final JournalConfig config;
  private final JournalHost host;
  private final DirectoryLock lock;
  private final Catalog catalog;
  private final JournalIndex index = new JournalIndex();
  private final SegmentStore store;
  private final AppendQueue queue;
  private @Nullable JournalRecovery recovery;
  private @Nullable Thread loop;

  private LmdbJournal(JournalConfig config, JournalHost host, DirectoryLock lock, Catalog catalog) {
    this.config = config;
    this.host = host;
    this.lock = lock;
    this.catalog = catalog;
    this.queue = new AppendQueue(config.commitBytes(), config.commitEntries());
    this.store = new SegmentStore(config, catalog, index);
  }

  /**
   * Opens the journal of a directory, or makes one.
   *
   * @throws JournalException if the directory is in use, not this broker's, or too new
   */
  public static LmdbJournal open(JournalConfig config, StoreIdentity identity, JournalHost host) {
    try {
      Files.createDirectories(config.directory());
      DirectoryLock lock = DirectoryLock.take(config.directory());
      try {
        Catalog catalog = Catalog.open(config.directory(), identity, host.randomIds());
        LmdbJournal journal = new LmdbJournal(config, host, lock, catalog);
        journal.recovery = JournalRecovery.run(catalog, journal.store, journal.index);
        return journal;
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw new JournalException(
          JournalException.Reason.IO,
          config.directory() + " cannot be opened: " + e.getMessage() + ": check the disk",
          e);
    }
  }

  @Override
  public Recovery recover() {
    JournalRecovery found = recovery;
    if (found == null) {
      throw new Invariant.Violation("a journal is recovered once, before it starts");
    }
    recovery = null;
    return found.result();
  }

  @Override
  public void start(JournalListener listener) {
    Invariant.check(loop == null, "a journal starts once");
    loop = host.threads().newThread(new JournalLoop(queue, index, store, listener));
    loop.start();
  }

  @Override
  public void append(List<Entry> entries, long ticket) {
    queue.put(Append.of(entries, ticket));
  }

  @Override
  public JournalSpace space() {
    return new JournalSpace.Available();
  }

  @Override
  public @Nullable Slice readBatches(
      GroupId group, int partition, long offset, long endOffset, int maxBytes) {
    return BatchRead.read(
        index,
        new SegmentReaders(store::segment),
        new BatchRead.Request(group, partition, offset, endOffset, maxBytes));
  }

  @Override
  public @Nullable LogSlice readLog(GroupId group, long fromSeq, long toSeq, int maxBytes) {
    return LogRead.read(
        index,
        new SegmentReaders(store::segment),
        new LogRead.Request(group, fromSeq, toSeq, maxBytes));
  }

  @Override
  public OptionalLong entryForTimestamp(GroupId group, int partition, long timestampMs) {
    return index.unsealedForTimestamp(group, partition, timestampMs);
  }

  @Override
  public OptionalLong firstOffset(GroupId group, int partition) {
    return index.firstOffset(group, partition);
  }

  @Override
  public long sizeBytes(GroupId group, int partition) {
    return index.sizeBytes(group, partition);
  }

  @Override
  public List<SegmentSummary> segments() {
    return List.of();
  }

  @Override
  public void seal(long segmentId, Checkpoint checkpoint) {}

  @Override
  public void release(long segmentId) {}

  @Override
  public void close() {
    queue.close();
    join();
    long end = store.hot().nextPosition();
    store.close();
    catalog.update(state -> state.closed(end));
    try {
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void join() {
    Thread running = loop;
    boolean interrupted = false;
    while (running != null && running.isAlive()) {
      try {
        running.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

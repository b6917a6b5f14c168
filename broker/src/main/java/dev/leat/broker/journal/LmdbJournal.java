package dev.leat.broker.journal;

import dev.leat.broker.journal.index.JournalIndex;
import dev.leat.broker.journal.index.SealedIndex;
import dev.leat.broker.journal.index.UnsealedSegment;
import dev.leat.broker.journal.move.MoveSession;
import dev.leat.broker.journal.read.BatchRead;
import dev.leat.broker.journal.read.LogRead;
import dev.leat.broker.journal.read.SegmentReaders;
import dev.leat.broker.journal.segment.EntryReader;
import dev.leat.broker.journal.segment.Segment;
import dev.leat.broker.journal.segment.SegmentState;
import dev.leat.broker.journal.store.Catalog;
import dev.leat.broker.journal.store.CheckpointFile;
import dev.leat.broker.journal.store.DirectoryLock;
import dev.leat.broker.journal.store.SegmentStore;
import dev.leat.broker.journal.store.StoreDisk;
import dev.leat.broker.log.Checkpoint;
import dev.leat.broker.log.Entry;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Invariant;
import dev.leat.broker.log.Journal;
import dev.leat.broker.log.JournalListener;
import dev.leat.broker.log.JournalSpace;
import dev.leat.broker.log.Recovery;
import dev.leat.broker.log.SegmentSummary;
import dev.leat.broker.log.disk.BrokerDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The journal on LMDB.
 *
 * <pre>
 * DIR/lock                who has the directory open
 * DIR/catalog.a .b        which file is what, whose data it is
 * DIR/checkpoint.a .b     state of all groups as of the newest sealed segment
 * DIR/peers.a .b          what is known of the disks of other brokers
 * DIR/segments/N.mdb      the segments: one LMDB file each
 * </pre>
 *
 * <p>Threads: the journal loop writes entries, the keeper seals, recycles and prepares segments;
 * reads run on the caller's thread. Bytes: docs/STORAGE-FORMAT.md.
 */
public final class LmdbJournal implements Journal {
  /** While appends come, 64 KiB are moved this often at most, ns. */
  private static final long MOVE_PACE_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

  /** So many segments may be released while one is looked for. */
  private static final int MAX_GONE = 8;

  private final JournalConfig config;
  private final JournalHost host;
  private final DirectoryLock lock;
  private final Catalog catalog;
  private final StoreDisk disk;
  private final JournalIndex index = new JournalIndex();
  private final SegmentStore store;
  private final AppendQueue queue;
  private final SpaceGauge gauge;
  private final KeeperLoop keeper;
  private final List<Thread> threads = new ArrayList<>();
  private final Set<Long> given = ConcurrentHashMap.newKeySet();
  private @Nullable JournalRecovery recovery;
  private @Nullable JournalLoop loop;

  private LmdbJournal(
      JournalConfig config,
      StoreIdentity identity,
      JournalHost host,
      DirectoryLock lock,
      Catalog catalog)
      throws IOException {
    this.config = config;
    this.host = host;
    this.lock = lock;
    this.catalog = catalog;
    this.disk = new StoreDisk(config.directory(), catalog, host.randomIds());
    this.queue = new AppendQueue(config.commitBytes(), config.commitEntries());
    this.store = new SegmentStore(config, catalog, index);
    this.gauge = new SpaceGauge(config, queue);
    CheckpointFile checkpoints = new CheckpointFile(config.directory());
    this.recovery = JournalRecovery.run(catalog, store, index, checkpoints);
    disk.start(config.directory(), identity);
    this.keeper = new KeeperLoop(store, checkpoints, gauge, queue, host.nanoTime());
    recovery.released().forEach(keeper::releasedBefore);
    gauge.elsewhere(store.roomElsewhere());
    gauge.hot(store.hot().freeBytes(), store.hot().room().filled());
  }

  /**
   * Whose journal a directory holds; empty if it holds none yet.
   *
   * @throws JournalException if that cannot be read
   */
  public static Optional<StoreIdentity> identityOf(Path directory) {
    try {
      return Catalog.identityOf(directory);
    } catch (IOException e) {
      throw new JournalException(
          JournalException.Reason.IO,
          directory + " cannot be read: " + e.getMessage() + ": check the disk",
          e);
    }
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
        return new LmdbJournal(config, identity, host, lock, catalog);
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw unreadable(config.directory(), e);
    }
  }

  private static JournalException unreadable(Path directory, IOException e) {
    return new JournalException(
        JournalException.Reason.IO,
        directory + " cannot be opened: " + e.getMessage() + ": check the disk",
        e);
  }

  @Override
  public BrokerDisk disk() {
    return disk;
  }

  /**
   * Marks a directory that was restored from a copy, and that nobody has open: all its replicas
   * withdraw at the next start.
   *
   * @param acceptLoss whether groups without another replica go on with what is there
   * @throws JournalException if the directory is in use, or holds no journal
   */
  public static void markRestored(Path directory, boolean acceptLoss) {
    try {
      if (!Catalog.isIn(directory)) {
        throw new JournalException(
            JournalException.Reason.FOREIGN,
            directory + " holds no journal: name the data directory of a broker");
      }
      DirectoryLock lock = DirectoryLock.take(directory);
      try {
        Catalog catalog = Catalog.openExisting(directory);
        catalog.update(state -> state.with(state.disk().restored(acceptLoss)));
      } finally {
        lock.close();
      }
    } catch (IOException e) {
      throw unreadable(directory, e);
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
    Invariant.check(threads.isEmpty(), "a journal starts once");
    keeper.listen(listener);
    JournalLoop writing = new JournalLoop(queue, index, store, gauge, listener);
    loop = writing;
    threads.add(host.threads().newThread(writing));
    threads.add(host.threads().newThread(keeper));
    threads.forEach(Thread::start);
  }

  @Override
  public void append(List<Entry> entries, long ticket) {
    Append.inPieces(entries, ticket, config.pieceBytes()).forEach(queue::put);
  }

  @Override
  public JournalSpace space() {
    return gauge.space();
  }

  @Override
  public JournalSpace roomFor(long bytes) {
    return gauge.roomFor(bytes);
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
    OptionalLong found =
        inSealed(group, partition, inside -> inside.findTimestamp(group, partition, timestampMs));
    return found.isPresent() ? found : index.unsealedForTimestamp(group, partition, timestampMs);
  }

  @Override
  public OptionalLong firstOffset(GroupId group, int partition) {
    OptionalLong found = inSealed(group, partition, inside -> inside.firstOffset(group, partition));
    return found.isPresent() ? found : index.firstUnsealed(group, partition);
  }

  /** What is found in the first of a partition's sealed segments that has it. */
  private OptionalLong inSealed(
      GroupId group, int partition, Function<SealedIndex, OptionalLong> search) {
    try (SegmentReaders readers = new SegmentReaders(store::segment)) {
      Iterator<Long> segments = index.sealedSegments(group, partition).iterator();
      for (int gone = 0; segments.hasNext(); ) {
        EntryReader reader = readers.of(segments.next());
        if (reader == null && gone++ < MAX_GONE) {
          // Released meanwhile: what is alive in it has been moved to another one.
          segments = index.sealedSegments(group, partition).iterator();
        }
        OptionalLong found = reader == null ? OptionalLong.empty() : reader.sealed(search);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return OptionalLong.empty();
  }

  @Override
  public long sizeBytes(GroupId group, int partition) {
    return index.sizeBytes(group, partition);
  }

  @Override
  public List<SegmentSummary> segments() {
    List<SegmentSummary> summaries = new ArrayList<>();
    for (Segment segment : store.segments()) {
      if (!given.contains(segment.id())) {
        summaries.add(
            new SegmentSummary(
                segment.id(),
                kind(segment),
                store.fileBytes(segment),
                new LazyList<>(() -> partitions(segment))));
      }
    }
    return summaries;
  }

  private static SegmentSummary.Kind kind(Segment segment) {
    if (segment.state() != SegmentState.SEALED) {
      return SegmentSummary.Kind.OPEN;
    }
    return segment.isMoved() ? SegmentSummary.Kind.MOVED : SegmentSummary.Kind.SEALED;
  }

  private List<SegmentSummary.PartitionPart> partitions(Segment segment) {
    UnsealedSegment content = store.unsealed(segment.id());
    if (content != null) {
      return index.partitions(content);
    }
    try (EntryReader reader = EntryReader.open(segment)) {
      if (reader == null) {
        return List.of();
      }
      return reader.sealed(SealedIndex::partitions).stream()
          .filter(part -> index.holds(segment.id(), part.group(), part.partition()))
          .toList();
    }
  }

  @Override
  public void seal(long segmentId, Checkpoint checkpoint) {
    keeper.seal(segmentId, checkpoint);
  }

  @Override
  public void release(long segmentId) {
    given.removeIf(id -> store.segment(id) == null);
    given.add(segmentId);
    keeper.release(segmentId);
  }

  @Override
  public long segmentBytes() {
    return config.segmentBytes();
  }

  @Override
  public Move move() {
    Busyness busyness = new Busyness(gauge, queue, host.nanoTime());
    Runnable pace =
        () -> {
          if (busyness.isBusy()) {
            LockSupport.parkNanos(MOVE_PACE_NANOS);
          }
        };
    return new MoveSession(index, store, pace, config.segmentBytes());
  }

  /** Whether anything of a segment can still be found. */
  boolean holds(long segmentId) {
    return store.segment(segmentId) != null;
  }

  /** Views of segments that are open: readers that were not closed. */
  public int openReads() {
    return store.readers();
  }

  @Override
  public void close() {
    queue.close();
    keeper.close();
    threads.forEach(LmdbJournal::join);
    long end = store.hot().nextPosition();
    store.close();
    if (loop == null || !loop.failed()) {
      catalog.update(state -> state.closed(end));
    }
    try {
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

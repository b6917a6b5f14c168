package dev.leat.bench.journal;

import dev.leat.api.batch.BatchFormat;
import dev.leat.bench.process.MeasurementException;
import dev.leat.broker.journal.JournalConfig;
import dev.leat.broker.journal.JournalHost;
import dev.leat.broker.journal.LmdbJournal;
import dev.leat.broker.journal.StoreIdentity;
import dev.leat.broker.log.Checkpoint;
import dev.leat.broker.log.Entry;
import dev.leat.broker.log.EntryHeader;
import dev.leat.broker.log.EntryKind;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.JournalListener;
import dev.leat.broker.log.JournalSpace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Appends to a journal as fast as it goes, without a broker around it: one entry for each of 64
 * partitions in each commit, and a few commits under way, as the broker has them.
 */
public final class JournalLoad implements JournalListener, AutoCloseable {
  private static final int PARTITIONS = 64;
  private static final int BATCH_BYTES = 16 << 10;
  private static final int COMMIT_BYTES = PARTITIONS * BATCH_BYTES;
  private static final int COMMIT_ENTRIES = 4096;

  /** One is being synced, one filled, and the next wait already. */
  private static final int COMMITS_UNDER_WAY = 4;

  private static final Duration APPEND_LIMIT = Duration.ofSeconds(30);
  private static final double BYTES_PER_MB = 1e6;

  private final Path directory;
  private final LmdbJournal journal;
  private final Recycling recycling;
  private final Semaphore free = new Semaphore(COMMITS_UNDER_WAY);
  private final BlockingQueue<Full> full = new LinkedBlockingQueue<>();
  private final Queue<Full> sealable = new ArrayDeque<>();
  private final List<List<ByteBuffer>> buffers;
  private volatile @Nullable Exception failure;
  private volatile long durable;
  private volatile int filled;
  private long ticket;

  /** Whether segments are used again. */
  public enum Recycling {
    /** Each segment is a new file. */
    OFF,
    /** A segment is given up as soon as it is sealed. */
    ON
  }

  private record Full(long segmentId, Map<GroupId, Long> lastSeqs) {}

  /** Opens a journal with segments of that size in a new directory. */
  public JournalLoad(Path directory, long segmentBytes, Recycling recycling) {
    JournalConfig defaults = JournalConfig.of(directory, segmentBytes);
    JournalConfig config =
        new JournalConfig(
            directory,
            segmentBytes,
            defaults.maxBytes(),
            defaults.segmentEntries(),
            COMMIT_BYTES,
            COMMIT_ENTRIES);
    JournalHost host =
        new JournalHost(
            task -> Thread.ofPlatform().daemon().unstarted(task),
            System::nanoTime,
            UUID::randomUUID);
    this.directory = directory;
    this.recycling = recycling;
    this.buffers = buffers();
    this.journal = LmdbJournal.open(config, new StoreIdentity(new UUID(1, 1), 0), host);
    journal.recover().tail().accept(entry -> {});
    journal.start(this);
  }

  /** Appends for that long; MB/s of what became durable. */
  public double run(Duration time) throws InterruptedException {
    long start = System.nanoTime();
    long first = durable;
    long elapsed = 0;
    while (elapsed < time.toNanos()) {
      appendCommit();
      elapsed = System.nanoTime() - start;
    }
    drain();
    double seconds = (System.nanoTime() - start) / 1e9;
    return (durable - first) * (COMMIT_BYTES / BYTES_PER_MB) / seconds;
  }

  /** Fails unless segments were used again: with fewer files than segments that were filled. */
  public void requireRecycled() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("segments"))) {
      long count = files.count();
      if (filled < count) {
        throw new MeasurementException(
            "no segment was recycled: " + filled + " filled, " + count + " files");
      }
    }
  }

  @Override
  public void onDurable(long upTo) {
    int done = (int) (upTo - durable);
    durable = upTo;
    free.release(done);
  }

  @Override
  public void onFull(long segmentId, Map<GroupId, Long> lastSeqs) {
    full.add(new Full(segmentId, lastSeqs));
    filled++;
  }

  @Override
  public void onSpace(JournalSpace space) {
    if (space instanceof JournalSpace.Full(String reason)) {
      failure = new MeasurementException("journal: " + reason);
    }
  }

  @Override
  public void onFailure(Exception cause) {
    failure = cause;
  }

  @Override
  public void close() {
    journal.close();
  }

  private void appendCommit() throws InterruptedException {
    take(1);
    sealFull();
    ticket++;
    List<ByteBuffer> batches = buffers.get((int) (ticket % COMMITS_UNDER_WAY));
    List<Entry> entries = new ArrayList<>(PARTITIONS);
    for (int partition = 0; partition < PARTITIONS; partition++) {
      ByteBuffer batch = batches.get(partition);
      batch.putLong(0, ticket - 1);
      EntryHeader header =
          new EntryHeader(
              GroupId.of(1, partition),
              ticket,
              1,
              EntryKind.BATCHES,
              0,
              ticket - 1,
              0,
              ticket,
              List.of());
      entries.add(new Entry(header, List.of(batch.duplicate())));
    }
    journal.append(entries, ticket);
  }

  /** Waits until everything that was appended is durable. */
  private void drain() throws InterruptedException {
    take(COMMITS_UNDER_WAY);
    free.release(COMMITS_UNDER_WAY);
  }

  private void take(int permits) throws InterruptedException {
    boolean taken = free.tryAcquire(permits, APPEND_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    Exception cause = failure;
    if (cause != null) {
      throw new MeasurementException("the journal failed: " + cause.getMessage(), cause);
    }
    if (!taken) {
      throw new MeasurementException("the journal made nothing durable for 30 s");
    }
  }

  /** Seals what is durable of full segments, as the core does; gives up those before them. */
  private void sealFull() {
    if (recycling == Recycling.OFF) {
      return;
    }
    full.drainTo(sealable);
    while (!sealable.isEmpty() && lastSeq(sealable.element()) <= durable) {
      long id = sealable.remove().segmentId();
      journal.seal(id, checkpoint());
      journal.segments().stream()
          .filter(segment -> segment.sealed() && segment.id() < id)
          .forEach(segment -> journal.release(segment.id()));
    }
  }

  private static long lastSeq(Full segment) {
    return segment.lastSeqs().values().stream().mapToLong(Long::longValue).max().orElse(0);
  }

  private static Checkpoint checkpoint() {
    Map<GroupId, ByteBuffer> groups = new HashMap<>();
    for (int i = 0; i < PARTITIONS; i++) {
      groups.put(GroupId.of(1, i), ByteBuffer.allocate(Long.BYTES));
    }
    return new Checkpoint(groups);
  }

  private static List<List<ByteBuffer>> buffers() {
    Random random = new Random(1);
    List<List<ByteBuffer>> all = new ArrayList<>();
    for (int commit = 0; commit < COMMITS_UNDER_WAY; commit++) {
      List<ByteBuffer> batches = new ArrayList<>();
      for (int partition = 0; partition < PARTITIONS; partition++) {
        batches.add(batch(random));
      }
      all.add(batches);
    }
    return all;
  }

  /** One record batch, well-formed as far as a journal looks. */
  private static ByteBuffer batch(Random random) {
    byte[] payload = new byte[BATCH_BYTES - BatchFormat.HEADER_BYTES];
    random.nextBytes(payload);
    ByteBuffer batch = ByteBuffer.allocateDirect(BATCH_BYTES);
    batch.putLong(0).putInt(BATCH_BYTES - BatchFormat.LENGTH_OVERHEAD_BYTES);
    batch.putInt(1).put(BatchFormat.MAGIC).putInt(0).putShort((short) 0);
    batch.putInt(0).putLong(0).putLong(0);
    batch.putLong(-1).putShort((short) -1).putInt(-1).putInt(1);
    return batch.put(payload).flip();
  }
}

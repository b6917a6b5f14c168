package dev.leat.broker.runtime;

import dev.leat.broker.log.CorruptEntryException;
import dev.leat.broker.log.Journal;
import dev.leat.broker.runtime.thread.SerialTask;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One consumer's stream: partitions to read, each with the offset that comes next.
 *
 * <p>A partition with something new stands in a queue; whoever makes the queue non-empty, or the
 * sink ready, starts a run on the readers' executor. A run sends pieces while the sink takes them,
 * and puts a partition with more to read back at the end of the queue, so that partitions share the
 * stream fairly. So an idle partition costs nothing, and a consumer that does not ask costs no
 * read.
 *
 * <p>Threads: {@link #wake} from any; runs never overlap.
 */
public final class FetchStream {
  private final Journal journal;
  private final Sink sink;
  private final int maxResponseBytes;
  private final Isolation isolation;
  private final BrokerMetrics metrics;
  private final List<Cursor> cursors = new ArrayList<>();
  private final Queue<Cursor> ready = new ConcurrentLinkedQueue<>();
  private final SerialTask task;
  private volatile @Nullable Runnable open;
  private volatile boolean closed;

  /** A stream that reads nothing yet. */
  FetchStream(
      Journal journal,
      Executor readers,
      Sink sink,
      int maxResponseBytes,
      Isolation isolation,
      BrokerMetrics metrics) {
    this.journal = journal;
    this.task = new SerialTask(readers, this::run);
    this.sink = sink;
    this.maxResponseBytes = maxResponseBytes;
    this.isolation = isolation;
    this.metrics = metrics;
  }

  /** Where read pieces go. */
  public interface Sink {
    /**
     * Whether a response can be sent without piling up in memory. When it becomes true again,
     * {@link FetchStream#wake} is called.
     */
    boolean isReady();

    /** Sends pieces of partitions; their bytes are valid during the call only. */
    void send(List<Piece> pieces);

    /** The stream has ended by a defect, or by something that this client sees only. */
    void fail(RuntimeException cause);
  }

  /**
   * A piece of one partition.
   *
   * @param partition which
   * @param fromOffset records below it are not asked for (the first batch may begin lower)
   * @param slice its batches as they are stored, or null if there is only an error
   * @param error why the partition is not read any further
   * @param visible those of its batches that the consumer wants to see
   */
  public record Piece(
      LivePartition partition,
      long fromOffset,
      Journal.@Nullable Slice slice,
      @Nullable RequestError error,
      List<ByteBuffer> visible) {}

  /** Adds a partition to be read from {@code offset} on. During {@link #start} only. */
  public void add(LivePartition partition, long offset) {
    Cursor cursor = new Cursor(partition, offset);
    cursors.add(cursor);
    partition.subscribe(cursor);
    cursor.enqueue();
  }

  /** Begins: {@code opening} adds the partitions, on the readers' executor. */
  public void start(Runnable opening) {
    open = opening;
    task.wake();
  }

  /** Something may have to be sent. Any thread. */
  public void wake() {
    task.wake();
  }

  /** Ends the stream, at the end of the present run. Any thread, once or more. */
  public void close() {
    closed = true;
    wake();
  }

  private void unsubscribe() {
    cursors.forEach(cursor -> cursor.partition.unsubscribe(cursor));
    cursors.clear();
    ready.clear();
  }

  private void run() {
    try {
      Runnable opening = open;
      if (opening != null) {
        open = null;
        opening.run();
      }
      while (!closed && sink.isReady() && !ready.isEmpty()) {
        sendOne();
      }
    } catch (RuntimeException e) {
      closed = true;
      sink.fail(e);
    }
    if (closed) {
      unsubscribe();
    }
  }

  /** Fills one response from the partitions at the head of the queue. */
  private void sendOne() {
    List<Piece> pieces = new ArrayList<>();
    int room = maxResponseBytes;
    try {
      for (Cursor cursor; room > 0 && (cursor = ready.poll()) != null; ) {
        Piece piece = cursor.read(room);
        if (piece != null) {
          pieces.add(piece);
          room -= piece.slice() == null ? 0 : piece.slice().sizeBytes();
        }
      }
      if (!pieces.isEmpty()) {
        sink.send(pieces);
        metrics.fetched(maxResponseBytes - room);
      }
    } finally {
      pieces.forEach(FetchStream::release);
    }
  }

  private static void release(Piece piece) {
    if (piece.slice() != null) {
      piece.slice().close();
    }
  }

  /** One partition of the stream, and how far it has been read. */
  private final class Cursor implements Runnable {
    private final LivePartition partition;
    private final AtomicBoolean queued = new AtomicBoolean();
    private long offset;
    private boolean failed;

    Cursor(LivePartition partition, long offset) {
      this.partition = partition;
      this.offset = offset;
    }

    /** The partition has changed. */
    @Override
    public void run() {
      if (enqueue()) {
        wake();
      }
    }

    boolean enqueue() {
      if (queued.compareAndSet(false, true)) {
        ready.add(this);
        return true;
      }
      return false;
    }

    /**
     * The next piece of at most {@code room} bytes (or one batch), null if there is nothing new.
     */
    @Nullable Piece read(int room) {
      // From here on a change queues the cursor again: what is read below may miss it.
      queued.set(false);
      if (failed) {
        return null;
      }
      long from = offset;
      RequestError error = error();
      if (error != null) {
        return fail(error);
      }
      long end = partition.readableEnd(isolation);
      if (from >= end) {
        return null;
      }
      try {
        Journal.Slice slice =
            journal.readBatches(partition.group().id(), partition.number(), from, end, room);
        if (slice == null) {
          return from < partition.logStart()
              ? fail(RequestError.offsetOutOfRange(partition, from))
              : null;
        }
        offset = slice.nextOffset();
        if (offset < end) {
          enqueue();
        }
        return new Piece(partition, from, slice, null, visible(slice, from));
      } catch (CorruptEntryException damaged) {
        return fail(
            RequestError.of(
                RequestError.Code.CORRUPT_STORAGE, String.valueOf(damaged.getMessage())));
      }
    }

    private List<ByteBuffer> visible(Journal.Slice slice, long from) {
      return isolation == Isolation.READ_UNCOMMITTED
          ? slice.batches()
          : AbortedFilter.visible(
              slice.batches(), partition.abortedTransactions(from, slice.nextOffset()));
    }

    private Piece fail(RequestError error) {
      failed = true;
      return new Piece(partition, offset, null, error, List.of());
    }

    private @Nullable RequestError error() {
      if (partition.deleted()) {
        return RequestError.unknownTopic(partition.topic());
      }
      if (!partition.isLedHere()) {
        return RequestError.notLeader(partition);
      }
      boolean inRange = offset >= partition.logStart() && offset <= partition.highWatermark();
      return inRange ? null : RequestError.offsetOutOfRange(partition, offset);
    }
  }
}

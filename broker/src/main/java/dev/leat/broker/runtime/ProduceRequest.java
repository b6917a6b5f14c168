package dev.leat.broker.runtime;

import dev.leat.broker.log.AppendOrigin;
import dev.leat.broker.log.BatchInfo;
import dev.leat.broker.replication.AppendPart;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A produce request under way: a listener adds its parts and hands it to the {@link CoreLoop}; when
 * every part is appended or refused, {@link Listener#onComplete} is called once, on the core loop.
 * Belongs to one thread at a time.
 */
public final class ProduceRequest {
  private final Listener listener;
  private final Part[] parts;
  private final long receivedNanos;
  private int size;
  private int open;
  private int records;
  private long bytes;
  private long ticket;

  /**
   * An empty request.
   *
   * @param capacity number of parts to come
   * @param receivedNanos when it arrived, by the runtime's clock
   */
  public ProduceRequest(Listener listener, int capacity, long receivedNanos) {
    this.listener = listener;
    this.parts = new Part[capacity];
    this.receivedNanos = receivedNanos;
  }

  /** Whom to tell when it is complete. */
  @FunctionalInterface
  public interface Listener {
    /** Every part has its result. Called on the core loop: must not block. */
    void onComplete(ProduceRequest request);
  }

  /** Adds a part of a producer whose batches have been checked. */
  public void add(LivePartition partition, ByteBuffer batches, List<BatchInfo> infos) {
    add(partition, batches, infos, AppendOrigin.PRODUCER);
  }

  /** Adds a part whose batches have been checked. */
  public void add(
      LivePartition partition, ByteBuffer batches, List<BatchInfo> infos, AppendOrigin origin) {
    Part part = new Part(this, partition);
    part.give(new AppendPart(partition.number(), batches, infos, origin, part));
    parts[size++] = part;
    open++;
    bytes += batches.remaining();
    for (BatchInfo info : infos) {
      records += info.count();
    }
  }

  /** Adds a part that is refused from the start. */
  public void refuse(RequestError error) {
    Part part = new Part(this, null);
    part.error = error;
    parts[size++] = part;
  }

  /** Number of parts. */
  public int size() {
    return size;
  }

  /** Offset of the first record of a part; meaningless if it has an {@link #error}. */
  public long baseOffset(int part) {
    return parts[part].baseOffset;
  }

  /** Why a part was refused, or null if it was appended. */
  public @Nullable RequestError error(int part) {
    return parts[part].error;
  }

  /** Where a part is appended, or null if it was refused from the start. */
  public @Nullable LivePartition partition(int part) {
    return parts[part].partition;
  }

  /** What is appended of a part, or null if it was refused from the start. */
  public @Nullable ByteBuffer batches(int part) {
    AppendPart given = parts[part].given;
    return given == null ? null : given.batches();
  }

  /**
   * Takes back that a part was refused by the core: the request is not complete before it is {@link
   * #retry retried} or {@link #refuse(int, RequestError) refused} for good. On the core loop only.
   */
  public void reopen(int part) {
    parts[part].error = null;
    open++;
  }

  /**
   * Appends a reopened part after all, as soon as the request is submitted once more. On the core
   * loop only.
   */
  public void retry(int part, AppendOrigin origin) {
    parts[part].retry(origin);
  }

  /** Refuses a reopened part. On the core loop only. */
  public void refuse(int part, RequestError error) {
    parts[part].refused(error);
  }

  /** Records that were handed on. */
  public int records() {
    return records;
  }

  /** Bytes of batches that were handed on. */
  public long bytes() {
    return bytes;
  }

  /** When it arrived. */
  public long receivedNanos() {
    return receivedNanos;
  }

  /** Whether every part has its result. On the core loop only. */
  public boolean isComplete() {
    return open == 0;
  }

  void complete() {
    listener.onComplete(this);
  }

  /** Ticket of the journal's write that its entries are part of. */
  long ticket() {
    return ticket;
  }

  void stagedUnder(long writeTicket) {
    ticket = writeTicket;
  }

  Part part(int index) {
    return parts[index];
  }

  /** One part, and the token by which a group answers it. */
  static final class Part {
    private final ProduceRequest request;
    private final @Nullable LivePartition partition;
    private @Nullable AppendPart given;
    private @Nullable AppendPart append;
    private long baseOffset = -1;
    private @Nullable RequestError error;

    private Part(ProduceRequest request, @Nullable LivePartition partition) {
      this.request = request;
      this.partition = partition;
    }

    private void give(AppendPart part) {
      given = part;
      append = part;
    }

    private void retry(AppendOrigin origin) {
      AppendPart first = Objects.requireNonNull(given, "nothing to retry");
      give(new AppendPart(first.partition(), first.batches(), first.infos(), origin, this));
    }

    /** What to append, or null if nothing is left to do. */
    @Nullable AppendPart append() {
      return append;
    }

    @Nullable LivePartition partition() {
      return partition;
    }

    void appended(long offset) {
      baseOffset = offset;
      done();
    }

    void refused(RequestError reason) {
      error = reason;
      done();
    }

    private void done() {
      append = null;
      if (--request.open == 0) {
        request.complete();
      }
    }
  }
}

package dev.leat.client.internal.consume;

import dev.leat.client.Position;
import dev.leat.client.TopicPartition;
import dev.leat.client.internal.net.GroupRoute;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Reading of one partition from one position on. A seek makes another cursor; what still comes for
 * the old one is dropped.
 */
final class PartitionCursor {

  /** Not known yet. */
  static final long UNKNOWN = -1;

  private final TopicPartition partition;
  private final Position from;
  private final CompletableFuture<Long> start = new CompletableFuture<>();
  private volatile long highWatermark = UNKNOWN;

  // Of the loop.
  @Nullable GroupRoute route;
  @Nullable FetchStream stream;
  long fetchOffset = UNKNOWN;
  boolean asking;
  boolean ended;
  long notBeforeNanos = System.nanoTime();
  int failures;

  // Of the program's thread.
  long position = UNKNOWN;
  boolean failed;

  PartitionCursor(TopicPartition partition, Position from) {
    this.partition = partition;
    this.from = from;
    if (from instanceof Position.At at) {
      fetchOffset = at.offset();
      start.complete(at.offset());
    }
  }

  TopicPartition partition() {
    return partition;
  }

  Position from() {
    return from;
  }

  /** The offset of the position, as soon as it is known. */
  CompletableFuture<Long> start() {
    return start;
  }

  long highWatermark() {
    return highWatermark;
  }

  void onHighWatermark(long offset) {
    highWatermark = offset;
  }
}

package dev.leat.client.internal.consume;

import dev.leat.api.batch.BatchFormat;
import dev.leat.api.rpc.FetchResponseView;
import dev.leat.api.rpc.FetchedPartitionView;
import dev.leat.client.ConsumerConfig;
import dev.leat.client.TopicPartition;
import dev.leat.client.internal.consume.Inbox.Item;
import dev.leat.client.internal.consume.Inbox.Response;
import dev.leat.client.internal.net.Failures;
import dev.leat.client.internal.net.OffsetSpecs;
import dev.leat.v1.FetchPartition;
import dev.leat.v1.FetchRequest;
import dev.leat.v1.OffsetSpec;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One Fetch stream to one broker. Of the loop, but for {@link #credit}. A partition that left the
 * stream (its cursor is at another stream, or has ended) is ignored.
 */
final class FetchStream extends ClientCall.Listener<FetchResponseView> {

  private final Fetcher fetcher;
  private final int broker;
  private final String address;
  private final ClientCall<FetchRequest, FetchResponseView> call;
  private final Map<TopicPartition, PartitionCursor> cursors = new HashMap<>();
  private boolean ended;

  FetchStream(Fetcher fetcher, int broker, String address, ManagedChannel channel) {
    this.fetcher = fetcher;
    this.broker = broker;
    this.address = address;
    call = channel.newCall(fetcher.methods().fetch(), CallOptions.DEFAULT);
  }

  int broker() {
    return broker;
  }

  /** The partitions that are read on this stream. */
  Collection<PartitionCursor> cursors() {
    return cursors.values();
  }

  /** Begins to read. */
  void start(List<PartitionCursor> partitions, ConsumerConfig config, int credit) {
    FetchRequest.Builder request =
        FetchRequest.newBuilder()
            .setMaxResponseBytes(config.maxResponseBytes())
            .setIsolation(OffsetSpecs.of(config.isolation()));
    for (PartitionCursor cursor : partitions) {
      cursor.stream = this;
      cursors.put(cursor.partition(), cursor);
      request.addPartitions(
          FetchPartition.newBuilder()
              .setTopic(cursor.partition().topic())
              .setPartition(cursor.partition().partition())
              .setStart(OffsetSpec.newBuilder().setOffset(cursor.fetchOffset)));
    }
    call.start(this, new Metadata());
    call.request(credit);
    call.sendMessage(request.build());
    call.halfClose();
  }

  /** The broker may send one response more. For any thread. */
  void credit() {
    call.request(1);
  }

  /** The partition is not read on this stream any more. */
  void remove(PartitionCursor cursor) {
    cursors.remove(cursor.partition(), cursor);
    cursor.stream = null;
  }

  /** Ends; what still comes is ignored. */
  void end() {
    ended = true;
    for (PartitionCursor cursor : cursors.values()) {
      cursor.stream = null;
    }
    cursors.clear();
    call.cancel("ended by the consumer", null);
  }

  boolean isEnded() {
    return ended;
  }

  @Override
  public void onMessage(FetchResponseView view) {
    if (ended) {
      return;
    }
    fetcher.onAnswer(broker);
    List<PartitionCursor> targets = new ArrayList<>();
    List<ByteBuffer> batches = new ArrayList<>();
    for (FetchedPartitionView piece : view.partitions()) {
      TopicPartition partition = new TopicPartition(piece.topic().value(), piece.partition());
      PartitionCursor cursor = cursors.get(partition);
      if (cursor != null) {
        onPiece(cursor, piece);
        if (piece.batches().hasRemaining() && advance(cursor, piece.batches())) {
          targets.add(cursor);
          batches.add(piece.batches());
        }
      }
    }
    if (targets.isEmpty()) {
      credit();
      return;
    }
    Response response = new Response(this, targets.size());
    for (int i = 0; i < targets.size(); i++) {
      fetcher.inbox().add(new Item.Batches(targets.get(i), batches.get(i), response));
    }
  }

  private void onPiece(PartitionCursor cursor, FetchedPartitionView piece) {
    if (piece.error().isPresent()) {
      remove(cursor);
      fetcher.onRefused(cursor, piece.error().get());
    } else {
      cursor.failures = 0;
      cursor.onHighWatermark(piece.highWatermark());
    }
  }

  /** Notes where to go on after these batches; false if they hold nothing new. */
  private static boolean advance(PartitionCursor cursor, ByteBuffer batches) {
    long before = cursor.fetchOffset;
    int at = batches.position();
    while (batches.limit() - at >= BatchFormat.HEADER_BYTES) {
      int size = BatchFormat.sizeBytes(batches, at);
      if (size < BatchFormat.HEADER_BYTES || size > batches.limit() - at) {
        // The program's thread will find the same damage and say what it is.
        return true;
      }
      cursor.fetchOffset = Math.max(cursor.fetchOffset, BatchFormat.lastOffset(batches, at) + 1);
      at += size;
    }
    return cursor.fetchOffset > before || at != batches.limit();
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    if (!ended) {
      List<PartitionCursor> left = List.copyOf(cursors.values());
      ended = true;
      left.forEach(this::remove);
      fetcher.onStreamEnd(this, left, Failures.of(status, trailers, address));
    }
  }
}

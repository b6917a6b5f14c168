package dev.leat.broker.transport;

import com.google.protobuf.ByteString;
import dev.leat.broker.log.Journal;
import dev.leat.broker.runtime.BrokerApi;
import dev.leat.broker.runtime.FetchStream;
import dev.leat.broker.runtime.Isolation;
import dev.leat.broker.runtime.LivePartition;
import dev.leat.broker.runtime.RequestError;
import dev.leat.broker.runtime.groups.GroupCoordination.Slot;
import dev.leat.v1.ConsumeResponse;
import dev.leat.v1.FetchResponse;
import dev.leat.v1.FetchedPartition;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the partitions of one accepted assignment, until the next one. */
final class GroupDelivery implements FetchStream.Sink {
  private final ConsumeCall call;
  private final Errors errors;
  private final boolean asRecords;
  private volatile boolean stopped;
  private volatile @Nullable FetchStream stream;

  GroupDelivery(ConsumeCall call, Errors errors, boolean asRecords) {
    this.call = call;
    this.errors = errors;
    this.asRecords = asRecords;
  }

  void start(
      BrokerApi broker, Map<LivePartition, Long> from, int responseBytes, Isolation isolation) {
    FetchStream opened = broker.openFetch(this, responseBytes, isolation);
    stream = opened;
    opened.start(() -> from.forEach(opened::add));
  }

  void stop() {
    stopped = true;
    FetchStream running = stream;
    if (running != null) {
      running.close();
    }
  }

  void wake() {
    FetchStream running = stream;
    if (running != null) {
      running.wake();
    }
  }

  @Override
  public boolean isReady() {
    return !stopped && call.isReady();
  }

  @Override
  public void send(List<FetchStream.Piece> pieces) {
    FetchResponse.Builder response = FetchResponse.newBuilder();
    Map<Slot, Long> nextOffsets = new HashMap<>();
    for (FetchStream.Piece piece : pieces) {
      response.addPartitions(partition(piece));
      Journal.Slice slice = piece.slice();
      if (slice != null) {
        LivePartition partition = piece.partition();
        nextOffsets.put(new Slot(partition.topic(), partition.index()), slice.nextOffset());
      }
    }
    call.deliver(this, ConsumeResponse.newBuilder().setRecords(response).build(), nextOffsets);
  }

  private FetchedPartition partition(FetchStream.Piece piece) {
    LivePartition partition = piece.partition();
    FetchedPartition.Builder fetched =
        FetchedPartition.newBuilder()
            .setTopic(partition.topic())
            .setPartition(partition.index())
            .setHighWatermark(partition.highWatermark())
            .setLogStartOffset(partition.logStart());
    RequestError error = piece.error();
    if (error != null) {
      return fetched.setError(errors.of(error)).build();
    }
    return asRecords
        ? fetched.addAllRecords(FetchCall.records(piece.visible(), piece.fromOffset())).build()
        : fetched.setBatches(joined(piece.visible())).build();
  }

  /** The stored bytes are valid during the call only: copied once. */
  private static ByteString joined(List<ByteBuffer> batches) {
    ByteString.Output joined =
        ByteString.newOutput(batches.stream().mapToInt(ByteBuffer::remaining).sum());
    for (ByteBuffer batch : batches) {
      byte[] bytes = new byte[batch.remaining()];
      batch.duplicate().get(bytes);
      joined.write(bytes, 0, bytes.length);
    }
    return joined.toByteString();
  }

  @Override
  public void fail(RuntimeException cause) {
    call.failed(RequestError.of(RequestError.Code.INTERNAL, "a member's stream failed: " + cause));
  }
}

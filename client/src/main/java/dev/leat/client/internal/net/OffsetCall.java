package dev.leat.client.internal.net;

import dev.leat.client.Isolation;
import dev.leat.client.Position;
import dev.leat.client.TopicPartition;
import dev.leat.client.error.LeatException;
import dev.leat.v1.FetchPartition;
import dev.leat.v1.ListOffsetsRequest;
import dev.leat.v1.ListOffsetsResponse;
import dev.leat.v1.RecordServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Asks one broker for offsets. */
public final class OffsetCall extends ClientCall.Listener<ListOffsetsResponse> {

  private final String address;
  private final int partitions;
  private final CompletableFuture<ListOffsetsResponse> answer = new CompletableFuture<>();
  private @Nullable ListOffsetsResponse response;

  private OffsetCall(String address, int partitions) {
    this.address = address;
    this.partitions = partitions;
  }

  /**
   * Asks.
   *
   * @param channel connection to the broker
   * @param address its address, for messages
   * @param positions what is wanted; the answer has the order of the map
   * @param isolation where the latest position is
   * @return the answer, one offset for each position, or a {@link LeatException}; completed by the
   *     loop
   */
  public static CompletableFuture<ListOffsetsResponse> ask(
      ManagedChannel channel,
      String address,
      Map<TopicPartition, Position> positions,
      Isolation isolation,
      long timeoutMs) {
    ListOffsetsRequest.Builder request =
        ListOffsetsRequest.newBuilder().setIsolation(OffsetSpecs.of(isolation));
    positions.forEach(
        (partition, position) ->
            request.addPartitions(
                FetchPartition.newBuilder()
                    .setTopic(partition.topic())
                    .setPartition(partition.partition())
                    .setStart(OffsetSpecs.of(position))));
    OffsetCall listener = new OffsetCall(address, positions.size());
    ClientCall<ListOffsetsRequest, ListOffsetsResponse> call =
        channel.newCall(
            RecordServiceGrpc.getListOffsetsMethod(),
            CallOptions.DEFAULT.withDeadlineAfter(timeoutMs, TimeUnit.MILLISECONDS));
    call.start(listener, new Metadata());
    call.request(2);
    call.sendMessage(request.build());
    call.halfClose();
    return listener.answer;
  }

  @Override
  public void onMessage(ListOffsetsResponse message) {
    response = message;
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    ListOffsetsResponse received = response;
    if (!status.isOk()) {
      answer.completeExceptionally(Failures.of(status, trailers, address));
    } else if (received == null || received.getOffsetsCount() != partitions) {
      answer.completeExceptionally(
          Failures.of(
              Status.INTERNAL.withDescription("the answer has not one offset for each partition"),
              null,
              address));
    } else {
      answer.complete(received);
    }
  }
}

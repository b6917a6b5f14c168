package dev.leat.client.fake;

import com.google.protobuf.ByteString;
import dev.leat.api.batch.BatchFormat;
import dev.leat.api.batch.RecordReader;
import dev.leat.v1.Error;
import dev.leat.v1.ErrorCode;
import dev.leat.v1.FetchPartition;
import dev.leat.v1.FetchRequest;
import dev.leat.v1.FetchResponse;
import dev.leat.v1.FetchedPartition;
import dev.leat.v1.ListedOffset;
import dev.leat.v1.OffsetSpec;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** A Fetch stream of a {@link FakeBroker}: sends a batch at a time, when the client can take it. */
public final class FakeFetch implements Runnable {

  private static final long IDLE_NANOS = 1_000_000;

  private final FakeCluster cluster;
  private final FakeBroker broker;
  private final ServerCallStreamObserver<FetchResponse> responses;
  private final List<FetchPartition> partitions;
  private final long[] next;
  private final AtomicBoolean broken = new AtomicBoolean();
  private final AtomicLong sentBytes = new AtomicLong();

  FakeFetch(
      FakeCluster cluster,
      FakeBroker broker,
      FetchRequest request,
      ServerCallStreamObserver<FetchResponse> responses) {
    this.cluster = cluster;
    this.broker = broker;
    this.responses = responses;
    partitions = new ArrayList<>(request.getPartitionsList());
    next = new long[partitions.size()];
    for (int i = 0; i < next.length; i++) {
      FetchPartition asked = partitions.get(i);
      FakeLog log = cluster.log(asked.getTopic(), asked.getPartition());
      next[i] = log == null ? 0 : offset(log, asked.getStart());
    }
  }

  /** Bytes of batches that were sent. */
  public long sentBytes() {
    return sentBytes.get();
  }

  /** Ends the stream as a failing broker would. */
  public void breakStream() {
    broken.set(true);
  }

  @Override
  public void run() {
    try {
      while (!responses.isCancelled()) {
        if (broken.get()) {
          responses.onError(Status.UNAVAILABLE.asRuntimeException());
          return;
        }
        boolean sent = false;
        for (int i = 0; i < next.length; i++) {
          sent |= responses.isReady() && partitions.get(i) != null && sendOne(i);
        }
        if (!sent) {
          LockSupport.parkNanos(IDLE_NANOS);
        }
        if (Thread.interrupted()) {
          return;
        }
      }
    } finally {
      broker.fetches().remove(this);
    }
  }

  private boolean sendOne(int index) {
    FetchPartition asked = partitions.get(index);
    Error refusal = broker.refusal(asked.getTopic(), asked.getPartition());
    FetchedPartition.Builder piece =
        FetchedPartition.newBuilder().setTopic(asked.getTopic()).setPartition(asked.getPartition());
    FakeLog log = cluster.log(asked.getTopic(), asked.getPartition());
    if (refusal == null && (next[index] < log.logStart() || next[index] > log.end())) {
      refusal =
          Error.newBuilder()
              .setCode(ErrorCode.ERROR_CODE_OFFSET_OUT_OF_RANGE)
              .setMessage("offset " + next[index] + " is not stored")
              .build();
    }
    if (refusal != null) {
      partitions.set(index, null);
      responses.onNext(FetchResponse.newBuilder().addPartitions(piece.setError(refusal)).build());
      return true;
    }
    List<ByteBuffer> batches = log.from(next[index]);
    if (batches.isEmpty()) {
      return false;
    }
    ByteString bytes = ByteString.copyFrom(batches.getFirst());
    next[index] = BatchFormat.lastOffset(batches.getFirst(), 0) + 1;
    sentBytes.addAndGet(bytes.size());
    responses.onNext(
        FetchResponse.newBuilder()
            .addPartitions(
                piece
                    .setBatches(bytes)
                    .setHighWatermark(log.end())
                    .setLogStartOffset(log.logStart()))
            .build());
    return true;
  }

  static ListedOffset listed(FakeCluster cluster, FakeBroker broker, FetchPartition asked) {
    Error refusal = broker.refusal(asked.getTopic(), asked.getPartition());
    if (refusal != null) {
      return ListedOffset.newBuilder().setError(refusal).build();
    }
    FakeLog log = cluster.log(asked.getTopic(), asked.getPartition());
    return ListedOffset.newBuilder()
        .setOffset(offset(log, asked.getStart()))
        .setTimestamp(-1)
        .setHighWatermark(log.end())
        .setLogStartOffset(log.logStart())
        .build();
  }

  private static long offset(FakeLog log, OffsetSpec start) {
    return switch (start.getAtCase()) {
      case OFFSET -> start.getOffset();
      case TIMESTAMP -> since(log, start.getTimestamp());
      case NAMED ->
          switch (start.getNamed()) {
            case NAMED_OFFSET_EARLIEST -> log.logStart();
            default -> log.end();
          };
      case AT_NOT_SET -> log.end();
    };
  }

  private static long since(FakeLog log, long timestamp) {
    for (ByteBuffer batch : log.from(log.logStart())) {
      RecordReader records = RecordReader.of(batch, 0);
      while (records.next()) {
        if (records.timestamp() >= timestamp) {
          return records.offset();
        }
      }
    }
    return log.end();
  }
}

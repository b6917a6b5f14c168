package dev.leat.broker.transport;

import com.google.protobuf.UnsafeByteOperations;
import dev.leat.api.batch.BatchFormat;
import dev.leat.api.batch.CorruptBatchException;
import dev.leat.api.batch.RecordHeader;
import dev.leat.api.batch.RecordReader;
import dev.leat.api.rpc.FetchResponseFrame;
import dev.leat.api.rpc.FetchedPiece;
import dev.leat.api.rpc.TopicName;
import dev.leat.broker.runtime.FetchStream;
import dev.leat.broker.runtime.LivePartition;
import dev.leat.broker.runtime.RequestError;
import dev.leat.v1.Header;
import dev.leat.v1.Record;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Fetch call: turns pieces of partitions into responses. Ready as long as little waits in the
 * network's buffers.
 */
final class FetchCall implements FetchStream.Sink {
  private static final Logger LOG = LoggerFactory.getLogger(FetchCall.class);

  private final ServerCallStreamObserver<FetchResponseFrame> responses;
  private final Errors errors;
  private final boolean asRecords;
  private final Map<String, TopicName> names = new ConcurrentHashMap<>();

  FetchCall(
      ServerCallStreamObserver<FetchResponseFrame> responses, Errors errors, boolean asRecords) {
    this.responses = responses;
    this.errors = errors;
    this.asRecords = asRecords;
  }

  @Override
  public boolean isReady() {
    return responses.isReady() && !responses.isCancelled();
  }

  @Override
  public void send(List<FetchStream.Piece> pieces) {
    responses.onNext(new FetchResponseFrame(pieces.stream().map(this::piece).toList()));
  }

  @Override
  public void fail(RuntimeException cause) {
    if (!(cause instanceof StatusRuntimeException)) {
      LOG.error("a consumer's stream failed", cause);
    }
    responses.onError(Errors.asStatus(cause));
  }

  /** Reports partitions that cannot be read at all. */
  void refuse(List<FetchedPiece> refused) {
    responses.onNext(new FetchResponseFrame(refused));
  }

  FetchedPiece refused(String topic, int partition, RequestError error) {
    return FetchedPiece.of(name(topic), partition, -1, -1).withError(errors.of(error));
  }

  private TopicName name(String topic) {
    return names.computeIfAbsent(topic, TopicName::of);
  }

  private FetchedPiece piece(FetchStream.Piece read) {
    LivePartition partition = read.partition();
    FetchedPiece piece =
        FetchedPiece.of(
            name(partition.topic()),
            partition.index(),
            partition.highWatermark(),
            partition.logStart());
    RequestError error = read.error();
    if (error != null) {
      return piece.withError(errors.of(error));
    }
    return asRecords
        ? piece.withRecords(records(read.visible(), read.fromOffset()))
        : piece.withBatches(read.visible());
  }

  static List<Record> records(List<ByteBuffer> stored, long fromOffset) {
    List<Record> records = new ArrayList<>();
    for (ByteBuffer batches : stored) {
      for (int at = batches.position(); at < batches.limit(); ) {
        addRecords(records, batches, at, fromOffset);
        at += BatchFormat.sizeBytes(batches, at);
      }
    }
    return records;
  }

  private static void addRecords(List<Record> to, ByteBuffer batches, int at, long fromOffset) {
    if (BatchFormat.isControl(batches, at)) {
      return;
    }
    try {
      RecordReader reader = RecordReader.of(batches, at);
      while (reader.next()) {
        if (reader.offset() >= fromOffset) {
          to.add(record(reader));
        }
      }
    } catch (CorruptBatchException undecodable) {
      throw Errors.status(
          RequestError.of(
              RequestError.Code.CORRUPT_BATCH,
              ("the batch at offset %d was produced with unreadable records (%s):"
                      + " read on behind it, or read batches")
                  .formatted(BatchFormat.baseOffset(batches, at), undecodable.getMessage())));
    }
  }

  private static Record record(RecordReader reader) {
    Record.Builder record =
        Record.newBuilder().setOffset(reader.offset()).setTimestamp(reader.timestamp());
    byte[] key = reader.copyKey();
    if (key != null) {
      record.setKey(UnsafeByteOperations.unsafeWrap(key));
    }
    byte[] value = reader.copyValue();
    if (value != null) {
      record.setValue(UnsafeByteOperations.unsafeWrap(value));
    }
    for (RecordHeader header : reader.headers()) {
      Header.Builder named = Header.newBuilder().setKey(header.name());
      if (header.value() != null) {
        named.setValue(UnsafeByteOperations.unsafeWrap(header.value()));
      }
      record.addHeaders(named);
    }
    return record.build();
  }
}

package dev.leat.broker.transport;

import dev.leat.api.rpc.FetchResponseFrame;
import dev.leat.api.rpc.FetchedPiece;
import dev.leat.api.rpc.PooledBufferSource;
import dev.leat.api.rpc.ProduceRequestView;
import dev.leat.api.rpc.RecordMethods;
import dev.leat.api.rpc.WireLimits;
import dev.leat.broker.runtime.BrokerApi;
import dev.leat.broker.runtime.FetchStream;
import dev.leat.broker.runtime.Isolation;
import dev.leat.broker.runtime.Principal;
import dev.leat.broker.runtime.RequestError;
import dev.leat.broker.runtime.thread.OnDemand;
import dev.leat.broker.runtime.transactions.TransactionCoordination;
import dev.leat.v1.FetchForm;
import dev.leat.v1.FetchPartition;
import dev.leat.v1.FetchRequest;
import dev.leat.v1.ListOffsetsRequest;
import dev.leat.v1.ListOffsetsResponse;
import dev.leat.v1.ListedOffset;
import dev.leat.v1.ProduceResponse;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** {@code leat.v1.RecordService}. */
public final class RecordAdapter {
  private static final long UNUSED_BUFFER_BYTES = 16L << 20;
  private static final int DEFAULT_RESPONSE_BYTES = 1 << 20;
  private static final int MAX_RESPONSE_BYTES = 8 << 20;

  /** Bytes that may wait in the network's buffers for one slow consumer, at least and at most. */
  private static final int MIN_READY_BYTES = 64 << 10;

  private static final int MAX_READY_BYTES = 2 << 20;

  private final BrokerApi broker;
  private final Positions positions;
  private final Errors errors;
  private final OnDemand<TransactionCoordination> transactions;
  private final long fetchBytes;
  private final AtomicInteger fetchCalls = new AtomicInteger();

  /**
   * The service.
   *
   * @param transactions whom to ask about records that are part of a transaction
   * @param fetchBytes memory that responses may wait in, of all calls
   */
  public RecordAdapter(
      BrokerApi broker,
      Errors errors,
      OnDemand<TransactionCoordination> transactions,
      long fetchBytes) {
    this.broker = broker;
    this.errors = errors;
    this.transactions = transactions;
    this.fetchBytes = fetchBytes;
    this.positions = new Positions(broker.topics(), broker.offsets(), broker.authorizer());
  }

  /** The service with its fast marshallers. */
  public ServerServiceDefinition definition() {
    RecordMethods.Server methods =
        RecordMethods.server(PooledBufferSource.direct(UNUSED_BUFFER_BYTES));
    return ServerServiceDefinition.builder(methods.service())
        .addMethod(methods.produce(), ServerCalls.asyncBidiStreamingCall(this::produce))
        .addMethod(methods.fetch(), ServerCalls.asyncServerStreamingCall(this::fetch))
        .addMethod(methods.listOffsets(), ServerCalls.asyncUnaryCall(this::listOffsets))
        .build();
  }

  private StreamObserver<ProduceRequestView> produce(StreamObserver<ProduceResponse> responses) {
    ProduceTranslator translator =
        new ProduceTranslator(
            broker.topics(), broker.authorizer(), PrincipalInterceptor.current(), broker.clock());
    return new ProduceStream(
        (ServerCallStreamObserver<ProduceResponse>) responses,
        translator,
        broker,
        errors,
        transactions);
  }

  private void fetch(FetchRequest request, StreamObserver<FetchResponseFrame> observer) {
    ServerCallStreamObserver<FetchResponseFrame> responses =
        (ServerCallStreamObserver<FetchResponseFrame>) observer;
    if (request.getPartitionsCount() == 0
        || request.getPartitionsCount() > WireLimits.MAX_PARTITIONS) {
      responses.onError(Errors.status(badCount(request.getPartitionsCount())));
      return;
    }
    int calls = fetchCalls.incrementAndGet();
    responses.setOnReadyThreshold(
        (int) Math.max(MIN_READY_BYTES, Math.min(MAX_READY_BYTES, fetchBytes / calls)));
    FetchCall call =
        new FetchCall(responses, errors, request.getForm() == FetchForm.FETCH_FORM_RECORDS);
    Isolation isolation = isolation(request.getIsolation());
    FetchStream stream =
        broker.openFetch(call, responseBytes(request.getMaxResponseBytes()), isolation);
    responses.setOnReadyHandler(stream::wake);
    responses.setOnCancelHandler(
        () -> {
          fetchCalls.decrementAndGet();
          stream.close();
        });
    Principal principal = PrincipalInterceptor.current();
    stream.start(() -> open(principal, request, isolation, call, stream));
  }

  private void open(
      Principal principal,
      FetchRequest request,
      Isolation isolation,
      FetchCall call,
      FetchStream stream) {
    List<FetchedPiece> refused = new ArrayList<>();
    for (FetchPartition wanted : request.getPartitionsList()) {
      switch (positions.resolve(principal, wanted, isolation)) {
        case Positions.Position.At at -> stream.add(at.partition(), at.offset());
        case Positions.Position.Refused(RequestError error) ->
            refused.add(call.refused(wanted.getTopic(), wanted.getPartition(), error));
      }
    }
    if (!refused.isEmpty()) {
      call.refuse(refused);
    }
  }

  static Isolation isolation(dev.leat.v1.Isolation wanted) {
    return wanted == dev.leat.v1.Isolation.ISOLATION_READ_UNCOMMITTED
        ? Isolation.READ_UNCOMMITTED
        : Isolation.READ_COMMITTED;
  }

  static int responseBytes(int wanted) {
    return wanted <= 0 ? DEFAULT_RESPONSE_BYTES : Math.min(wanted, MAX_RESPONSE_BYTES);
  }

  private void listOffsets(
      ListOffsetsRequest request, StreamObserver<ListOffsetsResponse> responses) {
    if (request.getPartitionsCount() > WireLimits.MAX_PARTITIONS) {
      responses.onError(Errors.status(badCount(request.getPartitionsCount())));
      return;
    }
    Principal principal = PrincipalInterceptor.current();
    Isolation isolation = isolation(request.getIsolation());
    broker
        .readers()
        .execute(
            () -> {
              ListOffsetsResponse.Builder response = ListOffsetsResponse.newBuilder();
              request.getPartitionsList().stream()
                  .map(wanted -> listed(positions.resolve(principal, wanted, isolation)))
                  .forEach(response::addOffsets);
              responses.onNext(response.build());
              responses.onCompleted();
            });
  }

  private ListedOffset listed(Positions.Position position) {
    return switch (position) {
      case Positions.Position.At at ->
          ListedOffset.newBuilder()
              .setOffset(at.offset())
              .setTimestamp(at.timestampMs())
              .setHighWatermark(at.partition().highWatermark())
              .setLastStableOffset(at.partition().lastStableOffset())
              .setLogStartOffset(at.partition().logStart())
              .build();
      case Positions.Position.Refused(RequestError error) ->
          ListedOffset.newBuilder()
              .setOffset(-1)
              .setTimestamp(-1)
              .setHighWatermark(-1)
              .setLastStableOffset(-1)
              .setLogStartOffset(-1)
              .setError(errors.of(error))
              .build();
    };
  }

  private static RequestError badCount(int partitions) {
    return RequestError.of(
        RequestError.Code.INVALID_REQUEST,
        "%d partitions are named, 1 to %d are possible: use several calls"
            .formatted(partitions, WireLimits.MAX_PARTITIONS));
  }
}

package dev.leat.broker.transport;

import dev.leat.broker.runtime.RequestError;
import io.grpc.ForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Answers a message that cannot be parsed with INVALID_ARGUMENT, and says what is wrong. gRPC by
 * itself ends the call with UNKNOWN, which tells a client that the broker has failed.
 *
 * <p>For generated messages only: views of messages know their defects themselves.
 */
final class MalformedGate {
  private MalformedGate() {}

  /** The same service behind the gate. */
  static ServerServiceDefinition before(ServerServiceDefinition service) {
    ServiceDescriptor plain = service.getServiceDescriptor();
    ServiceDescriptor.Builder descriptor =
        ServiceDescriptor.newBuilder(plain.getName())
            .setSchemaDescriptor(plain.getSchemaDescriptor());
    List<ServerMethodDefinition<?, ?>> methods = new ArrayList<>();
    for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
      ServerMethodDefinition<?, ?> gated = before(method);
      methods.add(gated);
      descriptor.addMethod(gated.getMethodDescriptor());
    }
    ServerServiceDefinition.Builder gated = ServerServiceDefinition.builder(descriptor.build());
    for (ServerMethodDefinition<?, ?> method : methods) {
      gated.addMethod(method);
    }
    return gated.build();
  }

  private static <Q, A> ServerMethodDefinition<?, A> before(ServerMethodDefinition<Q, A> method) {
    MethodDescriptor<Q, A> plain = method.getMethodDescriptor();
    if (!(plain.getRequestMarshaller() instanceof MethodDescriptor.PrototypeMarshaller<Q> parser)) {
      return method;
    }
    MethodDescriptor<Parsed<Q>, A> descriptor =
        plain.toBuilder(new Parser<>(parser), plain.getResponseMarshaller()).build();
    ServerCallHandler<Q, A> handler = method.getServerCallHandler();
    return ServerMethodDefinition.create(
        descriptor,
        (call, headers) -> {
          GatedCall<Q, A> gated = new GatedCall<>(call, plain);
          return new Gate<>(gated, handler.startCall(gated, headers));
        });
  }

  /** What came of a message. */
  private sealed interface Parsed<Q> {
    record Message<Q>(Q message) implements Parsed<Q> {}

    record Malformed<Q>(StatusRuntimeException refusal) implements Parsed<Q> {}
  }

  private record Parser<Q>(MethodDescriptor.PrototypeMarshaller<Q> generated)
      implements MethodDescriptor.Marshaller<Parsed<Q>> {
    @Override
    public InputStream stream(Parsed<Q> message) {
      throw new UnsupportedOperationException("a broker only receives requests");
    }

    @Override
    public Parsed<Q> parse(InputStream input) {
      try {
        return new Parsed.Message<>(generated.parse(input));
      } catch (StatusRuntimeException e) {
        // What is too large once it is decompressed has a status of its own.
        return new Parsed.Malformed<>(
            e.getStatus().getCode() == Status.Code.INTERNAL ? refusal(e) : e);
      }
    }

    private StatusRuntimeException refusal(StatusRuntimeException failure) {
      Throwable cause = failure.getCause() == null ? failure : failure.getCause();
      return Errors.status(
          RequestError.of(
              RequestError.Code.INVALID_REQUEST,
              "%s is malformed: %s Send it as leat/v1 describes it"
                  .formatted(generated.getMessageClass().getSimpleName(), cause.getMessage())));
    }
  }

  /** A call that the gate can end, which then looks as if the client had cancelled it. */
  private static final class GatedCall<Q, A> extends ForwardingServerCall<Q, A> {
    private final ServerCall<Parsed<Q>, A> call;
    private final MethodDescriptor<Q, A> method;
    private boolean refused;
    private boolean closed;

    GatedCall(ServerCall<Parsed<Q>, A> call, MethodDescriptor<Q, A> method) {
      this.call = call;
      this.method = method;
    }

    @Override
    @SuppressWarnings("unchecked") // Only the listener and the method know of the requests' type.
    protected ServerCall<Q, A> delegate() {
      return (ServerCall<Q, A>) (ServerCall<?, A>) call;
    }

    @Override
    public MethodDescriptor<Q, A> getMethodDescriptor() {
      return method;
    }

    // Responses come from other threads: none may be sent on a call that is closed.
    synchronized void refuse(StatusRuntimeException refusal) {
      refused = true;
      if (!closed) {
        Metadata trailers = refusal.getTrailers();
        call.close(refusal.getStatus(), trailers == null ? new Metadata() : trailers);
      }
    }

    @Override
    public synchronized void sendHeaders(Metadata headers) {
      if (!refused) {
        super.sendHeaders(headers);
      }
    }

    @Override
    public synchronized void sendMessage(A message) {
      if (!refused) {
        super.sendMessage(message);
      }
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
      if (!refused) {
        closed = true;
        super.close(status, trailers);
      }
    }

    @Override
    public synchronized boolean isCancelled() {
      return refused || super.isCancelled();
    }
  }

  /** Lets messages through until one is malformed. */
  private static final class Gate<Q> extends ServerCall.Listener<Parsed<Q>> {
    private final GatedCall<Q, ?> call;
    private final ServerCall.Listener<Q> next;
    private boolean closed;

    Gate(GatedCall<Q, ?> call, ServerCall.Listener<Q> next) {
      this.call = call;
      this.next = next;
    }

    @Override
    public void onMessage(Parsed<Q> parsed) {
      if (closed) {
        return;
      }
      switch (parsed) {
        case Parsed.Message<Q>(Q message) -> next.onMessage(message);
        case Parsed.Malformed<Q>(StatusRuntimeException refusal) -> {
          closed = true;
          call.refuse(refusal);
          next.onCancel();
        }
      }
    }

    @Override
    public void onHalfClose() {
      if (!closed) {
        next.onHalfClose();
      }
    }

    @Override
    public void onCancel() {
      if (!closed) {
        next.onCancel();
      }
    }

    @Override
    public void onComplete() {
      if (!closed) {
        next.onComplete();
      }
    }

    @Override
    public void onReady() {
      if (!closed) {
        next.onReady();
      }
    }
  }
}

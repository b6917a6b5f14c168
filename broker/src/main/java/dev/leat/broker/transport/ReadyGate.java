package dev.leat.broker.transport;

import dev.leat.broker.runtime.RequestError;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Refuses clients while the broker cannot be used: it would tell them that their topics do not
 * exist. Other brokers, probes and reflection are always served.
 */
public final class ReadyGate implements ServerInterceptor {
  private static final String FOR_CLIENTS = "leat.v1.";

  private final Supplier<Optional<String>> problem;

  /**
   * A gate.
   *
   * @param problem why the broker cannot be used, or empty if it can
   */
  public ReadyGate(Supplier<Optional<String>> problem) {
    this.problem = problem;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    if (call.getMethodDescriptor().getFullMethodName().startsWith(FOR_CLIENTS)) {
      Optional<String> waiting = problem.get();
      if (waiting.isPresent()) {
        StatusRuntimeException refused =
            Errors.status(
                RequestError.of(
                    RequestError.Code.UNAVAILABLE,
                    "the broker is not ready: " + waiting.get() + "; try again, or another one"));
        call.close(
            refused.getStatus(),
            refused.getTrailers() == null ? new Metadata() : refused.getTrailers());
        return new ServerCall.Listener<>() {};
      }
    }
    return next.startCall(call, headers);
  }
}

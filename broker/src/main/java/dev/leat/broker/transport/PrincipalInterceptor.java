package dev.leat.broker.transport;

import dev.leat.broker.runtime.Principal;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.Objects;

/** Puts a principal on every call. Authentication, when it comes, decides here which one. */
final class PrincipalInterceptor implements ServerInterceptor {
  private static final Context.Key<Principal> PRINCIPAL =
      Context.keyWithDefault("principal", Principal.ANONYMOUS);

  /** Who makes the current call. */
  static Principal current() {
    return Objects.requireNonNull(PRINCIPAL.get());
  }

  @Override
  public <Q, P> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
    Context context = Context.current().withValue(PRINCIPAL, Principal.ANONYMOUS);
    return Contexts.interceptCall(context, call, headers, next);
  }
}

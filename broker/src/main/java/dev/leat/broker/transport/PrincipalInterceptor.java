package dev.leat.broker.transport;

import dev.leat.broker.runtime.Principal;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Objects;

/** Puts a principal on every call. Authentication, when it comes, decides here which one. */
final class PrincipalInterceptor implements ServerInterceptor {
  private static final Context.Key<Principal> PRINCIPAL =
      Context.keyWithDefault("principal", Principal.ANONYMOUS);

  private static final Context.Key<String> ADDRESS = Context.keyWithDefault("address", "");

  /** Where the current call comes from; empty if it does not come over a network. */
  static String currentAddress() {
    return Objects.requireNonNull(ADDRESS.get());
  }

  /** Who makes the current call. */
  static Principal current() {
    return Objects.requireNonNull(PRINCIPAL.get());
  }

  @Override
  public <Q, P> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
    SocketAddress peer = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    String address =
        peer instanceof InetSocketAddress inet && inet.getAddress() != null
            ? inet.getAddress().getHostAddress()
            : "";
    Context context =
        Context.current().withValues(PRINCIPAL, Principal.ANONYMOUS, ADDRESS, address);
    return Contexts.interceptCall(context, call, headers, next);
  }
}

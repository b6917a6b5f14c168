package dev.leat.client.internal.admin;

import dev.leat.client.error.LeatException;
import dev.leat.client.internal.net.Backoff;
import dev.leat.client.internal.net.Failures;
import dev.leat.client.internal.net.Session;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.function.Function;

/**
 * Asks a coordinator: finds it first, and again when it has moved or died, until it answers or time
 * is up. For calls that may be repeated.
 */
final class CoordinatorCall {
  private final Session session;
  private final AdminCore admin;
  private final Function<Duration, String> locate;
  private final Backoff backoff;
  private final long deadlineNanos;

  /**
   * Begins.
   *
   * @param locate finds its address, within the time that is given
   * @param timeout time for all tries
   */
  CoordinatorCall(
      Session session, AdminCore admin, Function<Duration, String> locate, Duration timeout) {
    this.session = session;
    this.admin = admin;
    this.locate = locate;
    backoff = new Backoff(session.config());
    deadlineNanos = System.nanoTime() + timeout.toNanos();
  }

  <Q, A> A ask(MethodDescriptor<Q, A> method, Q request) {
    while (true) {
      try {
        return askOnce(method, request);
      } catch (LeatException e) {
        long pauseMs = backoff.nextMs();
        if (!mayPass(e) || leftNanos() < pauseMs * 1_000_000) {
          throw e;
        }
        AdminCore.pause(pauseMs);
      }
    }
  }

  private <Q, A> A askOnce(MethodDescriptor<Q, A> method, Q request) {
    long timeoutNanos = Math.min(leftNanos(), session.config().requestTimeout().toNanos());
    String address = locate.apply(Duration.ofNanos(timeoutNanos));
    try {
      return admin.ask(address, method, request, timeoutNanos);
    } catch (StatusRuntimeException e) {
      throw Failures.of(e, address);
    }
  }

  private static boolean mayPass(LeatException failure) {
    return switch (failure.code()) {
      case NOT_LEADER, UNAVAILABLE, TIMEOUT -> true;
      default -> false;
    };
  }

  private long leftNanos() {
    return deadlineNanos - System.nanoTime();
  }
}

package dev.leat.kafka.dispatch;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestContext;

/**
 * Does what one API key stands for. Called on an event loop: must not block. An exception becomes
 * the error response of the request.
 */
@FunctionalInterface
public interface ApiHandler {
  /** Takes a request up; answers it now or later. */
  void handle(Exchange exchange);

  /** A handler that knows the answer at once. */
  static <R extends AbstractRequest> ApiHandler of(
      Class<R> type, BiFunction<RequestContext, R, ? extends AbstractResponse> answer) {
    return exchange ->
        exchange.respond(answer.apply(exchange.context(), type.cast(exchange.request())));
  }

  /** A handler that knows the answer later. */
  static <R extends AbstractRequest> ApiHandler later(
      Class<R> type,
      BiFunction<RequestContext, R, ? extends CompletionStage<? extends AbstractResponse>> answer) {
    return exchange ->
        answer
            .apply(exchange.context(), type.cast(exchange.request()))
            .whenComplete(
                (response, failure) ->
                    exchange.respond(
                        failure == null
                            ? response
                            : exchange.request().getErrorResponse(cause(failure))));
  }

  /** A handler that refuses whatever is asked, with this reason. */
  static ApiHandler refusing(Errors error, String reason) {
    return exchange ->
        exchange.respond(exchange.request().getErrorResponse(error.exception(reason)));
  }

  private static Throwable cause(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }
}

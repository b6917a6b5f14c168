package dev.leat.broker.transport;

import dev.leat.broker.runtime.Answer;
import dev.leat.broker.runtime.RequestError;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Answers calls whose answer comes later. */
final class Responses {
  private Responses() {}

  /** Responds when there is an answer: with what {@code response} makes of it, or its error. */
  static <T, P> void send(
      CompletionStage<Answer<T>> answer, Function<T, P> response, StreamObserver<P> responses) {
    answer.whenComplete(
        (result, failure) -> {
          if (failure != null) {
            responses.onError(Errors.asStatus(failure));
            return;
          }
          switch (result) {
            case Answer.Ok<T>(T value) -> {
              responses.onNext(response.apply(value));
              responses.onCompleted();
            }
            case Answer.Refused<T>(RequestError error) -> responses.onError(Errors.status(error));
          }
        });
  }
}

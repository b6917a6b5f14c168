package dev.leat.broker.transport;

import dev.leat.broker.runtime.Answer;
import dev.leat.broker.runtime.RequestError;
import dev.leat.broker.runtime.view.BrokerView;
import dev.leat.broker.runtime.view.MetadataFeed;
import dev.leat.v1.BrokerAddress;

/** What coordinators answer, in the words of the protocol. */
final class Answers {
  private Answers() {}

  /** Where a broker listens for clients that see the cluster so. */
  static Answer<BrokerAddress> addressed(MetadataFeed seen, Answer<Integer> broker) {
    return switch (broker) {
      case Answer.Refused<Integer>(RequestError error) -> new Answer.Refused<>(error);
      case Answer.Ok<Integer>(Integer id) -> {
        BrokerView view = seen.current().brokers().get(id);
        yield view == null
            ? Answer.refused(
                RequestError.Code.UNAVAILABLE, "broker " + id + " is not known here yet: try again")
            : new Answer.Ok<>(MetadataChanges.address(view));
      }
    };
  }
}

package dev.leat.broker.control.coordination;

import dev.leat.broker.log.GroupId;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** What the controller has asked brokers for, until they answer or time is up. */
final class Requests {
  private final Outbox out;
  private final Map<Long, Waiting> waiting = new TreeMap<>();

  private record Waiting(
      int broker, GroupId group, long dueMs, Consumer<CoordinationMessage.Done> action) {}

  Requests(Outbox out) {
    this.out = out;
  }

  /**
   * A number for a request to a broker.
   *
   * @param action gets the answer; after {@code timeout} ms, or when the broker is lost, one that
   *     says that nobody knows
   */
  long begin(int broker, GroupId group, long timeout, Consumer<CoordinationMessage.Done> action) {
    long number = out.nextNumber();
    waiting.put(number, new Waiting(broker, group, out.now() + timeout, action));
    return number;
  }

  void onDone(CoordinationMessage.Done done) {
    Waiting answered = waiting.remove(done.request());
    if (answered != null) {
      answered.action().accept(done);
    }
  }

  void onLost(int broker) {
    waiting.replaceAll(
        (number, each) ->
            each.broker() == broker
                ? new Waiting(broker, each.group(), out.now(), each.action())
                : each);
  }

  void run() {
    Map<Long, Waiting> due = new TreeMap<>();
    Iterator<Map.Entry<Long, Waiting>> all = waiting.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<Long, Waiting> each = all.next();
      if (out.isDue(each.getValue().dueMs())) {
        due.put(each.getKey(), each.getValue());
        all.remove();
      }
    }
    due.forEach(
        (number, each) ->
            each.action()
                .accept(
                    new CoordinationMessage.Done(
                        number,
                        each.group(),
                        false,
                        null,
                        "broker " + each.broker() + " does not answer")));
  }
}

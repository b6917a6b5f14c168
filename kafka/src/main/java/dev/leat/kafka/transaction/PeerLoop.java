package dev.leat.kafka.transaction;

import dev.leat.kafka.coordinator.PeerClients;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.clients.KafkaClient;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.internals.FatalExitError;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.util.InterBrokerSendThread;
import org.apache.kafka.server.util.RequestAndCompletionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that sends Kafka's requests to other brokers: a loop around Kafka's own network
 * client. Requests for one broker are answered in order; one that gets no answer in time fails.
 */
final class PeerLoop extends InterBrokerSendThread {
  private static final Logger LOG = LoggerFactory.getLogger(PeerLoop.class);
  private static final long REST_MS = 1_000;

  private final BlockingQueue<RequestAndCompletionHandler> waiting = new LinkedBlockingQueue<>();

  private PeerLoop(KafkaClient client) {
    super("transaction-peers", client, PeerClients.REQUEST_TIMEOUT_MS, Time.SYSTEM);
  }

  static PeerLoop open() {
    PeerLoop loop = new PeerLoop(PeerClients.open("transaction-peers"));
    loop.start();
    return loop;
  }

  /** Sends; fails if there is no answer. */
  CompletionStage<ClientResponse> send(Node to, AbstractRequest.Builder<?> request) {
    CompletableFuture<ClientResponse> answer = new CompletableFuture<>();
    waiting.add(
        new RequestAndCompletionHandler(
            Time.SYSTEM.milliseconds(),
            to,
            request,
            response -> {
              if (response.hasResponse()) {
                answer.complete(response);
              } else {
                answer.completeExceptionally(Errors.NETWORK_EXCEPTION.exception());
              }
            }));
    wakeup();
    return answer;
  }

  @Override
  public Collection<RequestAndCompletionHandler> generateRequests() {
    List<RequestAndCompletionHandler> requests = new ArrayList<>();
    waiting.drainTo(requests);
    return requests;
  }

  /**
   * Kafka's thread ends the process when a round fails. Here it pauses and goes on: a request whose
   * answer was lost fails in time, and is sent again by who asked.
   */
  @Override
  public void doWork() {
    try {
      super.doWork();
    } catch (FatalExitError e) {
      LOG.error("a round of requests to other brokers failed, trying again", e);
      rest();
    }
  }

  private void rest() {
    try {
      pause(REST_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the thread. */
  void close() {
    try {
      shutdown();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

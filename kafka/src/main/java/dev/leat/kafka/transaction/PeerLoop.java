package dev.leat.kafka.transaction;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.ApiVersions;
import org.apache.kafka.clients.BootstrapConfiguration;
import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.clients.KafkaClient;
import org.apache.kafka.clients.ManualMetadataUpdater;
import org.apache.kafka.clients.MetadataRecoveryStrategy;
import org.apache.kafka.clients.NetworkClient;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.internals.FatalExitError;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.network.PlaintextChannelBuilder;
import org.apache.kafka.common.network.Selector;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.internals.LogContext;
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
  private static final int REQUEST_TIMEOUT_MS = 5_000;
  private static final int MAX_IN_FLIGHT = 100;
  private static final int BUFFER_BYTES = 64 << 10;
  private static final long IDLE_MS = 60_000;
  private static final long BACKOFF_MS = 50;
  private static final long MAX_BACKOFF_MS = 1_000;
  private static final long CONNECT_MS = 2_000;

  private final BlockingQueue<RequestAndCompletionHandler> waiting = new LinkedBlockingQueue<>();

  private PeerLoop(KafkaClient client) {
    super("transaction-peers", client, REQUEST_TIMEOUT_MS, Time.SYSTEM);
  }

  static PeerLoop open() {
    PlaintextChannelBuilder channels =
        new PlaintextChannelBuilder(ListenerName.forSecurityProtocol(SecurityProtocol.PLAINTEXT));
    channels.configure(Map.of());
    LogContext context = new LogContext("transaction peers: ");
    Selector selector =
        new Selector(IDLE_MS, new Metrics(), Time.SYSTEM, "transaction-peers", channels, context);
    NetworkClient client =
        new NetworkClient(
            selector,
            new ManualMetadataUpdater(),
            "leat-transactions",
            MAX_IN_FLIGHT,
            BACKOFF_MS,
            MAX_BACKOFF_MS,
            BUFFER_BYTES,
            BUFFER_BYTES,
            REQUEST_TIMEOUT_MS,
            CONNECT_MS,
            CONNECT_MS,
            Time.SYSTEM,
            true,
            new ApiVersions(),
            context,
            MetadataRecoveryStrategy.NONE,
            BootstrapConfiguration.DISABLED,
            false);
    PeerLoop loop = new PeerLoop(client);
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
      pause(MAX_BACKOFF_MS, TimeUnit.MILLISECONDS);
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

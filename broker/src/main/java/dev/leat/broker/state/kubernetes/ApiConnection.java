package dev.leat.broker.state.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * Connections to the Kubernetes API, with credentials from a kubeconfig file or from the pod's
 * service account (whose token is read again when it is renewed).
 *
 * <p>Nothing is ever sent twice, and every request is bounded in time. HTTP/1.1 on purpose: a
 * request that times out takes its connection with it, so that the next one has a new one; with
 * HTTP/2 all would wait on one dead connection.
 */
final class ApiConnection implements AutoCloseable {
  private static final int CONNECT_MS = 1_000;
  private static final String RETRY_AFTER = "Retry-After";
  private static final int MAX_RETRY_AFTER_S = 60;

  private final KubernetesClient client;
  private final HttpClient http;
  private final String server;
  private final long timeoutMs;

  /**
   * A pool of its own.
   *
   * @param timeoutMs bound of each request but watches
   */
  ApiConnection(Config config, int timeoutMs) {
    Config bounded =
        new ConfigBuilder(config)
            .withRequestRetryBackoffLimit(0)
            .withConnectionTimeout(CONNECT_MS)
            .withRequestTimeout(timeoutMs)
            .withHttp2Disable(true)
            .build();
    client = new KubernetesClientBuilder().withConfig(bounded).build();
    http = client.getHttpClient();
    server = bounded.getMasterUrl().replaceAll("/+$", "");
    this.timeoutMs = timeoutMs;
  }

  CompletableFuture<ApiReply> get(String path) {
    return send(http.newHttpRequestBuilder().uri(server + path));
  }

  /** Sends a request with a body. */
  CompletableFuture<ApiReply> send(String method, String path, String contentType, String body) {
    return send(http.newHttpRequestBuilder().uri(server + path).method(method, contentType, body));
  }

  private CompletableFuture<ApiReply> send(HttpRequest.Builder request) {
    HttpRequest bounded =
        request
            .header("Accept", "application/json")
            .timeout(timeoutMs, TimeUnit.MILLISECONDS)
            .build();
    return http.sendAsync(bounded, String.class)
        .handle((response, failure) -> failure == null ? reply(response) : noReply(failure));
  }

  private static ApiReply reply(HttpResponse<String> response) {
    String body = response.body();
    return new ApiReply(response.code(), body == null ? "" : body, retryAfter(response));
  }

  private static Duration retryAfter(HttpResponse<?> response) {
    String text = response.header(RETRY_AFTER);
    return text != null && text.matches("\\d{1,4}")
        ? Duration.ofSeconds(Math.min(MAX_RETRY_AFTER_S, Integer.parseInt(text)))
        : Duration.ZERO;
  }

  private static ApiReply noReply(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return ApiReply.none("no answer: " + cause);
  }

  /** Begins an answer that goes on: {@code consumer} gets its parts, each when asked for. */
  CompletableFuture<HttpResponse<AsyncBody>> stream(
      String path, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
    HttpRequest request =
        http.newHttpRequestBuilder()
            .uri(server + path)
            .header("Accept", "application/json")
            .forStreaming()
            .build();
    return http.consumeBytes(request, consumer);
  }

  @Override
  public void close() {
    client.close();
  }
}

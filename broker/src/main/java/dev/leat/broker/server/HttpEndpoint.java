package dev.leat.broker.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;

/**
 * {@code /metrics} for Prometheus, {@code /livez} and {@code /readyz} for Kubernetes. A probe
 * answers 200 {@code ok}, or 503 and one line that says why not.
 */
final class HttpEndpoint implements AutoCloseable {
  private static final int BACKLOG = 32;

  private final HttpServer server;

  /**
   * Binds and starts.
   *
   * @param executor runs the requests
   * @param metrics text in Prometheus' exposition format
   * @param live why the broker is not alive, or empty if it is
   * @param ready why the broker is not ready, or empty if it is
   */
  HttpEndpoint(
      InetSocketAddress address,
      ExecutorService executor,
      Supplier<String> metrics,
      Supplier<Optional<String>> live,
      Supplier<Optional<String>> ready)
      throws IOException {
    server = HttpServer.create(address, BACKLOG);
    server.setExecutor(executor);
    server.createContext(
        "/metrics",
        exchange ->
            reply(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", metrics.get()));
    server.createContext("/livez", exchange -> probe(exchange, live.get()));
    server.createContext("/readyz", exchange -> probe(exchange, ready.get()));
    server.start();
  }

  /** The bound port. */
  int port() {
    return server.getAddress().getPort();
  }

  private static void probe(HttpExchange exchange, Optional<String> problem) throws IOException {
    reply(
        exchange,
        problem.isEmpty() ? 200 : 503,
        "text/plain; charset=utf-8",
        problem.orElse("ok") + "\n");
  }

  private static void reply(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    try (exchange) {
      byte[] body = text.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}

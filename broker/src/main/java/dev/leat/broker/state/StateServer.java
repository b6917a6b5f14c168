package dev.leat.broker.state;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.leat.broker.control.StateStore;
import dev.leat.broker.control.StoreOutcome;
import dev.leat.broker.control.Verb;
import dev.leat.broker.control.WatchEvent;
import dev.leat.crds.Kind;
import dev.leat.crds.Resource;
import dev.leat.crds.ResourceName;
import dev.leat.crds.value.InvalidValueException;
import dev.leat.crds.yaml.ResourceReader;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves a {@link StateStore} to the broker processes of this machine: it plays the part of the
 * Kubernetes API, and nothing more.
 *
 * <pre>
 * GET  /v1/topics/shop/click    the resource, as YAML
 * GET  /v1/topics               all of the kind, as {@link ResourceFrames}
 * GET  /v1/topics?watch         the same, and then what changes
 * POST /v1/topics/create        body and answer are YAML; also update, updateStatus, delete
 * </pre>
 *
 * <p>Who does not know the token is refused: a port of this machine is open to all its users.
 */
public final class StateServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StateServer.class);

  private static final String ROOT = "/v1/";
  private static final int BACKLOG = 256;
  private static final int NOT_ALLOWED = 401;
  private static final int NO_SUCH_PATH = 400;

  /** A watch that has fallen so far behind is ended; its client begins again with a snapshot. */
  private static final int MAX_WAITING_EVENTS = 10_000;

  /** A client that has died is noticed when something is written to it. */
  private static final int PING_S = 2;

  static {
    // Answers are small: without this each waits for the acknowledgement of its header.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final StateStore store;
  private final byte[] token;
  private final HttpServer server;

  /**
   * Binds and starts.
   *
   * @param token what clients must know
   * @param executor runs requests; a watch keeps a thread
   */
  public StateServer(InetSocketAddress address, StateStore store, String token, Executor executor)
      throws IOException {
    this.store = store;
    this.token = authorization(token).getBytes(StandardCharsets.UTF_8);
    server = HttpServer.create(address, BACKLOG);
    server.setExecutor(executor);
    server.createContext(ROOT, this::handle);
    server.start();
  }

  static String authorization(String token) {
    return "Bearer " + token;
  }

  /** Address of the server. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String given = exchange.getRequestHeaders().getFirst("Authorization");
      if (given == null || !MessageDigest.isEqual(token, given.getBytes(StandardCharsets.UTF_8))) {
        reply(exchange, NOT_ALLOWED, "the token of this server is needed");
        return;
      }
      String[] path = exchange.getRequestURI().getPath().substring(ROOT.length()).split("/");
      for (Kind<?> kind : Kind.ALL) {
        if (kind.plural().equals(path[0])) {
          serve(exchange, kind, path);
          return;
        }
      }
      reply(exchange, NO_SUCH_PATH, "no kind " + path[0]);
    } catch (IOException e) {
      LOG.debug("a client of the state server has gone: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.error("a defect: a request to the state server failed", e);
    }
  }

  private <R extends Resource<R>> void serve(HttpExchange exchange, Kind<R> kind, String[] path)
      throws IOException, InterruptedException {
    boolean post = exchange.getRequestMethod().equals("POST");
    if (post && path.length == 2) {
      write(exchange, kind, path[1]);
    } else if (!post && path.length == 3) {
      get(exchange, kind, path);
    } else if (!post && path.length == 1 && "watch".equals(exchange.getRequestURI().getQuery())) {
      watch(exchange, kind);
    } else if (!post && path.length == 1) {
      list(exchange, kind);
    } else {
      reply(exchange, NO_SUCH_PATH, "nothing is served here");
    }
  }

  private <R extends Resource<R>> void get(HttpExchange exchange, Kind<R> kind, String[] path)
      throws IOException {
    try {
      answer(exchange, store.get(kind, new ResourceName(path[1], path[2])));
    } catch (InvalidValueException e) {
      reply(exchange, OutcomeCode.REFUSED.status, e.problem());
    }
  }

  private <R extends Resource<R>> void write(HttpExchange exchange, Kind<R> kind, String verb)
      throws IOException {
    byte[] yaml = exchange.getRequestBody().readNBytes(ResourceReader.MAX_LENGTH + 1);
    R resource;
    try {
      resource = ResourceFrames.resource(kind, yaml);
    } catch (IOException e) {
      reply(exchange, OutcomeCode.REFUSED.status, String.valueOf(e.getMessage()));
      return;
    }
    switch (verb) {
      case "create" -> answer(exchange, store.create(resource));
      case "update" -> answer(exchange, store.update(resource));
      case "updateStatus" -> answer(exchange, store.updateStatus(resource));
      case "delete" -> answer(exchange, store.delete(resource));
      default -> reply(exchange, NO_SUCH_PATH, "no verb " + verb);
    }
  }

  /** Name of a verb in a path. */
  static String pathOf(Verb verb) {
    return verb == Verb.UPDATE_STATUS ? "updateStatus" : verb.name().toLowerCase(Locale.ROOT);
  }

  private static <R extends Resource<R>> void answer(
      HttpExchange exchange, CompletionStage<StoreOutcome<R>> stage) throws IOException {
    StoreOutcome<R> outcome = stage.toCompletableFuture().join();
    if (outcome instanceof StoreOutcome.Ok<R>(R value)) {
      reply(exchange, OutcomeCode.OK.status, ResourceFrames.yaml(value));
    } else {
      reply(exchange, OutcomeCode.of(outcome).status, OutcomeCode.textOf(outcome));
    }
  }

  private <R extends Resource<R>> void list(HttpExchange exchange, Kind<R> kind)
      throws IOException {
    StoreOutcome<List<R>> outcome = store.list(kind).toCompletableFuture().join();
    if (outcome instanceof StoreOutcome.Ok<List<R>>(List<R> resources)) {
      try (DataOutputStream to = stream(exchange)) {
        write(to, new WatchEvent.Snapshot<>(kind, resources));
      }
    } else {
      reply(exchange, OutcomeCode.of(outcome).status, OutcomeCode.textOf(outcome));
    }
  }

  private <R extends Resource<R>> void watch(HttpExchange exchange, Kind<R> kind)
      throws IOException, InterruptedException {
    BlockingQueue<WatchEvent<R>> events = new LinkedBlockingQueue<>();
    try (DataOutputStream to = stream(exchange);
        StateStore.Watch watch = store.watch(kind, events::add)) {
      while (events.size() < MAX_WAITING_EVENTS) {
        WatchEvent<R> event = events.poll(PING_S, TimeUnit.SECONDS);
        if (event == null) {
          ResourceFrames.write(to, ResourceFrames.Type.PING);
        } else {
          write(to, event);
        }
        if (events.isEmpty()) {
          to.flush();
        }
      }
    }
  }

  private static <R extends Resource<R>> void write(DataOutputStream to, WatchEvent<R> event)
      throws IOException {
    switch (event) {
      case WatchEvent.Snapshot<R> snapshot -> {
        ResourceFrames.write(to, ResourceFrames.Type.BEGIN);
        for (R resource : snapshot.resources()) {
          ResourceFrames.write(to, ResourceFrames.Type.ITEM, resource);
        }
        ResourceFrames.write(to, ResourceFrames.Type.END);
      }
      case WatchEvent.Changed<R>(R resource) ->
          ResourceFrames.write(to, ResourceFrames.Type.CHANGED, resource);
      case WatchEvent.Deleted<R>(R resource) ->
          ResourceFrames.write(to, ResourceFrames.Type.DELETED, resource);
      case WatchEvent.Interrupted<R> interrupted -> {}
    }
  }

  private static DataOutputStream stream(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(OutcomeCode.OK.status, 0);
    return new DataOutputStream(new BufferedOutputStream(exchange.getResponseBody()));
  }

  private static void reply(HttpExchange exchange, int status, String text) throws IOException {
    reply(exchange, status, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void reply(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  /** Ends all watches and closes the port; the store stays open. */
  @Override
  public void close() {
    server.stop(0);
  }
}

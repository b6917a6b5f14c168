package dev.leat.image;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.leat.crds.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * As much of a Kubernetes API as the training of a broker asks for: lists with nothing or one Topic
 * in them, watches in which nothing happens, objects that are as they were created.
 */
final class StubApi implements AutoCloseable {
  static final String HOST = "127.0.0.1";

  private static final char[] PASSWORD = "training".toCharArray();
  private static final Set<String> LISTS =
      Kind.ALL.stream().map(Kind::plural).collect(Collectors.toSet());
  private static final String TOPIC =
      """
      {"metadata":{"name":"click","namespace":"shop","uid":"1","resourceVersion":"1",
                   "generation":1},
       "spec":{"cluster":"leat/train","partitions":6,"replicas":3,"retention":{"time":"7d"}}}
      """;
  private static final String BOOKMARK =
      """
      {"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"2"}}}
      """;

  private final HttpsServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, String> objects = new ConcurrentHashMap<>();

  private StubApi(HttpsServer server) {
    this.server = server;
  }

  /** Serves at a free port, with the key of this PKCS #12 file. */
  static StubApi start(Path keyStore) throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream file = Files.newInputStream(keyStore)) {
      keys.load(file, PASSWORD);
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    HttpsServer server = HttpsServer.create(new InetSocketAddress(HOST, 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    StubApi api = new StubApi(server);
    server.setExecutor(api.threads);
    server.createContext("/", api::answer);
    server.start();
    return api;
  }

  int port() {
    return server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String query = String.valueOf(exchange.getRequestURI().getQuery());
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    if (query.contains("watch=true")) {
      follow(exchange);
    } else if (exchange.getRequestMethod().equals("POST")) {
      String object =
          body.replace("\"metadata\":{", "\"metadata\":{\"uid\":\"1\",\"resourceVersion\":\"1\",");
      objects.put(path, object);
      reply(exchange, 201, object);
    } else if (exchange.getRequestMethod().equals("PATCH")) {
      reply(exchange, 200, objects.getOrDefault(path.substring(0, path.lastIndexOf('/')), "{}"));
    } else if (path.contains("/persistentvolumeclaims/")) {
      reply(exchange, 200, "{\"metadata\":{\"uid\":\"1\"}}");
    } else if (LISTS.contains(path.substring(path.lastIndexOf('/') + 1))) {
      String items = path.endsWith("/topics") ? TOPIC : "";
      reply(exchange, 200, "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[" + items + "]}");
    } else {
      reply(exchange, 404, "{\"kind\":\"Status\",\"reason\":\"NotFound\",\"message\":\"none\"}");
    }
  }

  /** Goes on until the client ends it. */
  private static void follow(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    exchange.getResponseBody().write(BOOKMARK.getBytes(StandardCharsets.UTF_8));
    exchange.getResponseBody().flush();
  }

  private static void reply(HttpExchange exchange, int status, String json) throws IOException {
    try (exchange) {
      byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}

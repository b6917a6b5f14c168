package dev.leat.ecosystem.streams;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyQueryMetadata;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.state.HostInfo;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/**
 * Interactive queries over HTTP: {@code /counts} and {@code /windows} are what this instance holds,
 * {@code /count?WORD} is one count, of which the instance that holds it is asked, and {@code
 * /standbys} is the number of tasks of others that are kept up to date here. 503: ask again later.
 */
final class CountsEndpoint {
  private static final int OK = 200;
  private static final int ELSEWHERE = 307;
  private static final int NOT_FOUND = 404;
  private static final int LATER = 503;

  /** Clocks of those who send differ from ours. */
  private static final Duration FUTURE = Duration.ofHours(1);

  private final HttpServer server;

  CountsEndpoint() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
  }

  /** host:port. */
  String address() {
    return server.getAddress().getHostString() + ":" + server.getAddress().getPort();
  }

  void serve(KafkaStreams streams) {
    answer("/counts", exchange -> all(streams, WordCount.COUNTS, CountsEndpoint::counts));
    answer("/windows", exchange -> all(streams, WordCount.WINDOWS, CountsEndpoint::windows));
    answer("/standbys", exchange -> new Answer(OK, Integer.toString(standbys(streams))));
    answer("/count", exchange -> count(streams, exchange.getRequestURI()));
    server.start();
  }

  private record Answer(int status, String body) {}

  private void answer(String path, Function<HttpExchange, Answer> question) {
    server.createContext(path, exchange -> answer(exchange, question));
  }

  private static void answer(HttpExchange exchange, Function<HttpExchange, Answer> question)
      throws IOException {
    Answer answer;
    try {
      answer = question.apply(exchange);
    } catch (RuntimeException e) {
      // Stores move from one instance to another while they are asked.
      answer = new Answer(LATER, e.toString());
    }
    if (answer.status == ELSEWHERE) {
      exchange.getResponseHeaders().set("Location", answer.body);
    }
    byte[] body = answer.body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(answer.status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  /** Whoever has got no task with the store holds nothing of it, which is an answer, too. */
  private Answer all(KafkaStreams streams, String store, Function<KafkaStreams, String> lines) {
    boolean here =
        streams.streamsMetadataForStore(store).stream()
            .anyMatch(
                instance ->
                    instance.port() == server.getAddress().getPort()
                        && instance.stateStoreNames().contains(store));
    return new Answer(OK, here ? lines.apply(streams) : "");
  }

  private static String counts(KafkaStreams streams) {
    StringBuilder lines = new StringBuilder();
    try (KeyValueIterator<String, Long> all = store(streams).all()) {
      while (all.hasNext()) {
        KeyValue<String, Long> entry = all.next();
        lines.append(entry.key).append('\t').append(entry.value).append('\n');
      }
    }
    return lines.toString();
  }

  private static ReadOnlyKeyValueStore<String, Long> store(KafkaStreams streams) {
    return streams.store(
        StoreQueryParameters.fromNameAndType(
            WordCount.COUNTS, QueryableStoreTypes.<String, Long>keyValueStore()));
  }

  private static String windows(KafkaStreams streams) {
    StringBuilder lines = new StringBuilder();
    try (KeyValueIterator<Windowed<String>, Long> all =
        streams
            .store(
                StoreQueryParameters.fromNameAndType(
                    WordCount.WINDOWS, QueryableStoreTypes.<String, Long>windowStore()))
            .fetchAll(Instant.EPOCH, Instant.now().plus(FUTURE))) {
      while (all.hasNext()) {
        KeyValue<Windowed<String>, Long> entry = all.next();
        lines.append(entry.key.key()).append('@').append(entry.key.window().start());
        lines.append('\t').append(entry.value).append('\n');
      }
    }
    return lines.toString();
  }

  private static int standbys(KafkaStreams streams) {
    return streams.metadataForLocalThreads().stream()
        .mapToInt(thread -> thread.standbyTasks().size())
        .sum();
  }

  private Answer count(KafkaStreams streams, URI uri) {
    String word = uri.getQuery();
    KeyQueryMetadata where =
        streams.queryMetadataForKey(WordCount.COUNTS, word, new StringSerializer());
    if (where.equals(KeyQueryMetadata.NOT_AVAILABLE)) {
      return new Answer(LATER, "it is not known yet who counts");
    }
    HostInfo holder = where.activeHost();
    if (holder.port() != server.getAddress().getPort()) {
      return new Answer(
          ELSEWHERE, "http://%s:%d/count?%s".formatted(holder.host(), holder.port(), word));
    }
    Long count = store(streams).get(word);
    return count == null ? new Answer(NOT_FOUND, word) : new Answer(OK, count.toString());
  }
}

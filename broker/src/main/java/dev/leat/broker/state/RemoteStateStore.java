package dev.leat.broker.state;

import dev.leat.broker.control.StateStore;
import dev.leat.broker.control.StoreOutcome;
import dev.leat.broker.control.Verb;
import dev.leat.broker.control.WatchListener;
import dev.leat.crds.Kind;
import dev.leat.crds.Resource;
import dev.leat.crds.ResourceName;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;

/**
 * The store that a {@link StateServer} serves, for brokers in processes of their own. A call ends
 * after {@link #CALL_TIMEOUT}; none is repeated.
 */
public final class RemoteStateStore implements StateStore {
  /** Longest time of a call; a local disk that needs longer for one file is broken. */
  static final Duration CALL_TIMEOUT = Duration.ofSeconds(2);

  private final URI server;
  private final String token;
  private final HttpClient http;
  private final Executor executor;
  private final Collection<RemoteWatch<?>> watches = new CopyOnWriteArrayList<>();

  /**
   * A client of a server; nothing is connected yet.
   *
   * @param server {@code http://host:port}
   * @param token what the server asks for
   * @param executor runs watches, which block, and answers
   */
  public RemoteStateStore(URI server, String token, Executor executor) {
    this.server = server;
    this.token = token;
    this.executor = executor;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CALL_TIMEOUT)
            .executor(executor)
            .build();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(server.resolve("/v1/" + path))
        .header("Authorization", StateServer.authorization(token));
  }

  @Override
  public <R extends Resource<R>> CompletionStage<StoreOutcome<R>> get(
      Kind<R> kind, ResourceName name) {
    String path = kind.plural() + "/" + name.namespace() + "/" + name.name();
    return call(request(path), yaml -> ResourceFrames.resource(kind, yaml));
  }

  @Override
  public <R extends Resource<R>> CompletionStage<StoreOutcome<List<R>>> list(Kind<R> kind) {
    return call(request(kind.plural()), body -> listed(kind, body));
  }

  private static <R extends Resource<R>> List<R> listed(Kind<R> kind, byte[] body)
      throws IOException {
    DataInputStream from = new DataInputStream(new ByteArrayInputStream(body));
    List<R> resources = new ArrayList<>();
    while (true) {
      ResourceFrames.Frame<R> frame = ResourceFrames.read(from, kind);
      if (frame.type() == ResourceFrames.Type.END) {
        return resources;
      }
      if (frame.resource() != null) {
        resources.add(frame.resource());
      }
    }
  }

  @Override
  public <R extends Resource<R>> CompletionStage<StoreOutcome<R>> create(R resource) {
    return write(Verb.CREATE, resource);
  }

  @Override
  public <R extends Resource<R>> CompletionStage<StoreOutcome<R>> update(R resource) {
    return write(Verb.UPDATE, resource);
  }

  @Override
  public <R extends Resource<R>> CompletionStage<StoreOutcome<R>> updateStatus(R resource) {
    return write(Verb.UPDATE_STATUS, resource);
  }

  @Override
  public <R extends Resource<R>> CompletionStage<StoreOutcome<R>> delete(R resource) {
    return write(Verb.DELETE, resource);
  }

  private <R extends Resource<R>> CompletionStage<StoreOutcome<R>> write(Verb verb, R resource) {
    Kind<R> kind = resource.kind();
    return call(
        request(kind.plural() + "/" + StateServer.pathOf(verb))
            .POST(HttpRequest.BodyPublishers.ofByteArray(ResourceFrames.yaml(resource))),
        yaml -> ResourceFrames.resource(kind, yaml));
  }

  /** Makes an answer of the body of a reply. */
  private interface Body<T> {
    T read(byte[] body) throws IOException;
  }

  private <T> CompletionStage<StoreOutcome<T>> call(HttpRequest.Builder request, Body<T> body) {
    return http.sendAsync(
            request.timeout(CALL_TIMEOUT).build(), HttpResponse.BodyHandlers.ofByteArray())
        .handle(
            (response, failure) ->
                response == null ? unreachable(String.valueOf(failure)) : outcome(response, body));
  }

  private <T> StoreOutcome<T> outcome(HttpResponse<byte[]> response, Body<T> body) {
    OutcomeCode code = OutcomeCode.ofStatus(response.statusCode()).orElse(OutcomeCode.UNREACHABLE);
    try {
      return code == OutcomeCode.OK
          ? new StoreOutcome.Ok<>(body.read(response.body()))
          : code.outcome(new String(response.body(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      return unreachable(String.valueOf(e.getMessage()));
    }
  }

  private <T> StoreOutcome<T> unreachable(String why) {
    return new StoreOutcome.Unreachable<>(
        "the state server at %s gives no answer: %s".formatted(server.getAuthority(), why),
        Duration.ZERO);
  }

  @Override
  public <R extends Resource<R>> Watch watch(Kind<R> kind, WatchListener<R> listener) {
    RemoteWatch<R> watch =
        new RemoteWatch<>(
            kind, listener, http, request(kind.plural() + "?watch").build(), watches::remove);
    watches.add(watch);
    executor.execute(watch);
    return watch;
  }

  @Override
  public void close() {
    watches.forEach(RemoteWatch::close);
    http.shutdownNow();
  }
}

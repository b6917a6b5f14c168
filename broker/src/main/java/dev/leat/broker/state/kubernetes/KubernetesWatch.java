package dev.leat.broker.state.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.leat.broker.control.StateStore;
import dev.leat.broker.control.StoreOutcome;
import dev.leat.broker.control.WatchEvent;
import dev.leat.broker.control.WatchListener;
import dev.leat.crds.Kind;
import dev.leat.crds.Resource;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A watch of one kind: lists, then follows the changes from there; whenever that ends, for whatever
 * reason, it lists again. The server ends each watch after some minutes, so that everything is
 * looked at anew now and then even if an event was lost. Silence (not even a bookmark, which the
 * server sends every minute) counts as an end: a connection may be dead without anybody saying so.
 */
final class KubernetesWatch<R extends Resource<R>> implements StateStore.Watch {
  private static final Logger LOG = LoggerFactory.getLogger(KubernetesWatch.class);

  private static final long FIRST_RETRY_MS = 100;
  private static final long LAST_RETRY_MS = 5_000;
  private static final long SILENCE_MS = 90_000;
  private static final long CHECK_MS = 15_000;
  private static final int MAX_DOUBLINGS = 10;

  private final KubernetesStateStore store;
  private final Kind<R> kind;
  private final WatchListener<R> listener;
  // All below: guarded by this.
  private long attempt;
  private int failures;
  private long heardMs;
  private boolean closed;
  private @Nullable AsyncBody body;

  KubernetesWatch(KubernetesStateStore store, Kind<R> kind, WatchListener<R> listener) {
    this.store = store;
    this.kind = kind;
    this.listener = listener;
  }

  /** Begins. */
  void start() {
    list();
    checkLater();
  }

  private synchronized void list() {
    if (closed) {
      return;
    }
    long mine = ++attempt;
    store.listAll(kind).thenAccept(outcome -> onListed(mine, outcome));
  }

  private synchronized void onListed(long of, StoreOutcome<KubernetesStateStore.Listed<R>> answer) {
    if (closed || of != attempt) {
      return;
    }
    switch (answer) {
      case StoreOutcome.Ok<KubernetesStateStore.Listed<R>>(var listed) -> {
        failures = 0;
        call(new WatchEvent.Snapshot<>(kind, listed.resources()));
        follow(of, listed.resourceVersion());
      }
      case StoreOutcome.Refused<?>(String reason) -> retry(of, reason);
      case StoreOutcome.Unreachable<?>(String reason, var wait) -> retry(of, reason);
      default -> retry(of, "the API server does not know " + kind.plural());
    }
  }

  private void follow(long of, String resourceVersion) {
    heardMs = store.nowMs();
    LineSplitter lines = new LineSplitter();
    CompletableFuture<HttpResponse<AsyncBody>> answer =
        store.connection(kind).stream(
            ApiPaths.watch(kind, store.scope(), resourceVersion),
            (bytes, stream) -> onBytes(of, lines, bytes, stream));
    answer.whenComplete((response, failure) -> onAnswer(of, response, failure));
  }

  private synchronized void onAnswer(
      long of, @Nullable HttpResponse<AsyncBody> response, @Nullable Throwable failure) {
    if (response == null) {
      end(of, "no answer: " + failure);
      return;
    }
    if (closed || of != attempt) {
      response.body().cancel();
    } else if (!response.isSuccessful()) {
      response.body().cancel();
      end(of, "the API server answers " + response.code());
    } else {
      body = response.body();
      response.body().done().whenComplete((done, error) -> onDone(of, error));
      response.body().consume();
    }
  }

  private void onDone(long of, @Nullable Throwable error) {
    end(of, error == null ? "the API server ended it" : String.valueOf(error));
  }

  private synchronized void onBytes(
      long of, LineSplitter lines, List<ByteBuffer> bytes, AsyncBody stream) {
    if (closed || of != attempt) {
      stream.cancel();
      return;
    }
    heardMs = store.nowMs();
    for (String line : lines.take(bytes)) {
      if (!onLine(of, line)) {
        stream.cancel();
        return;
      }
    }
    stream.consume();
  }

  /** Whether to go on. */
  private boolean onLine(long of, String line) {
    try {
      JsonNode event = ResourceJson.parse(line);
      JsonNode object = event.path("object");
      switch (event.path("type").asText()) {
        case "ADDED", "MODIFIED" ->
            report(new WatchEvent.Changed<>(ResourceJson.read(kind, object)));
        case "DELETED" -> report(new WatchEvent.Deleted<>(ResourceJson.read(kind, object)));
        case "BOOKMARK" -> {}
        default -> {
          end(of, "the API server says " + object.path("message").asText());
          return false;
        }
      }
    } catch (ResourceJson.UnreadableException e) {
      LOG.warn("a {} is not looked at: {}", kind, e.getMessage());
    }
    return true;
  }

  private void report(WatchEvent.Changed<R> event) {
    if (store.scope().includes(event.resource())) {
      call(event);
    }
  }

  private void report(WatchEvent.Deleted<R> event) {
    if (store.scope().includes(event.resource())) {
      call(event);
    }
  }

  private synchronized void end(long of, String reason) {
    if (!closed && of == attempt) {
      call(new WatchEvent.Interrupted<>(kind, reason));
      retry(of, reason);
    }
  }

  private void retry(long of, String reason) {
    if (of != attempt) {
      return;
    }
    attempt++;
    body = null;
    long bound = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS << Math.min(MAX_DOUBLINGS, failures));
    failures++;
    LOG.debug("the watch of {} begins again: {}", kind.plural(), reason);
    store.later(this::list, store.jitter(bound));
  }

  private void checkLater() {
    store.later(this::check, CHECK_MS);
  }

  private void check() {
    synchronized (this) {
      if (closed) {
        return;
      }
      AsyncBody silent = body;
      if (silent != null && store.nowMs() - heardMs > SILENCE_MS) {
        silent.cancel();
        end(attempt, "nothing was heard for " + TimeUnit.MILLISECONDS.toSeconds(SILENCE_MS) + " s");
      }
    }
    checkLater();
  }

  private void call(WatchEvent<R> event) {
    try {
      listener.onEvent(event);
    } catch (RuntimeException e) {
      LOG.error("a listener to {} failed; it is called again with the next event", kind, e);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    store.forget(this);
    if (body != null) {
      body.cancel();
      body = null;
    }
  }
}

package dev.leat.broker.state;

import dev.leat.broker.control.StateStore;
import dev.leat.broker.control.WatchEvent;
import dev.leat.broker.control.WatchListener;
import dev.leat.crds.Kind;
import dev.leat.crds.Resource;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A watch of a {@link StateServer}, on a thread of its own: connects again until it is closed, and
 * begins with a snapshot each time.
 */
final class RemoteWatch<R extends Resource<R>> implements StateStore.Watch, Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(RemoteWatch.class);
  private static final int RETRY_MS = 200;

  private final Kind<R> kind;
  private final WatchListener<R> listener;
  private final HttpClient http;
  private final HttpRequest request;
  private final Consumer<RemoteWatch<R>> onClose;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile @Nullable InputStream reading;
  private @Nullable List<R> snapshot;
  private boolean interrupted;

  RemoteWatch(
      Kind<R> kind,
      WatchListener<R> listener,
      HttpClient http,
      HttpRequest request,
      Consumer<RemoteWatch<R>> onClose) {
    this.kind = kind;
    this.listener = listener;
    this.http = http;
    this.request = request;
    this.onClose = onClose;
  }

  @Override
  public void run() {
    try {
      do {
        try {
          follow();
        } catch (IOException e) {
          interrupted(String.valueOf(e.getMessage()));
        }
      } while (!closed.await(RETRY_MS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void follow() throws IOException, InterruptedException {
    HttpResponse<InputStream> response =
        http.send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (DataInputStream from = new DataInputStream(new BufferedInputStream(response.body()))) {
      reading = from;
      if (response.statusCode() != OutcomeCode.OK.status) {
        throw new IOException("the state server answers with status " + response.statusCode());
      }
      while (!isClosed()) {
        take(ResourceFrames.read(from, kind));
      }
    } finally {
      reading = null;
      snapshot = null;
    }
  }

  private void take(ResourceFrames.Frame<R> frame) {
    R resource = frame.resource();
    switch (frame.type()) {
      case BEGIN -> snapshot = new ArrayList<>();
      case ITEM -> {
        if (snapshot != null && resource != null) {
          snapshot.add(resource);
        }
      }
      case END -> {
        if (snapshot != null) {
          call(new WatchEvent.Snapshot<>(kind, snapshot));
          snapshot = null;
          interrupted = false;
        }
      }
      case CHANGED -> {
        if (resource != null) {
          call(new WatchEvent.Changed<>(resource));
        }
      }
      case DELETED -> {
        if (resource != null) {
          call(new WatchEvent.Deleted<>(resource));
        }
      }
      case PING -> {}
    }
  }

  private void interrupted(String reason) {
    if (!interrupted) {
      interrupted = true;
      call(new WatchEvent.Interrupted<>(kind, reason));
    }
  }

  private void call(WatchEvent<R> event) {
    if (isClosed()) {
      return;
    }
    try {
      listener.onEvent(event);
    } catch (RuntimeException e) {
      LOG.error("a listener to {} failed; it is called again with the next event", kind, e);
    }
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  @Override
  public void close() {
    closed.countDown();
    onClose.accept(this);
    try (InputStream open = reading) {
      LOG.trace("closing {}", open);
    } catch (IOException e) {
      LOG.debug("a watch was closed: {}", e.getMessage());
    }
  }
}

package dev.leat.broker.state;

import dev.leat.broker.control.ResourceTable;
import dev.leat.broker.control.StateStore;
import dev.leat.broker.control.WatchEvent;
import dev.leat.broker.control.WatchListener;
import dev.leat.crds.Kind;
import dev.leat.crds.Resource;
import java.util.Collection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A watch of one kind. It removes itself from those running when it is closed. */
final class LocalWatch<R extends Resource<R>> implements StateStore.Watch {
  private static final Logger LOG = LoggerFactory.getLogger(LocalWatch.class);

  private final Kind<R> kind;
  private final WatchListener<R> listener;
  private final Collection<LocalWatch<?>> running;
  private volatile boolean closed;

  LocalWatch(Kind<R> kind, WatchListener<R> listener, Collection<LocalWatch<?>> running) {
    this.kind = kind;
    this.listener = listener;
    this.running = running;
  }

  /** Reports everything in {@code table}, and from now on what is delivered. */
  void start(ResourceTable table) {
    if (!closed) {
      running.add(this);
      call(new WatchEvent.Snapshot<>(kind, table.list(kind)));
    }
  }

  /** Reports an event if it is of this kind. */
  @SuppressWarnings("unchecked") // An event of a kind carries that kind's resources.
  void deliver(WatchEvent<?> event) {
    if (!closed && event.kind().equals(kind)) {
      call((WatchEvent<R>) event);
    }
  }

  private void call(WatchEvent<R> event) {
    try {
      listener.onEvent(event);
    } catch (RuntimeException e) {
      LOG.error("a listener to {} failed; it is called again with the next event", kind, e);
    }
  }

  @Override
  public void close() {
    closed = true;
    running.remove(this);
  }
}

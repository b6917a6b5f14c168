package dev.leat.broker.control;

import dev.leat.crds.Resource;

/** Hears of the resources of one kind. */
@FunctionalInterface
public interface WatchListener<R extends Resource<R>> {
  /** Called for one event at a time, in order, on any thread; must not block or throw. */
  void onEvent(WatchEvent<R> event);
}

package dev.leat.broker.control;

import dev.leat.crds.Kind;
import dev.leat.crds.Resource;
import java.util.List;

/**
 * What a watch reports.
 *
 * <pre>
 *   Snapshot (Changed | Deleted)* [ Interrupted Snapshot (Changed | Deleted)* ]*
 * </pre>
 *
 * <p>A watch is a hint. It may lag by any time, repeat what was said, skip versions in between, and
 * after an interruption show an older state than before. Whoever acts on it must be able to act
 * twice and on old news; compare-and-set keeps old news from doing harm.
 */
public sealed interface WatchEvent<R extends Resource<R>> {
  /** The kind that is watched. */
  Kind<R> kind();

  /**
   * All there is: what is not in it does not exist.
   *
   * @param kind the kind that is watched
   * @param resources in order of their names
   */
  record Snapshot<R extends Resource<R>>(Kind<R> kind, List<R> resources) implements WatchEvent<R> {
    /** Copies. */
    public Snapshot {
      resources = List.copyOf(resources);
    }
  }

  /**
   * A resource is new or has changed.
   *
   * @param resource as it is now
   */
  record Changed<R extends Resource<R>>(R resource) implements WatchEvent<R> {
    @Override
    public Kind<R> kind() {
      return resource.kind();
    }
  }

  /**
   * A resource is gone.
   *
   * @param resource as it was last
   */
  record Deleted<R extends Resource<R>>(R resource) implements WatchEvent<R> {
    @Override
    public Kind<R> kind() {
      return resource.kind();
    }
  }

  /**
   * Changes are no longer heard of, until the next snapshot. What is known stays the best guess.
   *
   * @param kind the kind that is watched
   * @param reason one line, for people
   */
  record Interrupted<R extends Resource<R>>(Kind<R> kind, String reason) implements WatchEvent<R> {}
}

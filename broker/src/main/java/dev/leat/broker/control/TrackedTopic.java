package dev.leat.broker.control;

import dev.leat.broker.log.TopicId;
import dev.leat.crds.Topic;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** What the controller remembers of one Topic resource. */
final class TrackedTopic {
  /** Older versions that a lagging watch may still report: a few writes are under way at most. */
  private static final int MAX_SUPERSEDED = 8;

  private final Deque<String> superseded = new ArrayDeque<>();
  private Topic topic;
  // The last version that the watch reported during the call under way.
  private String heard = "";
  private boolean fresh;
  // Number of the call under way, or of the one that failed; 0 if there is none.
  private long call;
  private boolean pausing;
  private boolean drawing;
  private int failures;
  private Optional<TopicId> drawnId = Optional.empty();

  TrackedTopic(Topic topic) {
    this.topic = topic;
  }

  /** The newest known version. */
  Topic topic() {
    return topic;
  }

  /** The watch reports a version. One that is known to be older is ignored. */
  void watched(Topic version) {
    String number = numberOf(version);
    if (superseded.contains(number)) {
      return;
    }
    if (call != 0 && !pausing) {
      // Newer or older than the coming answer: nobody knows.
      heard = number;
    } else if (!number.equals(numberOf(topic))) {
      replace(version);
      fresh = false;
    }
  }

  /** The store has answered with a version. Returns whether it is the last one heard of. */
  boolean answered(Topic version) {
    String number = numberOf(version);
    if (!number.equals(numberOf(topic))) {
      superseded.addLast(numberOf(topic));
      if (superseded.size() > MAX_SUPERSEDED) {
        superseded.removeFirst();
      }
      failures = 0;
    }
    replace(version);
    boolean isLast = heard.isEmpty() || heard.equals(number);
    heard = "";
    call = 0;
    fresh = isLast;
    return isLast;
  }

  private void replace(Topic version) {
    if (!topic.metadata().uid().equals(version.metadata().uid())) {
      drawnId = Optional.empty();
    }
    topic = version;
  }

  private static String numberOf(Topic version) {
    return version.metadata().resourceVersion();
  }

  /** Whether the version came from the store itself, and not from a watch that may lag. */
  boolean isFresh() {
    return fresh;
  }

  /** Whether something about it is under way: nothing is planned meanwhile. */
  boolean isBusy() {
    return call != 0 || drawing;
  }

  /** The store is being asked; the call has this number, not 0. */
  void call(long number) {
    call = number;
    pausing = false;
    fresh = false;
  }

  /** Whether this is the call under way, and not an older one. */
  boolean isCalling(long number) {
    return call == number;
  }

  /** A call failed, and is to be repeated after a pause. Returns how many did in a row. */
  int pause() {
    pausing = true;
    failures++;
    return failures;
  }

  /** An id is being drawn. */
  void draw() {
    drawing = true;
  }

  /** An id was drawn. */
  void drawn(TopicId id) {
    drawing = false;
    drawnId = Optional.of(id);
  }

  Optional<TopicId> drawnId() {
    return drawnId;
  }
}

package dev.leat.kafka.view;

import dev.leat.broker.runtime.TopicDirectory;
import java.nio.ByteBuffer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Finds topics by name, or by the id that takes its place in newer versions of requests. */
public final class TopicFinder {
  private static final int ID_BYTES = 16;

  private final TopicDirectory topics;

  /** Finds topics of this directory. */
  public TopicFinder(TopicDirectory topics) {
    this.topics = topics;
  }

  /** The topic of this name, or, without one, with this id; null if there is none. */
  public TopicDirectory.@Nullable Topic find(@Nullable String name, Uuid id) {
    return name == null || name.isEmpty() ? find(id) : topics.find(name);
  }

  /** The topic with this id, or null. */
  public TopicDirectory.@Nullable Topic find(Uuid id) {
    ByteBuffer bytes = ByteBuffer.allocate(ID_BYTES);
    bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    return topics.find(bytes.flip());
  }

  /** What to answer for a topic that was not found. */
  public static Errors missing(@Nullable String name) {
    return name == null || name.isEmpty()
        ? Errors.UNKNOWN_TOPIC_ID
        : Errors.UNKNOWN_TOPIC_OR_PARTITION;
  }

  /** An id as Kafka's clients have it. */
  public static Uuid id(ByteBuffer bytes) {
    return new Uuid(bytes.getLong(bytes.position()), bytes.getLong(bytes.position() + Long.BYTES));
  }
}

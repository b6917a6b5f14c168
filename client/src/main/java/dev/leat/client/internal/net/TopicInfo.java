package dev.leat.client.internal.net;

import com.google.protobuf.ByteString;
import dev.leat.client.error.LeatErrorCode;
import dev.leat.client.error.LeatException;
import java.util.List;

/**
 * What is known of a topic.
 *
 * @param name name
 * @param id 16 random bytes: another id means another topic of the same name
 * @param partitions who leads each partition's group, by partition number
 * @param maxMessageBytes largest batch that brokers take, 0 if not known
 */
public record TopicInfo(
    String name, ByteString id, List<GroupRoute> partitions, int maxMessageBytes) {

  /** Keeps an unchangeable list. */
  public TopicInfo {
    partitions = List.copyOf(partitions);
  }

  /**
   * Who leads a partition's group.
   *
   * @throws LeatException UNKNOWN_PARTITION if the topic has none of this number
   */
  public GroupRoute route(int partition) {
    if (partition < 0 || partition >= partitions.size()) {
      throw LeatException.of(
          LeatErrorCode.UNKNOWN_PARTITION,
          "topic '%s' has %d partitions, there is no partition %d"
              .formatted(name, partitions.size(), partition));
    }
    return partitions.get(partition);
  }
}

package dev.leat.client.admin;

import java.util.List;

/**
 * A topic in full.
 *
 * @param spec what it is, defaults filled in
 * @param id 16 random bytes in hexadecimal: another topic of the same name, made later, has another
 * @param partitions by number
 */
public record TopicDescription(TopicSpec spec, String id, List<PartitionDescription> partitions) {

  /** Keeps an unchangeable list. */
  public TopicDescription {
    partitions = List.copyOf(partitions);
  }
}

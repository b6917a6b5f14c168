package dev.leat.broker.log;

import java.nio.ByteBuffer;
import java.util.Map;

/**
 * State of all groups of a broker, each up to a committed seq of its own.
 *
 * @param groups encoded state by group; the journal stores it without looking into it
 */
public record Checkpoint(Map<GroupId, ByteBuffer> groups) {
  /** Copies the map. */
  public Checkpoint {
    groups = Map.copyOf(groups);
  }
}

package dev.leat.broker.journal.store;

import dev.leat.broker.log.Checkpoint;
import dev.leat.broker.log.GroupId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * State of all groups as of the newest sealed segment: {@code segment(8) groups(4)}, per group
 * {@code group(2) length(4)} and its state.
 *
 * <p>Not kept in the segment: retention could then never give up the newest sealed one, and on a
 * full disk that can be the only one there is.
 */
public final class CheckpointFile {
  public static final String NAME = "checkpoint";

  private static final int HEAD_BYTES = 12;
  private static final int GROUP_BYTES = 6;

  private final TwinFile file;

  public CheckpointFile(Path directory) {
    this.file = new TwinFile(directory, NAME);
  }

  /**
   * What was stored.
   *
   * @param segment the segment whose sealing it belongs to
   * @param groups state by group
   */
  public record Stored(long segment, Map<GroupId, ByteBuffer> groups) {}

  public void write(long segment, Checkpoint checkpoint) throws IOException {
    int size = HEAD_BYTES;
    for (ByteBuffer state : checkpoint.groups().values()) {
      size += GROUP_BYTES + state.remaining();
    }
    ByteBuffer out = ByteBuffer.allocate(size);
    out.putLong(segment).putInt(checkpoint.groups().size());
    checkpoint
        .groups()
        .forEach(
            (group, state) ->
                out.putShort((short) group.value())
                    .putInt(state.remaining())
                    .put(state.duplicate()));
    file.write(out.flip());
  }

  /** The newest one, or null if there is none that is whole. */
  public @Nullable Stored read() throws IOException {
    ByteBuffer in = file.read();
    if (in == null) {
      return null;
    }
    long segment = in.getLong();
    Map<GroupId, ByteBuffer> groups = new HashMap<>();
    for (int left = in.getInt(); left > 0; left--) {
      GroupId group = new GroupId(in.getShort() & 0xffff);
      int length = in.getInt();
      groups.put(group, in.slice(in.position(), length));
      in.position(in.position() + length);
    }
    return new Stored(segment, groups);
  }
}

package dev.leat.broker.journal.segment;

import dev.leat.broker.journal.page.PageFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A segment's file, mapped for reading. Views of it may be open: it is unmapped when nobody uses it
 * any more, and then every view that is left fails instead of reading something else.
 */
public final class Mapping {
  private final Arena arena;
  private final PageFile pages;

  /** Guarded by the segment. */
  private int users;

  private Mapping(Arena arena, PageFile pages) {
    this.arena = arena;
    this.pages = pages;
  }

  // The arena lives as long as the mapping, which its last user ends.
  @SuppressWarnings("MustBeClosed")
  public static Mapping of(Path file) throws IOException {
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MemorySegment bytes = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
      return new Mapping(arena, new PageFile(bytes.asByteBuffer()));
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  public PageFile pages() {
    return pages;
  }

  public void use() {
    users++;
  }

  /** One user less; true if that was the last one. */
  public boolean unuse() {
    return --users == 0;
  }

  public void unmap() {
    arena.close();
  }
}

package dev.leat.broker.journal.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Some bytes that are replaced as a whole, atomically, and kept twice: {@code name.a} and {@code
 * name.b}. Each is written and synced before the other is touched, so whenever the process or the
 * machine dies, one of them is whole; and when a disk damages one, the other has the same content.
 * The newest whole one counts.
 *
 * <pre>
 * 0 magic(8)  8 generation(8)  16 length(4)  20 CRC-32C of generation, length and content(4)
 * 24 content
 * </pre>
 */
public final class TwinFile {
  private static final long MAGIC = 0x4c45_4154_5457_494eL; // "LEATTWIN"
  private static final int HEADER_BYTES = 24;

  /** Files grow by this much, so that replacing the content seldom changes their size. */
  private static final int GROWTH_BYTES = 16 << 10;

  private final Path first;
  private final Path second;
  private long generation;

  /** The pair {@code name.a} and {@code name.b} in a directory. */
  public TwinFile(Path directory, String name) {
    this.first = directory.resolve(name + ".a");
    this.second = directory.resolve(name + ".b");
  }

  private record Content(long generation, ByteBuffer bytes) {}

  /** The newest content, or null if neither file is whole. */
  public @Nullable ByteBuffer read() throws IOException {
    Content a = read(first);
    Content b = read(second);
    Content newest = b == null || a != null && a.generation >= b.generation ? a : b;
    if (newest == null) {
      return null;
    }
    generation = newest.generation;
    return newest.bytes;
  }

  /** Names of the files that are there and not whole, or lack beside the other. */
  public List<String> damaged() throws IOException {
    List<String> names = new ArrayList<>();
    for (Path file : List.of(first, second)) {
      boolean any = Files.exists(first) || Files.exists(second);
      if (any && read(file) == null) {
        names.add(file.getFileName().toString());
      }
    }
    return names;
  }

  private static @Nullable Content read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return null;
    }
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    if (bytes.limit() < HEADER_BYTES || bytes.getLong(0) != MAGIC) {
      return null;
    }
    int length = bytes.getInt(16);
    if (length < 0
        || length > bytes.limit() - HEADER_BYTES
        || crc(bytes, length) != bytes.getInt(20)) {
      return null;
    }
    return new Content(bytes.getLong(8), bytes.slice(HEADER_BYTES, length));
  }

  private static int crc(ByteBuffer file, int length) {
    CRC32C crc = new CRC32C();
    crc.update(file.slice(8, 12));
    crc.update(file.slice(HEADER_BYTES, length));
    return (int) crc.getValue();
  }

  /** Replaces the content; it is durable when this returns. */
  public void write(ByteBuffer content) throws IOException {
    int length = content.remaining();
    int size = Math.ceilDiv(HEADER_BYTES + length, GROWTH_BYTES) * GROWTH_BYTES;
    ByteBuffer file = ByteBuffer.allocate(size);
    file.putLong(MAGIC).putLong(generation + 1).putInt(length).putInt(0);
    file.put(content.duplicate()).clear();
    file.putInt(20, crc(file, length));
    write(first, file.duplicate());
    write(second, file);
    generation++;
  }

  private static void write(Path path, ByteBuffer bytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(false);
    }
  }
}

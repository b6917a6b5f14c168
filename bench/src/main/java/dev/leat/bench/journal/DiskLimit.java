package dev.leat.bench.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Random;

/**
 * What a disk does when each write is synced: blocks are written one after the other, with an
 * fdatasync after each.
 */
public final class DiskLimit {
  /** Size of a written block, bytes. */
  public static final int BLOCK_BYTES = 1 << 20;

  /** A file of this many blocks is overwritten again and again: as large as a segment. */
  private static final int FILE_BLOCKS = 1 << 10;

  private static final double BYTES_PER_MB = 1e6;

  private DiskLimit() {}

  /** MB/s of overwriting blocks that the file has already. */
  public static double overwrite(Path directory, Duration time) throws IOException {
    Path file = directory.resolve("overwritten");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer block = block();
      for (int i = 0; i < FILE_BLOCKS; i++) {
        write(channel, block, i);
      }
      channel.force(true);
      return rate(channel, block, time, FILE_BLOCKS);
    }
  }

  /** MB/s of writing to the end of a file: the file system must find a place for each block. */
  public static double append(Path directory, Duration time) throws IOException {
    Path file = directory.resolve("appended");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      return rate(channel, block(), time, Integer.MAX_VALUE);
    }
  }

  private static double rate(FileChannel channel, ByteBuffer block, Duration time, int wrapAt)
      throws IOException {
    long start = System.nanoTime();
    long elapsed = 0;
    long blocks = 0;
    while (elapsed < time.toNanos()) {
      write(channel, block, blocks % wrapAt);
      channel.force(false);
      blocks++;
      elapsed = System.nanoTime() - start;
    }
    return blocks * (BLOCK_BYTES / BYTES_PER_MB) / (elapsed / 1e9);
  }

  private static void write(FileChannel channel, ByteBuffer block, long index) throws IOException {
    block.rewind();
    long position = index * BLOCK_BYTES;
    while (block.hasRemaining()) {
      position += channel.write(block, position);
    }
  }

  private static ByteBuffer block() {
    byte[] bytes = new byte[BLOCK_BYTES];
    new Random(1).nextBytes(bytes);
    return ByteBuffer.allocateDirect(BLOCK_BYTES).put(bytes);
  }
}

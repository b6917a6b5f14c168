package dev.leat.cli.records;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads an input on a thread of its own, so that whoever waits for input can notice other things
 * too. What is read ahead is bounded.
 */
final class InputChunks {
  private static final int CHUNK_BYTES = 64 << 10;

  /** Chunks read ahead: enough to keep the reader of a pipe busy. */
  private static final int MAX_AHEAD = 8;

  private final BlockingQueue<Chunk> chunks = new ArrayBlockingQueue<>(MAX_AHEAD);

  /**
   * Some bytes of the input.
   *
   * @param bytes the bytes; empty at the end
   * @param failure why nothing more can be read
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Chunk(byte[] bytes, @Nullable IOException failure) {
    boolean isLast() {
      return bytes.length == 0;
    }
  }

  private InputChunks() {}

  static InputChunks of(InputStream in) {
    InputChunks chunks = new InputChunks();
    Thread.ofPlatform().daemon().name("input").start(() -> chunks.readAll(in));
    return chunks;
  }

  private void readAll(InputStream in) {
    byte[] buffer = new byte[CHUNK_BYTES];
    try {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        chunks.put(new Chunk(Arrays.copyOf(buffer, n), null));
      }
      chunks.put(new Chunk(new byte[0], null));
    } catch (IOException e) {
      chunks.offer(new Chunk(new byte[0], e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The next chunk, or null if there is none for a while. */
  @Nullable Chunk next(int timeoutMs) throws InterruptedException {
    return chunks.poll(timeoutMs, TimeUnit.MILLISECONDS);
  }
}

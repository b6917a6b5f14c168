package dev.leat.cli.records;

import dev.leat.cli.console.CommandFailedException;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** Cuts a stream of bytes into lines. Bytes stay as they are, less the newline. */
final class Lines {
  /** Longer than any record can be: 16 MiB. */
  private static final int MAX_LINE_BYTES = 16 << 20;

  /** Takes lines. */
  @FunctionalInterface
  interface Sink {
    /** A line; its number counts from 1. */
    void line(byte[] bytes, long number);
  }

  private final Sink sink;
  private final ByteArrayOutputStream begun = new ByteArrayOutputStream();
  private long count;

  /** Gives each line to {@code sink}. */
  Lines(Sink sink) {
    this.sink = sink;
  }

  /** Takes the next bytes. */
  void add(byte[] bytes) {
    int start = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        end(bytes, start, i);
        start = i + 1;
      }
    }
    begun.write(bytes, start, bytes.length - start);
    if (begun.size() > MAX_LINE_BYTES) {
      throw new CommandFailedException(
          "line %d is over %d MiB, which no record may be; split it"
              .formatted(count + 1, MAX_LINE_BYTES >> 20));
    }
  }

  /** There are no more bytes: a last line may lack its newline. */
  void finish() {
    if (begun.size() > 0) {
      end(new byte[0], 0, 0);
    }
  }

  /** Lines so far. */
  long count() {
    return count;
  }

  private void end(byte[] bytes, int start, int end) {
    count++;
    if (begun.size() == 0) {
      sink.line(Arrays.copyOfRange(bytes, start, end), count);
    } else {
      begun.write(bytes, start, end - start);
      byte[] line = begun.toByteArray();
      begun.reset();
      sink.line(line, count);
    }
  }
}

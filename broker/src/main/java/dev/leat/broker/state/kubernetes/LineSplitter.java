package dev.leat.broker.state.kubernetes;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Cuts a stream of bytes into lines of UTF-8. */
final class LineSplitter {
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  /** Takes bytes; returns the lines that they complete. */
  List<String> take(List<ByteBuffer> buffers) {
    List<String> lines = new ArrayList<>();
    for (ByteBuffer buffer : buffers) {
      while (buffer.hasRemaining()) {
        byte next = buffer.get();
        if (next == '\n') {
          lines.add(line.toString(StandardCharsets.UTF_8));
          line.reset();
        } else {
          line.write(next);
        }
      }
    }
    return lines;
  }
}

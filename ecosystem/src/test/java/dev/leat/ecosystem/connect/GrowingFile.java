package dev.leat.ecosystem.connect;

import dev.leat.ecosystem.lab.Await;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * A file to which lines are appended at a steady pace, as a program writes its log. It goes on
 * after the lines that count: Kafka's file source gives up what it has read of a file's end only
 * when more comes.
 */
final class GrowingFile implements AutoCloseable {
  private static final int PAUSE_MS = 20;
  private static final int LINES_PER_PAUSE = 10;

  private final Path path;
  private final List<String> lines;
  private final BufferedWriter writer;
  private final ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private volatile int written;

  /** Starts to write so many lines. */
  GrowingFile(Path path, int count) throws IOException {
    this.path = path;
    this.lines =
        IntStream.range(0, count).mapToObj("visit %d of a page of the shop"::formatted).toList();
    this.writer = Files.newBufferedWriter(path);
    pace.scheduleAtFixedRate(this::writeSome, 0, PAUSE_MS, TimeUnit.MILLISECONDS);
  }

  private void writeSome() {
    try {
      int until = written + LINES_PER_PAUSE;
      for (int line = written; line < until; line++) {
        writer.write(line < lines.size() ? lines.get(line) : "more");
        writer.write('\n');
      }
      writer.flush();
      written = until;
      if (until >= lines.size()) {
        done.complete(null);
      }
    } catch (IOException e) {
      done.completeExceptionally(e);
      pace.shutdown();
    }
  }

  Path path() {
    return path;
  }

  /** Its first lines, which count. */
  List<String> lines() {
    return lines;
  }

  void awaitPart(double part) throws InterruptedException {
    int wanted = (int) (lines.size() * part);
    Await.until(wanted + " lines are written", Duration.ofMinutes(2), () -> written >= wanted);
  }

  void await() throws Exception {
    done.get(2, TimeUnit.MINUTES);
  }

  @Override
  public void close() throws IOException {
    pace.shutdownNow();
    writer.close();
  }
}

package dev.leat.ecosystem.streams;

import dev.leat.ecosystem.lab.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Sends lines of a real text to a topic at a steady pace, each of them once, and knows what a count
 * of their words has to be. The time of a record is fixed by its number.
 */
final class LineFeed implements AutoCloseable {
  private static final int WORDS_PER_LINE = 6;
  private static final int PAUSE_MS = 25;
  private static final int LINES_PER_PAUSE = 5;

  private final KafkaProducer<String, String> producer;
  private final String topic;
  private final List<String> lines;
  private final long start = System.currentTimeMillis();
  private final List<Future<?>> sent = new ArrayList<>();
  private final AtomicInteger next = new AtomicInteger();
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private final ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();

  /** Starts to send. */
  LineFeed(String bootstrap, String topic, int count) throws IOException {
    this.topic = topic;
    this.lines = lines(count);
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrap, "linger.ms", "5"),
            new StringSerializer(),
            new StringSerializer());
    pace.scheduleAtFixedRate(this::sendSome, 0, PAUSE_MS, TimeUnit.MILLISECONDS);
  }

  /** The licence, over and over. */
  private static List<String> lines(int count) throws IOException {
    Path text = Path.of(System.getProperty("ecosystem.home", ".."), "LICENSE");
    String[] words = Files.readString(text).toLowerCase(Locale.ROOT).split("[^a-z]+");
    List<String> usable = Arrays.stream(words).filter(word -> !word.isEmpty()).toList();
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<String> line = new ArrayList<>();
      for (int j = 0; j < WORDS_PER_LINE; j++) {
        line.add(usable.get((i * WORDS_PER_LINE + j) % usable.size()));
      }
      lines.add(String.join(" ", line));
    }
    return lines;
  }

  private void sendSome() {
    try {
      for (int i = 0; i < LINES_PER_PAUSE && next.get() < lines.size(); i++) {
        int number = next.get();
        String key = Integer.toString(number);
        sent.add(
            producer.send(new ProducerRecord<>(topic, null, time(number), key, lines.get(number))));
        next.incrementAndGet();
      }
      if (next.get() == lines.size()) {
        for (Future<?> each : sent) {
          each.get();
        }
        done.complete(null);
        pace.shutdown();
      }
    } catch (Exception e) {
      done.completeExceptionally(e);
      pace.shutdown();
    }
  }

  private long time(int number) {
    return start + (long) number * PAUSE_MS / LINES_PER_PAUSE;
  }

  /** Waits until this part of the lines has been sent. */
  void awaitPart(double part) throws InterruptedException {
    int wanted = (int) (lines.size() * part);
    Await.until(
        wanted + " lines are sent",
        Duration.ofMinutes(2),
        () -> done.isCompletedExceptionally() || next.get() >= wanted);
  }

  /** Waits until the last line is acknowledged. */
  void await() throws Exception {
    done.get(2, TimeUnit.MINUTES);
  }

  /** Words in all lines. */
  int words() {
    return lines.size() * WORDS_PER_LINE;
  }

  /** How often each word is in them. */
  Map<String, Long> counts() {
    Map<String, Long> counts = new TreeMap<>();
    for (String line : lines) {
      for (String word : line.split(" ")) {
        counts.merge(word, 1L, Long::sum);
      }
    }
    return counts;
  }

  /** How often each word is in each window: {@code word@start}. */
  Map<String, Long> windows() {
    long length = WordCount.WINDOW.toMillis();
    Map<String, Long> counts = new TreeMap<>();
    for (int i = 0; i < lines.size(); i++) {
      long window = time(i) / length * length;
      for (String word : lines.get(i).split(" ")) {
        counts.merge(word + "@" + window, 1L, Long::sum);
      }
    }
    return counts;
  }

  @Override
  public void close() {
    pace.shutdownNow();
    producer.close(Duration.ofSeconds(5));
  }
}

package dev.leat.bench.program;

import dev.leat.bench.lab.Lab;
import dev.leat.bench.process.MeasurementException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** Lines of a real text, over and over. */
public final class TextFeed implements AutoCloseable {
  /** Words of a line. */
  static final int WORDS = 6;

  private final List<String> lines;
  private final KafkaProducer<String, String> producer;
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

  /** Sends to the cluster at that address. */
  public TextFeed(Lab lab, String bootstrap) {
    this.lines = lines(lab);
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrap), new StringSerializer(), new StringSerializer());
  }

  /** Of the licence, as long as its words last. */
  private static List<String> lines(Lab lab) {
    try {
      String text = Files.readString(lab.installation().root().resolve("LICENSE"));
      List<String> words =
          Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^a-z]+"))
              .filter(word -> !word.isEmpty())
              .toList();
      List<String> lines = new ArrayList<>();
      for (int first = 0; first + WORDS <= words.size(); first += WORDS) {
        lines.add(String.join(" ", words.subList(first, first + WORDS)));
      }
      return lines;
    } catch (IOException e) {
      throw new MeasurementException("cannot read a text to send", e);
    }
  }

  /** Sends one line. */
  public void send(String topic, long number) {
    String line = lines.get((int) (number % lines.size()));
    producer.send(
        new ProducerRecord<>(topic, Long.toString(number), line),
        (metadata, error) -> {
          if (error != null) {
            failure.compareAndSet(null, error);
          }
        });
  }

  /** Sends so many lines, and waits until all are acknowledged. */
  void fill(String topic, long count) {
    for (long number = 0; number < count; number++) {
      send(topic, number);
    }
    producer.flush();
    if (failure.get() != null) {
      throw new MeasurementException("lines could not be sent: " + failure.get());
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}

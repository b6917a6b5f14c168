package dev.leat.ecosystem.streams;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KGroupedStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.WindowStore;

/**
 * Kafka Streams' introduction, as anybody would write it: reads lines, counts each word, in all and
 * in each {@link #WINDOW}, writes every new count to a topic and answers questions over HTTP. An
 * instance of it is a process that may be killed.
 *
 * <p>Arguments: {@code name=value}, which are configurations of Kafka Streams; topics are {@code
 * lines-APPLICATION}, {@code counts-APPLICATION} and {@code windows-APPLICATION}. Prints {@code
 * http PORT} and then each {@code state}.
 */
public final class WordCount {
  /** Length of a window. */
  public static final Duration WINDOW = Duration.ofSeconds(5);

  static final String COUNTS = "counts";
  static final String WINDOWS = "windows";

  /** Nothing that is read twice or late is left out. */
  private static final Duration GRACE = Duration.ofHours(1);

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(20);
  private static final int FAILED = 3;

  private WordCount() {}

  /** Runs one instance until it is told to stop. */
  public static void main(String[] args) throws IOException {
    Properties properties = defaults();
    for (String argument : args) {
      String[] parts = argument.split("=", 2);
      properties.setProperty(parts[0], parts[1]);
    }
    String application = properties.getProperty(StreamsConfig.APPLICATION_ID_CONFIG);
    CountsEndpoint endpoint = new CountsEndpoint();
    properties.setProperty(StreamsConfig.APPLICATION_SERVER_CONFIG, endpoint.address());
    KafkaStreams streams = new KafkaStreams(topology(application), properties);
    streams.setStateListener((now, before) -> report(now));
    endpoint.serve(streams);
    System.out.println("http " + endpoint.address());
    Runtime.getRuntime().addShutdownHook(new Thread(() -> streams.close(CLOSE_LIMIT)));
    streams.start();
  }

  private static void report(KafkaStreams.State state) {
    System.out.println("state " + state);
    if (state == KafkaStreams.State.ERROR) {
      Runtime.getRuntime().halt(FAILED);
    }
  }

  /** Every count is written, not only the last of several. */
  private static Properties defaults() {
    Properties properties = new Properties();
    properties.setProperty(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, "0");
    properties.setProperty(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, "200");
    return properties;
  }

  static Topology topology(String application) {
    Serde<String> text = Serdes.String();
    Serde<Long> number = Serdes.Long();
    StreamsBuilder builder = new StreamsBuilder();
    KGroupedStream<String, String> words =
        builder.stream("lines-" + application, Consumed.with(text, text))
            .flatMapValues(line -> List.of(line.toLowerCase(Locale.ROOT).split(" ")))
            .groupBy((key, word) -> word, Grouped.with("words", text, text));
    words
        .count(
            Materialized.<String, Long, KeyValueStore<Bytes, byte[]>>as(COUNTS)
                .withKeySerde(text)
                .withValueSerde(number))
        .toStream()
        .to("counts-" + application, Produced.with(text, number));
    words
        .windowedBy(TimeWindows.ofSizeAndGrace(WINDOW, GRACE))
        .count(
            Materialized.<String, Long, WindowStore<Bytes, byte[]>>as(WINDOWS)
                .withKeySerde(text)
                .withValueSerde(number))
        .toStream((windowed, count) -> windowed.key() + "@" + windowed.window().start())
        .to("windows-" + application, Produced.with(text, number));
    return builder.build();
  }
}

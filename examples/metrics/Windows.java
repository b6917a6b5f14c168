import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.EmitStrategy;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.kstream.Window;
import org.apache.kafka.streams.state.WindowStore;

/**
 * Reads how many milliseconds each piece of work took, and writes for each service and window: how
 * often, how long on average, how long at most. Arguments: bootstrap, directory of its state.
 */
final class Windows {
  private static final Duration LENGTH = Duration.ofSeconds(2);

  /** A window takes what comes so late, and is written once, when that time has passed. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private Windows() {}

  public static void main(String[] args) {
    Properties properties = new Properties();
    properties.setProperty(StreamsConfig.APPLICATION_ID_CONFIG, "windows");
    properties.setProperty(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, args[0]);
    properties.setProperty(StreamsConfig.STATE_DIR_CONFIG, args[1]);
    KafkaStreams streams = new KafkaStreams(topology(), properties);
    Runtime.getRuntime().addShutdownHook(new Thread(streams::close));
    streams.start();
  }

  private static Topology topology() {
    Serde<String> text = Serdes.String();
    StreamsBuilder builder = new StreamsBuilder();
    builder.stream("metrics", Consumed.with(text, text))
        .mapValues(milliseconds -> Double.parseDouble(milliseconds))
        .groupByKey(Grouped.with(text, Serdes.Double()))
        .windowedBy(TimeWindows.ofSizeAndGrace(LENGTH, GRACE))
        .emitStrategy(EmitStrategy.onWindowClose())
        .aggregate(
            () -> Summary.NOTHING,
            (service, tookMs, summary) -> summary.with(tookMs),
            // With a cache the first search for windows that are over would begin in 1970.
            Materialized.<String, Summary, WindowStore<Bytes, byte[]>>with(text, Summary.SERDE)
                .withCachingDisabled()
                // Whoever starts late has windows to write that were over long ago.
                .withRetention(Duration.ofHours(1)))
        .toStream()
        .map((key, summary) -> KeyValue.pair(key.key(), summary.json(key.window())))
        .to("windows", Produced.with(text, text));
    return builder.build();
  }

  /** What is kept of a window until it is written. */
  private record Summary(long times, double totalMs, double maxMs) {
    static final Summary NOTHING = new Summary(0, 0, 0);
    static final Serde<Summary> SERDE =
        Serdes.serdeFrom((topic, summary) -> summary.bytes(), (topic, bytes) -> Summary.of(bytes));

    Summary with(double tookMs) {
      return new Summary(times + 1, totalMs + tookMs, Math.max(maxMs, tookMs));
    }

    String json(Window window) {
      return String.format(
          Locale.ROOT,
          "{\"from\":\"%s\",\"times\":%d,\"averageMs\":%.1f,\"maxMs\":%.1f}",
          Instant.ofEpochMilli(window.start()),
          times,
          totalMs / times,
          maxMs);
    }

    private byte[] bytes() {
      return (times + " " + totalMs + " " + maxMs).getBytes(StandardCharsets.UTF_8);
    }

    private static Summary of(byte[] bytes) {
      String[] parts = new String(bytes, StandardCharsets.UTF_8).split(" ");
      return new Summary(
          Long.parseLong(parts[0]), Double.parseDouble(parts[1]), Double.parseDouble(parts[2]));
    }
  }
}

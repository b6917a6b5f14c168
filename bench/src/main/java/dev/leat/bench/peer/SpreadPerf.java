package dev.leat.bench.peer;

import dev.leat.bench.lab.Lab;
import dev.leat.bench.lab.Scale;
import dev.leat.bench.load.SpreadLoad;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** Load on many topics, by a process of our own load client. */
public final class SpreadPerf {
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final int VALUE_BYTES = 1024;

  private final Lab lab;
  private final String product;
  private final String bootstrap;

  /**
   * Load for one cluster.
   *
   * @param product kafka or leat
   */
  public SpreadPerf(Lab lab, String product, String bootstrap) {
    this.lab = lab;
    this.product = product;
    this.bootstrap = bootstrap;
  }

  /**
   * Topics of equal size.
   *
   * @param prefix of their names
   * @param count how many
   * @param partitions of each
   */
  public record Topics(String prefix, int count, int partitions) {
    /** Their names. */
    public List<String> names() {
      return IntStream.range(0, count).mapToObj(i -> prefix + "-" + i).toList();
    }
  }

  /** Who chooses the partition of a record. */
  public enum Spread {
    /** The client, which prefers to fill a batch. */
    ANY,
    /** The next record goes to the next partition. */
    EACH
  }

  /** Sends as fast as it goes for that long. */
  public Rate produce(Topics topics, Spread spread, Duration time) {
    List<String> words =
        List.of(
            lab.installation().java().toString(),
            "-Xmx1g",
            "-XX:+UseG1GC",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
            "-cp",
            System.getProperty("java.class.path"),
            SpreadLoad.class.getName(),
            product,
            bootstrap,
            topics.prefix(),
            Integer.toString(topics.count()),
            Integer.toString(topics.partitions()),
            spread == Spread.EACH ? "each" : "any",
            Long.toString(Scale.WARM_UP.toSeconds()),
            Long.toString(time.toSeconds()));
    String[] result = lab.run(product + "-spread-load", words, LIMIT).getLast().split(" ");
    return new Rate(Double.parseDouble(result[1]), VALUE_BYTES);
  }
}

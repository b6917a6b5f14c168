package dev.leat.bench.program;

import dev.leat.bench.lab.Lab;
import dev.leat.bench.peer.KafkaAdmin;
import dev.leat.bench.process.Child;
import java.util.List;
import java.util.Map;

/** The word count of {@code ecosystem/}: Kafka Streams, with state stores and their changelogs. */
public final class WordCountJob {
  /** Of each of its topics. */
  public static final int PARTITIONS = 4;

  /** Topic that it reads. */
  public static final String LINES = "lines-bench";

  /** Topic that it writes: a record for each word that it reads. */
  public static final String COUNTS = "counts-bench";

  private static final String WINDOWS = "windows-bench";

  private WordCountJob() {}

  /** What it promises: Kafka Streams' {@code processing.guarantee}. */
  public enum Guarantee {
    /** Nothing is lost. */
    AT_LEAST_ONCE("at_least_once"),
    /** Nothing is lost or counted twice. */
    EXACTLY_ONCE("exactly_once_v2");

    private final String value;

    Guarantee(String value) {
      this.value = value;
    }

    /** As it is configured. */
    public String value() {
      return value;
    }
  }

  /** Words counted in a second. */
  public static double perSecond(Lab lab, String bootstrap, Guarantee guarantee) {
    long lines = lab.scale().consumedRecords() / 2;
    try (KafkaAdmin admin = new KafkaAdmin(bootstrap)) {
      createTopics(admin);
      try (TextFeed feed = new TextFeed(lab, bootstrap)) {
        feed.fill(LINES, lines);
      }
      lab.settle();
      Child job = start(lab, bootstrap, guarantee);
      try {
        return new Progress(job, () -> admin.committed(COUNTS), lines * TextFeed.WORDS)
            .perSecond(lab.scale());
      } finally {
        job.kill();
      }
    }
  }

  /** Creates its topics, with as many replicas as the cluster makes by itself. */
  public static void createTopics(KafkaAdmin admin) {
    admin.create(List.of(LINES, COUNTS, WINDOWS), PARTITIONS, Map.of());
  }

  /** Starts an instance of it. */
  public static Child start(Lab lab, String bootstrap, Guarantee guarantee) {
    return Program.ofEcosystem(lab, "streams", "dev.leat.ecosystem.streams.WordCount")
        .start(
            lab,
            List.of(
                "application.id=bench",
                "bootstrap.servers=" + bootstrap,
                "processing.guarantee=" + guarantee.value(),
                "state.dir=" + lab.directory("streams-state")));
  }
}

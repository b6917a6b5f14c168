package dev.leat.bench.peer;

import dev.leat.bench.lab.Lab;
import dev.leat.bench.process.Child;
import dev.leat.bench.process.Command;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** The load client of NATS, {@code nats bench js pub async}. */
public final class NatsBench {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  /** What all streams together may hold; the server may hold more. */
  private static final int STORE_GB = 32;

  private final Lab lab;
  private final String bootstrap;

  /** Load for one server. */
  public NatsBench(Lab lab, String bootstrap) {
    this.lab = lab;
    this.bootstrap = bootstrap;
  }

  /**
   * How messages are published.
   *
   * @param streams of one file store each, loaded at the same time; the counterpart of partitions
   * @param clients publishing connections for each stream
   * @param messageSizeBytes of each message
   */
  public record Load(int streams, int clients, int messageSizeBytes) {}

  /**
   * Publishes as fast as it goes for about the wanted time; sizes are found by shorter runs.
   *
   * @param firstMessages size of the first of these runs
   */
  public Rate publishFor(Load load, long firstMessages, Duration wanted) {
    return Sizing.find(
        firstMessages,
        wanted.toMillis() / 1e3,
        messages -> {
          lab.settle();
          return publish(load, messages);
        });
  }

  /** Publishes that many messages; counts from the start of the first client to the last end. */
  public Rate publish(Load load, long messages) {
    long perStream = messages / load.streams();
    long start = System.nanoTime();
    List<Child> clients =
        IntStream.range(0, load.streams())
            .mapToObj(stream -> start(load, stream, perStream))
            .toList();
    clients.forEach(client -> client.awaitSuccess(LIMIT));
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Rate(perStream * load.streams() / seconds, load.messageSizeBytes());
  }

  private Child start(Load load, int stream, long messages) {
    List<String> words =
        List.of(
            lab.installation().nats().toString(),
            "bench",
            "js",
            "pub",
            "async",
            "bench." + stream,
            "--server=nats://" + bootstrap,
            "--no-progress",
            "--no-context",
            "--create",
            "--purge",
            "--storage=file",
            "--replicas=1",
            "--stream=bench-" + stream,
            "--maxbytes=" + STORE_GB / load.streams() + "GB",
            "--size=" + load.messageSizeBytes(),
            "--clients=" + load.clients(),
            "--msgs=" + messages);
    Command command =
        Command.of(lab.workspace().log("nats-bench"), words).with(Command.Output.LINES_AND_ERRORS);
    return lab.children().start(command);
  }
}

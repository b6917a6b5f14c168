package dev.leat.cli.up;

import dev.leat.broker.server.Broker;
import dev.leat.broker.server.BrokerStartException;
import dev.leat.broker.server.KafkaConfig;
import dev.leat.broker.server.Logging;
import dev.leat.broker.state.RemoteStateStore;
import dev.leat.cli.console.CommandFailedException;
import dev.leat.cli.console.Console;
import dev.leat.crds.ResourceName;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code leat broker}: one broker of {@code leat up --processes}. Not for people: it says on its
 * output how it is, a line each time that changes, and stops when its input ends.
 *
 * <pre>
 * listening 9190 9490 9092  gRPC port, port of metrics and probes, port for Kafka clients or -1
 * waiting WHY              clients cannot use it
 * ready                    they can
 * groups 64                replica groups on its disk
 * up 3                     brokers that it knows to be up
 * </pre>
 */
@Command(name = "broker", hidden = true, description = "One broker of a local cluster.")
public final class BrokerCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(BrokerCommand.class);

  private static final int POLL_MS = 20;
  private static final int CLOSE_LIMIT_S = 20;

  private final Console console;
  private final AtomicBoolean stopped = new AtomicBoolean();

  @Option(names = "--id", required = true)
  private int id;

  @Option(names = "--cluster", required = true)
  private String cluster = "";

  @Option(names = "--cluster-id", required = true)
  private UUID clusterId = new UUID(0, 0);

  @Option(names = "--groups", required = true)
  private int groups;

  @Option(names = "--dir", required = true)
  private Path directory = Path.of("");

  @Option(names = "--host", required = true)
  private String host = "";

  @Option(names = "--grpc-port", required = true)
  private int grpcPort;

  @Option(names = "--peer-port", required = true)
  private int peerPort;

  @Option(names = "--http-port", required = true)
  private int httpPort;

  @Option(names = "--kafka-port", required = true)
  private int kafkaPort;

  @Option(names = "--kafka-auto-create")
  private boolean autoCreateTopics;

  @Option(names = "--zone", required = true)
  private String zone = "";

  @Mixin private LimitOptions limits = new LimitOptions();

  @Option(names = "--state", required = true)
  private URI state = URI.create("");

  /** A command that talks to {@code console}. */
  public BrokerCommand(Console console) {
    this.console = console;
  }

  static List<String> arguments(BrokerPlan plan, URI state) {
    List<String> arguments = new ArrayList<>(LimitOptions.arguments(plan.limits()));
    arguments.addAll(
        List.of(
            "--id=" + plan.id(),
            "--cluster=" + plan.cluster(),
            "--cluster-id=" + plan.clusterId(),
            "--groups=" + plan.groups(),
            "--dir=" + plan.directory(),
            "--host=" + plan.host(),
            "--grpc-port=" + plan.grpcPort(),
            "--peer-port=" + plan.peerPort(),
            "--http-port=" + plan.httpPort(),
            "--kafka-port=" + plan.kafka().port(),
            "--kafka-auto-create=" + plan.kafka().autoCreateTopics(),
            "--zone=" + plan.zone(),
            "--state=" + state));
    return arguments;
  }

  private BrokerPlan plan() {
    int slash = cluster.indexOf('/');
    ResourceName name = new ResourceName(cluster.substring(0, slash), cluster.substring(slash + 1));
    return new BrokerPlan(
        id,
        name,
        clusterId,
        groups,
        directory,
        host,
        grpcPort,
        peerPort,
        httpPort,
        new KafkaConfig(kafkaPort, autoCreateTopics),
        limits.limits(),
        zone,
        1);
  }

  @Override
  public Integer call() throws InterruptedException {
    Logging.install();
    String token = System.getenv().getOrDefault(ChildBroker.TOKEN_VARIABLE, "");
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    RemoteStateStore store = new RemoteStateStore(state, token, threads);
    Broker broker;
    try {
      broker = Broker.launch(InProcessBroker.config(plan()), clusterId, store);
    } catch (BrokerStartException e) {
      throw new CommandFailedException(String.valueOf(e.getMessage()), e);
    }
    // SIGTERM: others take over first. The end of the input: all brokers stop.
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  if (stopped.compareAndSet(false, true)) {
                    broker.drain();
                    close(broker);
                  }
                },
                "shutdown"));
    Thread.ofPlatform().daemon().name("input").start(() -> stopAtEndOfInput(broker));
    report(broker);
    return 1;
  }

  private void stopAtEndOfInput(Broker broker) {
    InputStream input = console.in();
    try {
      while (input.read() >= 0) {
        // Nothing is said on it.
      }
    } catch (IOException e) {
      // As good as its end.
    }
    if (stopped.compareAndSet(false, true)) {
      close(broker);
    }
  }

  /**
   * Ends the process; an orderly stop that hangs does not keep it: nobody would be there to ask.
   */
  private static void close(Broker broker) {
    try {
      CompletableFuture.runAsync(broker::close, Thread.ofPlatform().name("close")::start)
          .get(CLOSE_LIMIT_S, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.error("the broker did not stop in order: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      Runtime.getRuntime().halt(0);
    }
  }

  private void report(Broker broker) throws InterruptedException {
    say("listening %d %d %d".formatted(broker.grpcPort(), broker.httpPort(), broker.kafkaPort()));
    String how = "";
    int held = -1;
    int up = -1;
    while (!broker.failure().toCompletableFuture().isDone()) {
      String now = broker.notReady().map(why -> "waiting " + why).orElse("ready");
      if (!now.equals(how)) {
        how = now;
        say(now);
      }
      if (broker.groups() != held) {
        held = broker.groups();
        say("groups " + held);
      }
      if (broker.peersUp() != up) {
        up = broker.peersUp();
        say("up " + up);
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MS);
    }
    throw new CommandFailedException(
        "broker %d has failed: %s"
            .formatted(id, broker.failure().toCompletableFuture().join().getMessage()));
  }

  private void say(String line) {
    console.result(line);
    console.flush();
  }
}

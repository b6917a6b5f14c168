package dev.leat.broker.server.pod;

import dev.leat.broker.server.BrokerStartException;
import dev.leat.broker.server.Logging;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process of a broker's pod.
 *
 * <p>Configuration: the properties in the file that {@code LEAT_CONFIG} names, {@code POD_NAME},
 * {@code POD_ZONE} and {@code POD_IP}. SIGTERM: leaders are handed over, then it ends with status
 * 0. Any failure: one line in the log, status 1, and Kubernetes starts it again.
 */
public final class Main {
  private static final Logger LOG = LoggerFactory.getLogger(Main.class);

  private static final String CONFIG = "LEAT_CONFIG";
  private static final String DEFAULT_CONFIG = "/etc/leat/broker.properties";

  private final AtomicReference<@Nullable PodBroker> running = new AtomicReference<>();

  private Main() {}

  /** Runs until it is told to stop. */
  public static void main(String[] arguments) {
    Logging.install();
    System.exit(new Main().run());
  }

  private int run() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "shutdown"));
    try {
      PodSettings settings = readSettings();
      PodBroker broker = new PodBroker(settings);
      running.set(broker);
      LOG.info("broker {} of {} has started", settings.brokerId(), settings.cluster());
      Exception failure = broker.awaitFailure();
      LOG.error("the broker has failed: {}", failure.toString());
    } catch (BrokerStartException | IllegalArgumentException | IOException e) {
      LOG.error("the broker cannot start: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    PodBroker failed = running.getAndSet(null);
    if (failed != null) {
      failed.close();
    }
    return 1;
  }

  private static PodSettings readSettings() throws IOException {
    Path file = Path.of(System.getenv().getOrDefault(CONFIG, DEFAULT_CONFIG));
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    }
    return PodSettings.of(properties, PodSettings.Pod.of(System.getenv()));
  }

  private void stop() {
    PodBroker broker = running.getAndSet(null);
    if (broker != null) {
      broker.stop();
      LOG.info("stopped");
      Runtime.getRuntime().halt(0);
    }
  }
}

package dev.leat.operator;

import com.sun.net.httpserver.HttpServer;
import dev.leat.operator.reconcile.Attention;
import dev.leat.operator.reconcile.ClusterReconciler;
import dev.leat.operator.reconcile.Upkeep;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operator's process. {@code LEAT_IMAGE} is the image of brokers whose Cluster names none. Of
 * several replicas one works, the others stand by. It ends with status 1, to be started again, when
 * it no longer leads and when it no longer hears of changes.
 */
public final class Main {
  private static final int HEALTH_PORT = 8080;
  private static final int UPKEEP_S = 5;
  private static final int API_RETRY_MS = 1_000;
  private static final int DEFINITION_RETRY_MS = 5_000;
  private static final String LEASE = "leat-operator";
  private static final List<String> DEFINITIONS =
      List.of("clusters.leat.dev", "topics.leat.dev", "clusterstates.leat.dev");

  private final ScheduledExecutorService upkeep =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("upkeep").daemon().factory());
  private final KubernetesClient client = new KubernetesClientBuilder().build();
  private final Attention attention = new Attention();

  private Main() {}

  /** Runs until it is told to stop. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    String image = System.getenv("LEAT_IMAGE");
    if (image == null || image.isBlank()) {
      System.err.println(
          "leat-operator: LEAT_IMAGE is not set: set it to the container image of the brokers");
      System.exit(1);
      return;
    }
    System.setProperty(
        "java.util.logging.SimpleFormatter.format",
        "time=%1$tFT%1$tT.%1$tLZ level=%4$s msg=\"%5$s\"%6$s%n");
    new Main().run(image);
  }

  private void run(String image) throws IOException, InterruptedException {
    serveHealth();
    awaitApi();
    awaitDefinitions();
    Operator operator =
        new Operator(
            overrides ->
                overrides
                    .withKubernetesClient(client)
                    .withLeaderElectionConfiguration(leaderElection())
                    .withCloseClientOnStop(true));
    operator.register(new ClusterReconciler(image, attention));
    operator.installShutdownHook(Duration.ofSeconds(2));
    operator.start();
  }

  /** Ending instead would make Kubernetes wait longer each time before it starts it again. */
  private void awaitApi() throws InterruptedException {
    while (true) {
      try {
        client.getKubernetesVersion();
        return;
      } catch (KubernetesClientException e) {
        logger().warn("the API server does not answer, and is asked again: {}", e.getMessage());
        TimeUnit.MILLISECONDS.sleep(API_RETRY_MS);
      }
    }
  }

  /** Goes on as soon as somebody has installed what is missing. */
  private void awaitDefinitions() throws InterruptedException {
    for (String name : DEFINITIONS) {
      while (!isDefined(name)) {
        logger()
            .error(
                "the definition {} is missing, and is waited for: install the chart with"
                    + " crds.install=true, or apply the files of crds/",
                name);
        TimeUnit.MILLISECONDS.sleep(DEFINITION_RETRY_MS);
      }
    }
  }

  private boolean isDefined(String name) {
    try {
      return client.apiextensions().v1().customResourceDefinitions().withName(name).get() != null;
    } catch (KubernetesClientException e) {
      logger().warn("the definition {} cannot be looked at: {}", name, e.getMessage());
      return false;
    }
  }

  private LeaderElectionConfiguration leaderElection() {
    return LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(LEASE)
        .withLeaderCallbacks(
            new LeaderCallbacks(this::startUpkeep, upkeep::shutdownNow, leader -> {}))
        .build();
  }

  private void startUpkeep() {
    upkeep.scheduleWithFixedDelay(
        new Upkeep(client, attention, Main::beginAnew), 0, UPKEEP_S, TimeUnit.SECONDS);
  }

  private static void beginAnew(String cluster) {
    logger().warn("a change of Cluster {} was not heard of: the operator starts anew", cluster);
    System.exit(1);
  }

  /** Not made before the format of its lines is known. */
  private static Logger logger() {
    return LoggerFactory.getLogger(Main.class);
  }

  private static void serveHealth() throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(HEALTH_PORT), 0);
    server.createContext(
        "/healthz",
        exchange -> {
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
  }
}

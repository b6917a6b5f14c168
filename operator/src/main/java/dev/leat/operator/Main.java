package dev.leat.operator;

import com.sun.net.httpserver.HttpServer;
import dev.leat.operator.reconcile.ClusterReconciler;
import dev.leat.operator.reconcile.Upkeep;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The operator's process. {@code LEAT_IMAGE} is the image of brokers whose Cluster names none. Of
 * several replicas one works, the others stand by.
 */
public final class Main {
  private static final int HEALTH_PORT = 8080;
  private static final int UPKEEP_S = 5;
  private static final String LEASE = "leat-operator";

  private Main() {}

  /** Runs until it is told to stop. */
  public static void main(String[] arguments) throws IOException {
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
    KubernetesClient client = new KubernetesClientBuilder().build();
    Operator operator =
        new Operator(
            overrides ->
                overrides
                    .withKubernetesClient(client)
                    .withLeaderElectionConfiguration(new LeaderElectionConfiguration(LEASE))
                    .withCloseClientOnStop(true));
    operator.register(new ClusterReconciler(image));
    operator.installShutdownHook(Duration.ofSeconds(2));
    serveHealth();
    Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("upkeep").daemon().factory())
        .scheduleWithFixedDelay(new Upkeep(client), 0, UPKEEP_S, TimeUnit.SECONDS);
    operator.start();
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

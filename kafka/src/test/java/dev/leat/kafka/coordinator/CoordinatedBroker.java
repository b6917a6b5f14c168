package dev.leat.kafka.coordinator;

import dev.leat.broker.runtime.BrokerApi;
import dev.leat.broker.server.Broker;
import dev.leat.broker.server.BrokerConfig;
import dev.leat.broker.server.BrokerStartException;
import dev.leat.broker.state.LocalStateStore;
import dev.leat.crds.Cluster;
import dev.leat.crds.ClusterSpec;
import dev.leat.crds.TopicSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.common.network.ClientInformation;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.coordinator.group.GroupCoordinator;

/** A broker without listeners, with its journal in a directory, and its coordinators. */
public final class CoordinatedBroker implements AutoCloseable {
  private static final int DEADLINE_S = 30;

  private static final Set<Errors> LOADING =
      EnumSet.of(Errors.COORDINATOR_LOAD_IN_PROGRESS, Errors.NOT_COORDINATOR);

  private static final Executor LATER =
      CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS);

  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final LocalStateStore store;
  private final Broker broker;
  private final Coordinators coordinators;

  /** Starts, or starts again. */
  public CoordinatedBroker(Path directory) throws IOException, BrokerStartException {
    store =
        LocalStateStore.open(
            directory,
            new LocalStateStore.Context(
                executor, InstantSource.system(), () -> UUID.randomUUID().toString()));
    await(store.create(Cluster.of(BrokerConfig.EMBEDDED_CLUSTER, ClusterSpec.ofBrokers(1))));
    broker =
        Broker.start(
            BrokerConfig.embedded(0, directory.resolve("broker-0"), "127.0.0.1", 0, -1),
            new UUID(1, 2),
            store);
    coordinators = new Coordinators(0, broker.api());
  }

  /** What listeners see of it. */
  public BrokerApi api() {
    return broker.api();
  }

  /** Its coordinators. */
  public Coordinators coordinators() {
    return coordinators;
  }

  /** Creates a topic that takes records. */
  public void createTopic(String name, int partitions) {
    await(api().topicAdmin().create(name, TopicSpec.DEFAULT.withPartitions(partitions), false));
  }

  /** Asks the group coordinator, again as long as it is loading. */
  <D> D ask(
      CoordinatorHost<GroupCoordinator> groups,
      Function<GroupCoordinator, CompletableFuture<D>> call,
      Function<D, Short> error) {
    return await(askAgain(groups, call, error));
  }

  private static <D> CompletionStage<D> askAgain(
      CoordinatorHost<GroupCoordinator> groups,
      Function<GroupCoordinator, CompletableFuture<D>> call,
      Function<D, Short> error) {
    return groups
        .get()
        .thenCompose(call)
        .thenCompose(
            answer ->
                LOADING.contains(Errors.forCode(error.apply(answer)))
                    ? CompletableFuture.supplyAsync(() -> answer, LATER)
                        .thenCompose(again -> askAgain(groups, call, error))
                    : CompletableFuture.completedStage(answer));
  }

  /** What comes of it, within the deadline. */
  public static <T> T await(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(DEADLINE_S, TimeUnit.SECONDS).join();
  }

  static RequestContext context(ApiKeys key) {
    return new RequestContext(
        new RequestHeader(key, key.latestVersion(), "client", 1),
        "1",
        InetAddress.getLoopbackAddress(),
        KafkaPrincipal.ANONYMOUS,
        ListenerName.forSecurityProtocol(SecurityProtocol.PLAINTEXT),
        SecurityProtocol.PLAINTEXT,
        ClientInformation.EMPTY,
        false);
  }

  @Override
  public void close() {
    coordinators.close();
    broker.close();
    store.close();
    executor.shutdown();
  }
}

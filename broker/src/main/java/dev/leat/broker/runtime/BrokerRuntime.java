package dev.leat.broker.runtime;

import dev.leat.broker.control.StateStore;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Journal;
import dev.leat.broker.replication.GroupOptions;
import dev.leat.crds.Kind;
import dev.leat.crds.ResourceName;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The broker without its listeners: recovers the groups, runs the loops, follows the Topic
 * resources.
 *
 * <p>Threads: {@code core} (all machines), {@code journal} (in the journal), {@code reader-N} (disk
 * reads for consumers). See docs/THREADS.md.
 */
public final class BrokerRuntime implements AutoCloseable {
  /** Readers wait for the disk, not for the processor: two at least. */
  private static final int READERS = Math.max(2, Runtime.getRuntime().availableProcessors());

  private static final int STOP_TIMEOUT_S = 10;

  private final Journal journal;
  private final Map<GroupId, GroupRunner> groups;
  private final CoreLoop core;
  private final Thread coreThread;
  private final ExecutorService readers;
  private final StateStore.Watch topicWatch;
  private final TopicController controller;
  private final ClusterMetadata metadata;
  private final Readiness readiness;
  private final BrokerApi api;

  /**
   * What a runtime is made of.
   *
   * @param brokerId number of this broker
   * @param clusterId id of the cluster
   * @param cluster name of the Cluster resource; topics that are made through this broker lie in
   *     its namespace
   * @param groupsPerClass replica groups per class
   * @param produceBytes bound of the bytes that producers make the broker hold
   * @param retentionIntervalMs time between two looks for what retention lets go
   */
  public record Options(
      int brokerId,
      String clusterId,
      ResourceName cluster,
      int groupsPerClass,
      long produceBytes,
      long retentionIntervalMs) {}

  /**
   * Recovers and starts.
   *
   * @param onFatal hears of a failure after which the broker must stop
   */
  public BrokerRuntime(
      Options options,
      Journal journal,
      StateStore store,
      Authorizer authorizer,
      BrokerMetrics metrics,
      Consumer<Exception> onFatal) {
    this.journal = journal;
    Clock clock = Clock.SYSTEM;
    groups =
        new GroupsRecovery(GroupOptions.DEFAULT)
            .recover(journal.recover(), options.groupsPerClass());
    readiness = new Readiness(groups.values());
    core = new CoreLoop(journal, groups, clock, metrics, onFatal);
    readers = Executors.newFixedThreadPool(READERS, LoopThreads.named("reader"));
    TopicDirectory topics = new TopicDirectory();
    MetadataFeed feed =
        new MetadataFeed(
            new MetadataFeed.Metadata(options.clusterId(), -1, Map.of(), Map.of(), Map.of()));
    metadata = new ClusterMetadata(core, groups, topics, feed);
    TopicRegistry registry = new TopicRegistry(topics, options.groupsPerClass(), metadata::changed);
    groups.values().forEach(registry::restore);
    core.observe(registry::onGroupChange);
    core.observe(
        change -> {
          metadata.changed();
          core.afterRound(readiness::check);
        });
    TopicResources resources = new TopicResources();
    api =
        new BrokerApi(
            core,
            topics,
            readers,
            new OffsetFinder(journal),
            new ByteBudget(options.produceBytes(), metrics),
            authorizer,
            clock,
            (sink, bytes) -> new FetchStream(journal, readers, sink, bytes, metrics),
            feed,
            new TopicAdmin(store, options.cluster().namespace(), resources),
            metrics,
            partition -> journal.sizeBytes(partition.group().id(), partition.number()));
    RetentionTask retention =
        new RetentionTask(journal, groups, api, readers, options.retentionIntervalMs());
    core.everyTick(retention::onTick);
    SecureRandom random = new SecureRandom();
    controller = new TopicController(options.cluster(), core, store, groups, clock, random);
    core.observe(controller::onGroupChange);
    TopicFollower follower =
        new TopicFollower(core, registry, resources, controller::onTopic, readiness::topicsKnown);
    coreThread = LoopThreads.named("core").newThread(core);
    journal.start(core);
    coreThread.start();
    GroupStarter starter =
        new GroupStarter(core, options.brokerId(), random, journal.disk(), readers);
    core.call(() -> starter.start(groups.values()));
    controller.start();
    topicWatch = store.watch(Kind.TOPIC, follower::onEvent);
  }

  /** What listeners need. */
  public BrokerApi api() {
    return api;
  }

  /** Tells everybody where this broker can be reached. */
  public void announce(BrokerView self) {
    core.call(() -> metadata.setBroker(self));
  }

  /** Completes when clients can use this broker for the first time. */
  public CompletionStage<Void> ready() {
    return readiness.first();
  }

  /** Why this broker is not ready, or empty if it is. */
  public Optional<String> notReady() {
    return readiness.problem();
  }

  /** Number of replica groups here. */
  public int groupCount() {
    return groups.size();
  }

  /** Finishes what was begun, then stops all loops. The journal is closed too. */
  @Override
  public void close() {
    topicWatch.close();
    controller.close();
    core.stop();
    try {
      coreThread.join(TimeUnit.SECONDS.toMillis(STOP_TIMEOUT_S));
      readers.shutdown();
      readers.awaitTermination(STOP_TIMEOUT_S, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    journal.close();
  }
}

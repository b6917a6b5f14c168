package dev.leat.broker.runtime;

import dev.leat.broker.control.StateStore;
import dev.leat.broker.control.WatchEvent;
import dev.leat.broker.control.coordination.ClusterView;
import dev.leat.broker.control.coordination.CoordinationEffect;
import dev.leat.broker.control.coordination.CoordinationEvent;
import dev.leat.broker.control.coordination.CoordinationMachine;
import dev.leat.broker.control.coordination.Hello;
import dev.leat.broker.control.coordination.LocalGroups;
import dev.leat.broker.control.coordination.Settings;
import dev.leat.broker.log.FormatRange;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Journal;
import dev.leat.broker.log.PartitionInfo;
import dev.leat.broker.log.Withdrawal;
import dev.leat.broker.log.disk.BrokerDisk;
import dev.leat.broker.log.disk.DiskIdentity;
import dev.leat.broker.replication.GroupEvent;
import dev.leat.broker.replication.GroupMachine;
import dev.leat.broker.replication.GroupOptions;
import dev.leat.broker.replication.GroupStatus;
import dev.leat.broker.runtime.loss.LostGroups;
import dev.leat.broker.runtime.thread.ByteBudget;
import dev.leat.broker.runtime.thread.Clock;
import dev.leat.broker.runtime.thread.LoopThreads;
import dev.leat.broker.runtime.view.BrokerView;
import dev.leat.broker.runtime.view.GroupViews;
import dev.leat.broker.runtime.view.MetadataFeed;
import dev.leat.crds.Kind;
import dev.leat.crds.ResourceName;
import dev.leat.crds.Topic;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The broker without its listeners: recovers the groups, runs the loops, takes part in the cluster,
 * follows the Topic resources.
 *
 * <p>Threads: {@code core} (all machines), {@code journal} (in the journal), {@code reader-N} (disk
 * reads for consumers and peers). See docs/THREADS.md.
 */
public final class BrokerRuntime implements AutoCloseable {
  /** Readers wait for the disk, not for the processor: two at least. */
  private static final int READERS = Math.max(2, Runtime.getRuntime().availableProcessors());

  private static final int STOP_TIMEOUT_S = 10;

  /** A format of entries that every release can read. */
  private static final int WRITTEN_FORMAT = 1;

  private final Options options;
  private final BrokerDisk disk;
  private final StateStore store;
  private final Journal journal;
  private final Map<GroupId, GroupRunner> groups;
  private final CoreLoop core;
  private final Thread coreThread;
  private final ExecutorService readers;
  private final SecureRandom random = new SecureRandom();
  private final CleanerTask cleaner;
  private final PeerDesk desk;
  private final PeerGate gate;
  private final PeerLinks links;
  private final TopicFollower topics;
  private final ClusterMetadata metadata;
  private final Readiness readiness;
  private final BrokerApi api;
  private final Consumer<Exception> onFatal;
  private StateStore.@Nullable Watch topicWatch;
  private volatile @Nullable Coordination coordination;

  /**
   * What a runtime is made of.
   *
   * @param cluster name of the Cluster resource; topics that are made through this broker lie in
   *     its namespace
   * @param groupsPerClass replica groups per class
   * @param produceBytes bound of the bytes that producers make the broker hold
   * @param peerBytes bound of the bytes that other brokers make it hold
   * @param retentionIntervalMs time between two looks for what retention lets go
   * @param settings what coordination is told beforehand
   */
  public record Options(
      ResourceName cluster,
      int groupsPerClass,
      long produceBytes,
      long peerBytes,
      long retentionIntervalMs,
      Settings settings) {}

  /** Makes the links to other brokers. */
  @FunctionalInterface
  public interface LinkMaker {
    /**
     * Links that report to {@code events}.
     *
     * @param gate judges peers
     * @param budget bounds the bytes of records that came and are not on disk yet
     * @param blocking runs what may wait for the disk
     */
    PeerLinks make(PeerEvents events, PeerGate gate, ByteBudget budget, Executor blocking);
  }

  /**
   * Recovers, and takes in what clients ask; it takes part in the cluster from {@link #join} on.
   *
   * @param onFatal hears of a failure after which the broker must stop
   */
  public BrokerRuntime(
      Options options,
      Journal journal,
      StateStore store,
      LinkMaker linkMaker,
      Authorizer authorizer,
      BrokerMetrics metrics,
      Consumer<Exception> onFatal) {
    this.options = options;
    this.disk = journal.disk();
    this.store = store;
    this.journal = journal;
    this.onFatal = onFatal;
    Clock clock = Clock.SYSTEM;
    GroupViews views = new GroupViews();
    GroupsRecovery recovery = new GroupsRecovery(GroupOptions.DEFAULT, views);
    groups = recovery.recover(journal.recover());
    DiskIdentity identity = disk.identity();
    readiness = new Readiness(groups.values(), identity.brokerId());
    core = new CoreLoop(journal, groups, recovery::absent, clock, metrics, onFatal);
    readers = Executors.newFixedThreadPool(READERS, LoopThreads.named("reader"));
    desk = new PeerDesk(core, metrics, this::onWentBack, readiness::setRefusal);
    gate = new PeerGate(disk, this::diskHello);
    links =
        linkMaker.make(
            desk, gate, new ByteBudget(options.peerBytes(), metrics::peerBytesHeld), readers);
    PeerSender sender = new PeerSender(links, journal, readers, core, metrics);
    core.connect(sender);
    core.everyTick(sender::onTick);
    desk.connect(links, sender);
    TopicDirectory directory = new TopicDirectory();
    MetadataFeed feed = new MetadataFeed(MetadataFeed.Metadata.of(identity.clusterId().toString()));
    metadata = new ClusterMetadata(core, views, directory, feed, clock, desk::pid);
    TopicRegistry registry =
        new TopicRegistry(directory, views, options.groupsPerClass(), metadata::topicsChanged);
    groups.values().forEach(registry::restore);
    core.observe(registry::onGroupChange);
    core.observe(change -> groupsChanged());
    TopicResources resources = new TopicResources();
    topics = new TopicFollower(core, registry, resources, this::onTopic, readiness::topicsKnown);
    api =
        new BrokerApi(
            core,
            directory,
            readers,
            new OffsetFinder(journal),
            new ByteBudget(options.produceBytes(), metrics::produceBytesHeld),
            authorizer,
            clock,
            (sink, bytes, isolation) ->
                new FetchStream(journal, readers, sink, bytes, isolation, metrics),
            feed,
            new TopicAdmin(store, options.cluster().namespace(), resources),
            new RecordDeletion(core, groups, directory),
            metrics,
            partition -> journal.sizeBytes(partition.group().id(), partition.number()),
            new BatchReader(journal),
            new InternalLog(core, groups, journal),
            new ProducerLister(core, groups),
            new LostGroups(core::call, () -> coordination));
    KeepRules keep = new KeepRules(groups, directory);
    cleaner = new CleanerTask(journal, keep, core, clock, metrics, options.retentionIntervalMs());
    keepHouse(keep);
    coreThread = LoopThreads.named("core").newThread(core);
  }

  private void groupsChanged() {
    metadata.changed();
    core.afterRound(readiness::check);
  }

  private void keepHouse(KeepRules keep) {
    RetentionTask retention =
        new RetentionTask(journal, groups, keep, api, readers, options.retentionIntervalMs());
    core.everyTick(retention::onTick);
    core.everyTick(cleaner::onTick);
  }

  /** DISK: noted on the disk; the next start withdraws all groups before it says anything. */
  private void onWentBack(String detail) {
    readers.execute(
        () -> {
          disk.doubt(Withdrawal.DISK_WENT_BACK);
          onFatal.accept(new IllegalStateException(detail + ": start this broker again"));
        });
  }

  private dev.leat.broker.log.disk.Hello diskHello() {
    return new dev.leat.broker.log.disk.Hello(disk.identity(), FormatRange.CURRENT, WRITTEN_FORMAT);
  }

  private void onTopic(WatchEvent<Topic> event) {
    Coordination running = coordination;
    if (running != null) {
      running.onTopic(event);
    }
  }

  /** What listeners need. */
  public BrokerApi api() {
    return api;
  }

  /** Links to other brokers; the listener serves those who dial. */
  public PeerLinks links() {
    return links;
  }

  /**
   * Takes part in the cluster.
   *
   * @param self where clients reach this broker
   * @param addresses where everybody reaches it
   * @param zone failure domain over which voters are spread; empty if unknown
   */
  public void join(BrokerView self, Hello.Addresses addresses, String zone) {
    DiskIdentity identity = disk.identity();
    Hello hello =
        new Hello(
            identity.clusterId().toString(),
            identity.brokerId(),
            identity.diskId(),
            identity.starts(),
            identity.nonce(),
            FormatRange.CURRENT.oldest(),
            FormatRange.CURRENT.newest(),
            addresses,
            zone,
            List.of());
    Coordination begun =
        new Coordination(
            new CoordinationMachine(options.settings(), hello, new Local(groups), random),
            new Coordination.Around(
                options.cluster(),
                core,
                links,
                store,
                api.clock(),
                new Controllers(),
                this::onView,
                onFatal));
    coordination = begun;
    core.observe(begun::onGroupChange);
    core.everyTick(new ConfigWatcher(groups, begun::tell)::onTick);
    core.replyTo(
        CoordinationEffect.Token.class,
        (token, outcome) -> begun.tell(new CoordinationEvent.Replied(token, outcome)));
    start(
        () -> {
          metadata.setSelf(self);
          begun.start();
          desk.begin(begun);
        });
    topicWatch = store.watch(Kind.TOPIC, topics::onEvent);
  }

  /**
   * Starts the loops.
   *
   * @param onStarted called on the core loop when the disk is in order: others may be talked to
   */
  void start(Runnable onStarted) {
    GroupStarter starter = new GroupStarter(core, disk, readers, random);
    journal.start(core);
    coreThread.start();
    core.call(
        () ->
            starter.start(
                groups.values(),
                () -> {
                  gate.open();
                  readiness.started();
                  onStarted.run();
                }));
  }

  private void onView(ClusterView view) {
    metadata.setCluster(view);
    readiness.setCluster(view);
    if (FormatRange.CURRENT.knows(view.format())) {
      // Later: a group may be in the middle of a step.
      core.call(() -> writeFormat(view.format()));
    }
  }

  /** Versions: what all brokers of the cluster know is written, by new groups, too. */
  private void writeFormat(int format) {
    GroupEvent event = new GroupEvent.WriteFormat(format);
    groups.values().forEach(group -> core.step(group, event));
  }

  /** The replicas on this disk, for coordination. */
  private record Local(Map<GroupId, GroupRunner> groups) implements LocalGroups {
    @Override
    public Collection<GroupId> all() {
      return those(GroupMachine::exists);
    }

    @Override
    public Collection<GroupId> lastResorts() {
      return those(machine -> machine.withdrawal().isPresent());
    }

    private List<GroupId> those(Predicate<GroupMachine> wanted) {
      return groups.values().stream()
          .filter(group -> wanted.test(group.machine()))
          .map(group -> group.view().id())
          .toList();
    }

    private Optional<GroupMachine> machine(GroupId id) {
      return Optional.ofNullable(groups.get(id)).map(GroupRunner::machine);
    }

    @Override
    public Optional<GroupStatus> status(GroupId id) {
      return machine(id).flatMap(GroupMachine::status);
    }

    @Override
    public Optional<GroupStatus> lastResort(GroupId id) {
      return machine(id).flatMap(GroupMachine::lastResort);
    }

    @Override
    public List<PartitionInfo> partitions(GroupId id) {
      return machine(id).map(GroupMachine::partitions).orElse(List.of());
    }
  }

  /** Makes topic controllers. */
  private final class Controllers implements Coordination.TopicControllers {
    @Override
    public TopicController make(Consumer<CoordinationEvent> asked) {
      return new TopicController(options.cluster(), core, store, asked, api.clock(), random);
    }

    @Override
    public Collection<Topic> known() {
      return topics.known();
    }
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
    return (int) groups.values().stream().filter(GroupRunner::isHeld).count();
  }

  /**
   * Hands over what this broker leads.
   *
   * @return whether that was done within {@code timeoutMs}
   */
  public boolean drain(long timeoutMs) {
    Coordination running = coordination;
    return running != null
        && running
            .drain()
            .toCompletableFuture()
            .completeOnTimeout(false, timeoutMs, TimeUnit.MILLISECONDS)
            .join();
  }

  /** Finishes what was begun, then stops all loops. The journal is closed too. */
  @Override
  public void close() {
    if (topicWatch != null) {
      topicWatch.close();
    }
    Coordination running = coordination;
    if (running != null) {
      running.close();
    }
    cleaner.close();
    core.stop();
    try {
      if (coreThread.isAlive()) {
        coreThread.join(TimeUnit.SECONDS.toMillis(STOP_TIMEOUT_S));
      }
      links.close();
      readers.shutdown();
      readers.awaitTermination(STOP_TIMEOUT_S, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    journal.close();
  }
}

package dev.leat.broker.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.control.coordination.Settings;
import dev.leat.broker.control.coordination.Timing;
import dev.leat.broker.journal.JournalConfig;
import dev.leat.broker.journal.JournalHost;
import dev.leat.broker.journal.LmdbJournal;
import dev.leat.broker.journal.StoreIdentity;
import dev.leat.broker.log.BatchInfo;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Journal;
import dev.leat.broker.log.Replica;
import dev.leat.broker.log.TopicId;
import dev.leat.broker.log.TopicPartition;
import dev.leat.broker.replication.GroupEvent;
import dev.leat.broker.replication.GroupStatus;
import dev.leat.broker.replication.Outcome;
import dev.leat.broker.runtime.thread.LoopThreads;
import dev.leat.broker.state.TestStores;
import dev.leat.broker.transport.ConnectionGate;
import dev.leat.broker.transport.GrpcListener;
import dev.leat.broker.transport.NetworkLoops;
import dev.leat.broker.transport.peer.GrpcPeerLinks;
import dev.leat.crds.ResourceName;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/** A broker with a real journal and real links, whose one group the test creates and appoints. */
final class LinkedBroker implements AutoCloseable {
  static final GroupId GROUP = GroupId.of(3, 5);
  static final TopicPartition PARTITION = new TopicPartition(new TopicId(1, 2), 0);
  private static final UUID CLUSTER = new UUID(1, 2);
  private static final int TIMEOUT_S = 20;
  private static final long SEGMENT_BYTES = 16L << 20;

  final int id;
  final BrokerRuntime runtime;
  private final Journal journal;
  private final NetworkLoops loops = new NetworkLoops(1);
  private final GrpcListener listener;

  LinkedBroker(int id, Path directory) throws IOException {
    this.id = id;
    journal =
        LmdbJournal.open(
            JournalConfig.of(directory.resolve("broker-" + id), SEGMENT_BYTES),
            new StoreIdentity(CLUSTER, id),
            new JournalHost(LoopThreads.named("journal"), System::nanoTime, UUID::randomUUID));
    ResourceName cluster = new ResourceName("default", "local");
    runtime =
        new BrokerRuntime(
            new BrokerRuntime.Options(
                cluster,
                64,
                16 << 20,
                16 << 20,
                1_000,
                new Settings(cluster, Map.of(), Timing.DEFAULT)),
            journal,
            TestStores.empty(Files.createTempDirectory(directory, "store")),
            GrpcPeerLinks::new,
            Authorizer.ALLOW_ALL,
            BrokerMetrics.NONE,
            cause -> System.err.println("broker " + id + " failed: " + cause));
    listener =
        new GrpcListener(
            new InetSocketAddress("127.0.0.1", 0),
            loops,
            List.of(),
            List.of(((GrpcPeerLinks) runtime.links()).definition()),
            List.of(),
            new GrpcListener.Limits(new ConnectionGate(100, 100, BrokerMetrics.NONE), 600_000));
    runtime.start(() -> {});
  }

  String address() {
    return "127.0.0.1:" + listener.port();
  }

  void reach(LinkedBroker other) {
    runtime.links().reach(other.id, other.address());
  }

  private CoreLoop core() {
    return runtime.api().core();
  }

  /** Something about the group, asked on its own loop. */
  <T> T ask(Function<GroupRunner, T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    core().call(() -> answer.complete(question.apply(core().group(GROUP))));
    return answer.orTimeout(TIMEOUT_S, TimeUnit.SECONDS).join();
  }

  GroupStatus status() {
    return ask(group -> group.machine().status().orElseThrow());
  }

  /** Steps the group; waits for the outcome. */
  Outcome step(Function<Object, GroupEvent> event) {
    CompletableFuture<Outcome> answer = new CompletableFuture<>();
    CoreLoop.OutcomeListener token = answer::complete;
    core().call(() -> core().step(core().group(GROUP), event.apply(token)));
    return answer.orTimeout(TIMEOUT_S, TimeUnit.SECONDS).join();
  }

  void create(List<Replica> voters) {
    Outcome outcome = step(token -> new GroupEvent.Create(42, voters.get(id), voters, token));
    assertThat(outcome).isEqualTo(new Outcome.Done());
  }

  void lead(int epoch) {
    assertThat(step(token -> new GroupEvent.Appoint(epoch, token)))
        .isEqualTo(new Outcome.Appointment.Accepted(epoch));
    await("leads", () -> ask(group -> group.view().leadership().here()));
  }

  void createPartition() {
    GroupEvent.NewPartition wanted = new GroupEvent.NewPartition(PARTITION, "click");
    Outcome outcome =
        step(token -> new GroupEvent.ChangePartitions(List.of(wanted), List.of(), token));
    assertThat(outcome).isInstanceOf(Outcome.PartitionsChanged.class);
  }

  LivePartition partition() {
    await("has the partition", () -> ask(group -> group.machine().view(PARTITION).isPresent()));
    return ask(
        group -> group.partition(group.machine().view(PARTITION).orElseThrow().info().number()));
  }

  /** Hands over one batch of so many records; the future has what came of it. */
  CompletableFuture<ProduceRequest> produce(LivePartition partition, ByteBuffer batch, int count) {
    CompletableFuture<ProduceRequest> done = new CompletableFuture<>();
    ProduceRequest request =
        new ProduceRequest(
            complete -> core().whenWritten(complete, () -> reuse(batch, complete, done)),
            1,
            System.nanoTime());
    request.add(
        partition,
        batch,
        new ArrayList<>(List.of(BatchInfo.plain(batch.remaining(), count - 1, 1_000))));
    core().submit(request);
    return done.orTimeout(TIMEOUT_S, TimeUnit.SECONDS);
  }

  /** A listener's memory is used for other requests from here on. */
  private static void reuse(
      ByteBuffer batch, ProduceRequest request, CompletableFuture<ProduceRequest> done) {
    Arrays.fill(batch.array(), (byte) 0xee);
    done.complete(request);
  }

  /** Every committed byte of the partition here. */
  ByteBuffer read() {
    LivePartition partition = partition();
    ByteBuffer all = ByteBuffer.allocate(64 << 20);
    long offset = 0;
    while (offset < partition.highWatermark()) {
      try (Journal.Slice slice =
          journal.readBatches(
              GROUP, partition.number(), offset, partition.highWatermark(), 1 << 20)) {
        assertThat(slice).as("at offset %d of broker %d", offset, id).isNotNull();
        slice.batches().forEach(batches -> all.put(batches.duplicate()));
        offset = slice.nextOffset();
      }
    }
    return all.flip();
  }

  static void await(String what, Supplier<Boolean> condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_S);
    while (!condition.get()) {
      assertThat(System.nanoTime()).as("deadline for: %s", what).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  @Override
  public void close() {
    listener.close();
    loops.close();
    runtime.close();
  }
}

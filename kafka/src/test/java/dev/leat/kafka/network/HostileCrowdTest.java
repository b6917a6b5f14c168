package dev.leat.kafka.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.runtime.Answer;
import dev.leat.broker.server.BrokerConfig;
import dev.leat.broker.server.ListenerLimits;
import dev.leat.crds.TopicSpec;
import dev.leat.kafka.RawClient;
import dev.leat.kafka.RunningBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.ProduceResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client that behaves is served at its pace, whatever crowds of others do. */
@Timeout(120)
@Tag("slow")
class HostileCrowdTest {
  private static final int MIB = 1 << 20;
  private static final long ATTACK_NANOS = TimeUnit.SECONDS.toNanos(4);

  /** Far above what a request takes, far below how long a stuck client is given otherwise. */
  private static final long MAX_LATENCY_MS = 3_000;

  private static final int CREATE_LIMIT_S = 60;
  private static final int LEAVE_LIMIT_S = 20;
  private static final int LEAST_SENT = 20;

  /** More than one address may have. */
  private static final int MOST_SILENT = 2_500;

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final int SMALL_RECEIVE_BYTES = 4 << 10;

  @TempDir private static Path directory;
  private static RunningBroker broker;

  private final ConcurrentLinkedQueue<RawClient> crowd = new ConcurrentLinkedQueue<>();
  private volatile boolean over;
  private volatile double mostHeldBytes;
  private double closedBefore;

  @BeforeAll
  static void start() throws Exception {
    broker =
        new RunningBroker(
            directory,
            config ->
                config
                    .withMemory(new BrokerConfig.MemoryLimits(8 * MIB, 8 * MIB, 8 * MIB))
                    .withLimits(new ListenerLimits(1_500, 1_400, 600_000)));
    createTopic("orders", 1);
    createTopic("wide", 200);
    // Classes are loaded with the first request: that says nothing of limits.
    try (RawClient first = new RawClient(broker.port())) {
      produce(first);
    }
  }

  private static void createTopic(String name, int partitions) throws Exception {
    var made =
        broker
            .broker()
            .api()
            .topicAdmin()
            .create(name, TopicSpec.DEFAULT.withPartitions(partitions), false);
    Answer<?> answer = made.toCompletableFuture().get(CREATE_LIMIT_S, TimeUnit.SECONDS);
    assertThat(answer).isInstanceOf(Answer.Ok.class);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @BeforeEach
  void count() throws IOException {
    long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(LEAVE_LIMIT_S);
    while (heldBytes() > 0) {
      assertThat(System.nanoTime()).as("nobody is left of those before").isLessThan(endNanos);
    }
    closedBefore = broker.metric("leat_connections_closed_total");
  }

  @AfterEach
  void disperse() throws IOException {
    for (RawClient client : crowd) {
      client.close();
    }
  }

  /** What one of the crowd does, over and over. */
  private interface Misdeed {
    void commit() throws IOException;
  }

  /** At a pace: that a machine is busy with all that it is sent says nothing of its limits. */
  private Thread attack(Misdeed misdeed, long paceMs) {
    return Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              while (!over) {
                try {
                  misdeed.commit();
                } catch (IOException refused) {
                  // It goes on with the next connection.
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(paceMs));
              }
            });
  }

  private static double heldBytes() throws IOException {
    return broker.metric("leat_slow_held_bytes");
  }

  /** Beside the good client: to ask for metrics takes long while a crowd keeps the machine busy. */
  private Thread watch() {
    return Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              while (!over) {
                try {
                  mostHeldBytes = Math.max(mostHeldBytes, heldBytes());
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
                LockSupport.parkNanos(LOOK_NANOS);
              }
            });
  }

  private RawClient join() throws IOException {
    RawClient client = new RawClient(broker.port(), "127.0.0.1", SMALL_RECEIVE_BYTES);
    crowd.add(client);
    RawClient oldest = crowd.size() > MOST_SILENT ? crowd.poll() : null;
    if (oldest != null) {
      oldest.close();
    }
    if (over) {
      client.close();
      throw new IOException("it is over");
    }
    return client;
  }

  /** The longest that a record of a good client took to be acknowledged, on one connection. */
  private long worstLatencyMs() throws IOException {
    long worst = 0;
    try (RawClient good = new RawClient(broker.port(), "127.0.0.2", 0)) {
      long end = System.nanoTime() + ATTACK_NANOS;
      for (int sent = 0; sent < LEAST_SENT || System.nanoTime() < end; sent++) {
        long start = System.nanoTime();
        produce(good);
        worst = Math.max(worst, System.nanoTime() - start);
      }
    }
    return TimeUnit.NANOSECONDS.toMillis(worst);
  }

  private static void produce(RawClient client) throws IOException {
    MemoryRecords records =
        MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(new byte[100]));
    ProduceRequestData.TopicProduceData topic =
        new ProduceRequestData.TopicProduceData().setName("orders");
    topic
        .partitionData()
        .add(new ProduceRequestData.PartitionProduceData().setIndex(0).setRecords(records));
    ProduceRequestData request = new ProduceRequestData().setAcks((short) -1).setTimeoutMs(30_000);
    request.topicData().add(topic);
    ProduceResponse response = (ProduceResponse) client.ask(ApiKeys.PRODUCE, 12, request);
    assertThat(response.errorCounts().keySet()).containsExactly(Errors.NONE);
  }

  private void assertServedWell(int attackers, long paceMs, Misdeed misdeed) throws Exception {
    List<Thread> threads = new ArrayList<>(List.of(watch()));
    for (int i = 0; i < attackers; i++) {
      threads.add(attack(misdeed, paceMs));
    }

    long worstMs = worstLatencyMs();

    over = true;
    for (RawClient client : crowd) {
      client.close();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(worstMs).isLessThan(MAX_LATENCY_MS);
  }

  @Test
  void shouldServeWhileManyLeaveTheirRequestsUnfinished() throws Exception {
    byte[] part = ByteBuffer.allocate(MIB).putInt(4 * MIB - 1).putShort(ApiKeys.PRODUCE.id).array();

    assertServedWell(8, 100, () -> join().sendBytes(part));

    assertThat(mostHeldBytes).isBetween(1.0 * MIB, 13.0 * MIB);
    assertThat(closed()).isPositive();
  }

  @Test
  void shouldServeWhileManyDoNotReadTheirResponses() throws Exception {
    assertServedWell(
        24,
        2_500,
        () -> {
          RawClient slow = join();
          for (int i = 0; i < 2_000; i++) {
            slow.send(slow.frame(ApiKeys.METADATA, (short) 1, allTopics()));
          }
        });

    assertThat(mostHeldBytes).isBetween(1.0 * MIB, 25.0 * MIB);
    assertThat(closed()).isPositive();
  }

  /** Connections that the broker has closed during the attack. */
  private double closed() throws IOException {
    return broker.metric("leat_connections_closed_total") - closedBefore;
  }

  private static MetadataRequestData allTopics() {
    return new MetadataRequestData().setTopics(null);
  }

  @Test
  void shouldServeWhileThousandsConnectAndSayNothing() throws Exception {
    assertServedWell(
        4,
        1,
        () -> {
          if (crowd.size() < MOST_SILENT) {
            join();
          } else {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
          }
        });

    assertThat(broker.metric("leat_connections_refused_total")).isPositive();
  }

  @Test
  void shouldServeWhileManyAnnounceHugeRequests() throws Exception {
    byte[] huge = ByteBuffer.allocate(8).putInt(Integer.MAX_VALUE).putInt(0).array();

    assertServedWell(
        4,
        10,
        () -> {
          RawClient client = join();
          client.sendBytes(huge).receive();
          client.close();
          crowd.remove(client);
        });

    assertThat(mostHeldBytes).isLessThan(MIB);
    assertThat(closed()).isGreaterThan(100);
  }
}

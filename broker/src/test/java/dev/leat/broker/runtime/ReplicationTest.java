package dev.leat.broker.runtime;

import static dev.leat.broker.runtime.LinkedBroker.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.batch.BatchBuilder;
import dev.leat.api.batch.Compression;
import dev.leat.broker.log.Replica;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A group over three brokers with real disks and sockets; who leads is up to the test. */
class ReplicationTest {
  private static final List<Replica> VOTERS =
      List.of(new Replica(0, 100), new Replica(1, 101), new Replica(2, 102));

  @TempDir Path directory;
  private final Random random = new Random(7);
  private final List<LinkedBroker> brokers = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    for (int id = 0; id < VOTERS.size(); id++) {
      brokers.add(new LinkedBroker(id, directory));
    }
    brokers.forEach(this::reachAll);
    brokers.forEach(broker -> broker.create(VOTERS));
    brokers.getFirst().lead(1);
    brokers.getFirst().createPartition();
  }

  private void reachAll(LinkedBroker broker) {
    brokers.stream()
        .filter(other -> other != broker)
        .forEach(
            other -> {
              broker.reach(other);
              other.reach(broker);
            });
  }

  @AfterEach
  void close() {
    brokers.forEach(LinkedBroker::close);
  }

  /** Produces in bursts; the memory of each batch is used again as soon as it is acknowledged. */
  private long produce(LinkedBroker leader, int batches, int bytes) {
    LivePartition partition = leader.partition();
    List<CompletableFuture<ProduceRequest>> requests = new ArrayList<>();
    for (int i = 0; i < batches; i++) {
      requests.add(leader.produce(partition, batch(bytes), 1));
      if (requests.size() == 16) {
        requests.forEach(ReplicationTest::checkDone);
        requests.clear();
      }
    }
    requests.forEach(ReplicationTest::checkDone);
    return partition.highWatermark();
  }

  private static void checkDone(CompletableFuture<ProduceRequest> request) {
    assertThat(request.join().error(0)).isNull();
  }

  private ByteBuffer batch(int bytes) {
    byte[] value = new byte[bytes];
    random.nextBytes(value);
    BatchBuilder builder = new BatchBuilder(new byte[bytes + 200]);
    builder.append(1_000, null, value);
    return builder.finish(Compression.NONE);
  }

  private void awaitEqual() {
    long committed = leader().status().committedSeq();
    for (LinkedBroker broker : brokers) {
      await(
          "broker " + broker.id + " has entry " + committed,
          () -> broker.status().appliedSeq() >= committed);
    }
    ByteBuffer expected = leader().read();
    for (LinkedBroker broker : brokers) {
      assertThat(broker.read()).as("broker %d", broker.id).isEqualTo(expected);
    }
  }

  private LinkedBroker leader() {
    return brokers.stream()
        .filter(broker -> broker.ask(group -> group.view().leadership().here()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void shouldCopyEveryByteToAllReplicas() {
    long end = produce(brokers.getFirst(), 500, 2_000);

    assertThat(end).isEqualTo(500);
    awaitEqual();
  }

  @Test
  void shouldGoOnWithoutOneReplicaAndFeedItFromTheJournalLater() throws IOException {
    produce(brokers.getFirst(), 50, 1_000);
    brokers.remove(2).close();

    long end = produce(brokers.getFirst(), 300, 20_000);
    LinkedBroker back = new LinkedBroker(2, directory);
    brokers.add(back);
    reachAll(back);

    assertThat(end).isEqualTo(350);
    awaitEqual();
  }

  @Test
  void shouldHoldNothingForAReplicaThatTakesNothing() {
    brokers.get(1).runtime.links().forget(0);
    brokers.get(0).runtime.links().forget(1);
    long end = produce(brokers.getFirst(), 400, 50_000);
    brokers.get(0).reach(brokers.get(1));
    brokers.get(1).reach(brokers.get(0));

    assertThat(end).isEqualTo(400);
    awaitEqual();
  }

  @Test
  void shouldChangeLeadersUnderLoadAndKeepWhatWasAcknowledged() {
    long acknowledged = 0;
    for (int epoch = 2; epoch < 8; epoch++) {
      LinkedBroker next = brokers.get(epoch % brokers.size());
      LinkedBroker before = leader();
      LivePartition partition = before.partition();
      List<CompletableFuture<ProduceRequest>> open = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        open.add(before.produce(partition, batch(5_000), 1));
      }
      next.lead(epoch);
      for (CompletableFuture<ProduceRequest> request : open) {
        acknowledged += request.join().error(0) == null ? 1 : 0;
      }
      produce(next, 10, 500);
      acknowledged += 10;
    }

    assertThat(leader().partition().highWatermark()).isGreaterThanOrEqualTo(acknowledged);
    awaitEqual();
  }

  @Test
  void shouldTellWhoLeadsInstead() {
    LivePartition there = brokers.get(1).partition();

    ProduceRequest refused = brokers.get(1).produce(there, batch(100), 1).join();

    assertThat(refused.error(0).code()).isEqualTo(RequestError.Code.NOT_LEADER);
    assertThat(refused.error(0).leadership().leader()).isZero();
  }
}

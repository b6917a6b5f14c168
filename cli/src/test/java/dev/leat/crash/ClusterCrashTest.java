package dev.leat.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three brokers in processes of their own, under load: one is killed, or silent for a while, or
 * killed while the state store is silent, or all are at once, or everything and a disk is emptied.
 * What was acknowledged is there afterwards, once, in order, at its offset. {@code
 * -Dcrash.rounds=100 -Dcrash.maxSilenceMs=30000} for the long form, {@code -Dcrash.seed=N} to see a
 * run again.
 */
@Tag("crash")
class ClusterCrashTest {
  private static final int ROUNDS = Integer.getInteger("crash.rounds", 3);
  private static final long SEED = Long.getLong("crash.seed", System.nanoTime());
  private static final int MIN_SILENCE_MS = 500;
  private static final int MAX_SILENCE_MS = Integer.getInteger("crash.maxSilenceMs", 3_000);
  private static final int BROKERS = 3;
  private static final int PARTITIONS = 8;
  private static final int PAUSE_NANOS = 2_000_000;
  private static final int TIMEOUT_S = 60;
  private static final String TOPIC = "crash";

  @TempDir Path directory;
  private final SplittableRandom random = new SplittableRandom(SEED);

  @Test
  void shouldKeepEveryAcknowledgedRecordWhateverDies() throws Exception {
    System.out.println("ClusterCrashTest: " + ROUNDS + " rounds, -Dcrash.seed=" + SEED);
    BrokerProcess cluster = new BrokerProcess(directory, BROKERS);
    try (WholeLog log = new WholeLog(cluster.port())) {
      log.createTopic(TOPIC, PARTITIONS);
    }
    NumberedWriter writer =
        new NumberedWriter(cluster.bootstrap(), TOPIC, PARTITIONS, PAUSE_NANOS, random.split());

    for (int round = 0; round < ROUNDS; round++) {
      awaitProgress(writer);
      killOne(cluster);
      awaitProgress(writer);
      silenceOne(cluster);
      awaitProgress(writer);
      killWithoutStore(cluster, writer);
      awaitProgress(writer);
      killAll(cluster);
      awaitProgress(writer);
      loseADisk(cluster);
    }
    awaitProgress(writer);
    long[] sent = writer.finish();

    List<WholeLog> logs =
        IntStream.range(0, BROKERS).mapToObj(id -> new WholeLog(cluster.port() + id)).toList();
    for (int p = 0; p < PARTITIONS; p++) {
      writer.check(p, WholeLog.readAt(logs, TOPIC, p), sent[p]);
    }
    logs.forEach(WholeLog::close);
    assertThat(cluster.stop()).isZero();
  }

  private static void awaitProgress(NumberedWriter writer) throws InterruptedException {
    long goal = writer.acknowledged() + 200;
    await("records are acknowledged", () -> writer.acknowledged() >= goal);
  }

  private static void await(String what, Supplier<Boolean> condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_S);
    while (!condition.get()) {
      assertThat(System.nanoTime()).as("deadline for: %s", what).isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  private static void awaitAll(BrokerProcess cluster) throws InterruptedException {
    await("all brokers run", () -> cluster.children().size() == BROKERS);
  }

  /** A second disk may be lost only when what was on the first one has been copied. */
  private static void awaitWhole(BrokerProcess cluster) throws InterruptedException {
    try (WholeLog log = new WholeLog(cluster.port())) {
      await("all replicas are there", () -> log.isWhole(BROKERS));
    }
  }

  private void killOne(BrokerProcess cluster) throws InterruptedException {
    awaitAll(cluster);
    anyOf(cluster).destroyForcibly();
  }

  private ProcessHandle anyOf(BrokerProcess cluster) {
    List<ProcessHandle> brokers = cluster.children();
    return brokers.get(random.nextInt(brokers.size()));
  }

  /** One broker stands still, as in a long pause, and then goes on as if nothing had been. */
  private void silenceOne(BrokerProcess cluster) throws IOException, InterruptedException {
    awaitAll(cluster);
    ProcessHandle broker = anyOf(cluster);
    BrokerProcess.signal("STOP", broker);
    TimeUnit.MILLISECONDS.sleep(random.nextInt(MIN_SILENCE_MS, MAX_SILENCE_MS + 1));
    BrokerProcess.signal("CONT", broker);
  }

  /** {@code up} serves the state store: it stands still, and so nobody is started again either. */
  private void killWithoutStore(BrokerProcess cluster, NumberedWriter writer)
      throws IOException, InterruptedException {
    awaitAll(cluster);
    awaitWhole(cluster);
    cluster.freeze();
    anyOf(cluster).destroyForcibly();
    awaitProgress(writer);
    TimeUnit.MILLISECONDS.sleep(random.nextInt(MIN_SILENCE_MS, MAX_SILENCE_MS + 1));
    awaitProgress(writer);
    cluster.goOn();
  }

  private static void killAll(BrokerProcess cluster) throws InterruptedException {
    awaitAll(cluster);
    cluster.children().forEach(ProcessHandle::destroyForcibly);
  }

  /** Everything is killed, and one broker comes back with nothing: a new replica. */
  private void loseADisk(BrokerProcess cluster) throws IOException, InterruptedException {
    awaitWhole(cluster);
    List<ProcessHandle> brokers = new ArrayList<>(cluster.children());
    cluster.kill();
    await("the brokers end", () -> brokers.stream().noneMatch(ProcessHandle::isAlive));
    delete(directory.resolve("broker-" + random.nextInt(BROKERS)));
    cluster.restart();
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}

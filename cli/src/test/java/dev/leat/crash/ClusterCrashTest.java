package dev.leat.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three brokers in processes of their own, under load: one is killed, or silent for a while, or
 * killed while the state store is silent; links between them are cut, both ways or one; all are
 * killed at once, or everything and a disk is emptied. What was acknowledged is there afterwards,
 * once, in order, at its offset. {@code -Dcrash.rounds=100}, or {@code -Dcrash.minutes=30}, and
 * {@code -Dcrash.maxSilenceMs=30000} for the long form, {@code -Dcrash.seed=N} for the same faults
 * again.
 */
@Tag("crash")
class ClusterCrashTest {
  private static final int ROUNDS = Integer.getInteger("crash.rounds", 3);
  private static final int MINUTES = Integer.getInteger("crash.minutes", 0);
  private static final long SEED = Long.getLong("crash.seed", System.nanoTime());
  private static final int MIN_SILENCE_MS = 500;
  private static final int MAX_SILENCE_MS = Integer.getInteger("crash.maxSilenceMs", 3_000);
  private static final int BROKERS = 3;
  private static final int PARTITIONS = 8;
  private static final int PAUSE_NANOS = 2_000_000;
  private static final int TIMEOUT_S = 60;
  private static final String TOPIC = "crash";

  /** Stays, with what the brokers have said, if something is wrong. */
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path directory;

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final long began = System.nanoTime();
  private final List<WholeLog> running = new ArrayList<>();

  @Test
  void shouldKeepEveryAcknowledgedRecordWhateverDies() throws Exception {
    String length = MINUTES > 0 ? MINUTES + " minutes" : ROUNDS + " rounds";
    say(length + ", -Dcrash.seed=" + SEED);
    BrokerProcess cluster = BrokerProcess.withProxies(directory, BROKERS);
    try (WholeLog log = new WholeLog(cluster.port())) {
      log.createTopic(TOPIC, PARTITIONS);
    }
    IntStream.range(0, BROKERS).forEach(id -> running.add(new WholeLog(cluster.port() + id)));
    NumberedWriter writer =
        new NumberedWriter(cluster.bootstrap(), TOPIC, PARTITIONS, PAUSE_NANOS, random.split());

    for (int round = 1; goesOn(round); round++) {
      awaitProgress(writer);
      killOne(cluster);
      awaitProgress(writer);
      silenceOne(cluster);
      awaitProgress(writer);
      cutALink(cluster, writer);
      awaitProgress(writer);
      isolateOne(cluster, writer);
      awaitProgress(writer);
      killWithoutStore(cluster, writer);
      awaitProgress(writer);
      killAll(cluster);
      awaitProgress(writer);
      loseADisk(cluster);
      say("round " + round + " is over: " + writer.acknowledged() + " records acknowledged");
    }
    awaitProgress(writer);
    long[] sent = writer.finish();

    for (int p = 0; p < PARTITIONS; p++) {
      writer.check(p, WholeLog.readAt(running, TOPIC, p), sent[p]);
    }
    running.forEach(WholeLog::close);
    assertThat(cluster.stop()).isZero();
    say("all of " + Arrays.stream(sent).sum() + " records are there, once, in order");
  }

  private boolean goesOn(int round) {
    return MINUTES > 0
        ? System.nanoTime() - began < TimeUnit.MINUTES.toNanos(MINUTES)
        : round <= ROUNDS;
  }

  private void say(String line) {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
    System.out.println("ClusterCrashTest, " + seconds + " s: " + line);
  }

  private void awaitProgress(NumberedWriter writer) throws InterruptedException {
    long goal = writer.acknowledged() + 200;
    try {
      await("records are acknowledged", () -> writer.acknowledged() >= goal);
    } catch (AssertionError e) {
      say("nothing goes on; " + directory + "/stderr.log has what the brokers say");
      running.forEach(log -> say(log.describe(TOPIC)));
      throw e;
    }
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
    say("one is killed");
    anyOf(cluster).destroyForcibly();
  }

  /** Two brokers do not hear each other, or only one of them the other; both hear the third. */
  private void cutALink(BrokerProcess cluster, NumberedWriter writer) throws InterruptedException {
    awaitAll(cluster);
    int from = random.nextInt(BROKERS);
    int to = (from + 1 + random.nextInt(BROKERS - 1)) % BROKERS;
    boolean oneWay = random.nextBoolean();
    say("nothing comes from " + from + " to " + to + (oneWay ? "" : ", nor back"));
    cluster.proxies().cut(from, to);
    if (!oneWay) {
      cluster.proxies().cut(to, from);
    }
    goOnAndMend(cluster, writer);
  }

  /** One broker hears nobody, or is heard by nobody, or both. Clients reach it. */
  private void isolateOne(BrokerProcess cluster, NumberedWriter writer)
      throws InterruptedException {
    awaitAll(cluster);
    int one = random.nextInt(BROKERS);
    boolean deaf = random.nextInt(3) > 0;
    boolean mute = !deaf || random.nextBoolean();
    say("broker " + one + (deaf ? " hears nobody" : "") + (mute ? " is heard by nobody" : ""));
    for (int other = 0; other < BROKERS; other++) {
      if (other != one && deaf) {
        cluster.proxies().cut(other, one);
      }
      if (other != one && mute) {
        cluster.proxies().cut(one, other);
      }
    }
    goOnAndMend(cluster, writer);
  }

  private void goOnAndMend(BrokerProcess cluster, NumberedWriter writer)
      throws InterruptedException {
    awaitProgress(writer);
    TimeUnit.MILLISECONDS.sleep(random.nextInt(MIN_SILENCE_MS, MAX_SILENCE_MS + 1));
    awaitProgress(writer);
    cluster.proxies().mend();
  }

  private ProcessHandle anyOf(BrokerProcess cluster) {
    List<ProcessHandle> brokers = cluster.children();
    return brokers.get(random.nextInt(brokers.size()));
  }

  /** One broker stands still, as in a long pause, and then goes on as if nothing had been. */
  private void silenceOne(BrokerProcess cluster) throws IOException, InterruptedException {
    awaitAll(cluster);
    ProcessHandle broker = anyOf(cluster);
    int ms = random.nextInt(MIN_SILENCE_MS, MAX_SILENCE_MS + 1);
    say("one is silent for " + ms + " ms");
    BrokerProcess.signal("STOP", broker);
    TimeUnit.MILLISECONDS.sleep(ms);
    BrokerProcess.signal("CONT", broker);
  }

  /** {@code up} serves the state store: it stands still, and so nobody is started again either. */
  private void killWithoutStore(BrokerProcess cluster, NumberedWriter writer)
      throws IOException, InterruptedException {
    awaitAll(cluster);
    awaitWhole(cluster);
    say("the store is silent, and one is killed");
    cluster.freeze();
    anyOf(cluster).destroyForcibly();
    awaitProgress(writer);
    TimeUnit.MILLISECONDS.sleep(random.nextInt(MIN_SILENCE_MS, MAX_SILENCE_MS + 1));
    awaitProgress(writer);
    cluster.goOn();
  }

  private void killAll(BrokerProcess cluster) throws InterruptedException {
    awaitAll(cluster);
    say("all are killed");
    cluster.children().forEach(ProcessHandle::destroyForcibly);
  }

  /** Everything is killed, and one broker comes back with nothing: a new replica. */
  private void loseADisk(BrokerProcess cluster) throws IOException, InterruptedException {
    awaitWhole(cluster);
    say("all are killed, and one disk is empty afterwards");
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

package dev.leat.broker.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.broker.control.StoreOutcome;
import dev.leat.crds.Kind;
import dev.leat.crds.Resource;
import dev.leat.crds.ResourceName;
import dev.leat.crds.Topic;
import dev.leat.crds.TopicPhase;
import dev.leat.crds.TopicSpec;
import dev.leat.crds.TopicStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Crashes the store before every single step that it does on its disk, and looks at what the next
 * one finds: everything acknowledged, nothing half done, and versions that only grow.
 */
class LocalStateStoreCrashTest {
  private static final Path DIRECTORY = Path.of("/leat");
  private static final int NAMES = 5;
  private static final int BATCHES = 12;
  // Small, so that the log is emptied several times.
  private static final long MAX_LOG_BYTES = 3_000;
  private static final int POWER_FAILURES = 4;

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void shouldLoseNothingAcknowledgedWhereverItCrashes(long seed) throws IOException {
    crashEverywhere(seed);
  }

  @ParameterizedTest
  @ValueSource(longs = {3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  @Tag("slow")
  void shouldLoseNothingAcknowledgedWhereverItCrashesWithMoreSeeds(long seed) throws IOException {
    crashEverywhere(seed);
  }

  private static void crashEverywhere(long seed) throws IOException {
    int crashes = 0;
    for (boolean finished = false; !finished; crashes++) {
      ForgetfulDisk disk = new ForgetfulDisk();
      Workload workload = new Workload(new Random(seed));

      finished = workload.runUntilCrash(disk, crashes);

      workload.check(disk.afterKill(), "kill before step " + crashes);
      for (int i = 0; i < POWER_FAILURES; i++) {
        Random random = new Random(seed * 1_000_003 + crashes * 31L + i);
        workload.check(disk.afterPowerFailure(random), "power failure before step " + crashes);
      }
    }
    assertThat(crashes).isGreaterThan(100);
  }

  @Test
  void shouldAnswerUnreachableWhileTheDiskIsFullAndThenGoOn() throws IOException {
    ForgetfulDisk disk = new ForgetfulDisk();
    LocalStateStore store = open(disk, Runnable::run);
    Topic before = value(store.create(topic("before")));

    disk.setFull(true);
    StoreOutcome<Topic> refused = store.create(topic("during")).toCompletableFuture().join();
    List<Topic> meanwhile = value(store.list(Kind.TOPIC));
    disk.setFull(false);
    Topic after = value(store.create(topic("after")));

    assertThat(refused).isInstanceOf(StoreOutcome.Unreachable.class);
    assertThat(((StoreOutcome.Unreachable<Topic>) refused).reason())
        .isEqualTo("writing to disk failed: No space left on device");
    assertThat(meanwhile).containsExactly(before);
    store.close();
    LocalStateStore reopened = open(disk, Runnable::run);
    assertThat(value(reopened.list(Kind.TOPIC))).containsExactlyInAnyOrder(before, after);
  }

  @Test
  void shouldKeepItsFilesAloneAfterItWasClosed() throws IOException {
    ForgetfulDisk disk = new ForgetfulDisk();
    LocalStateStore store = open(disk, Runnable::run);
    Topic topic = value(store.create(topic("a")));

    store.close();

    ForgetfulDisk after = disk.afterPowerFailure(new Random(1));
    after.delete(DIRECTORY.resolve("resources/changes.log"));
    LocalStateStore reopened = open(after, Runnable::run);
    assertThat(value(reopened.list(Kind.TOPIC))).containsExactly(topic);
  }

  @Test
  void shouldTakeFilesThatWereEditedAfterACrash() throws IOException {
    ForgetfulDisk disk = new ForgetfulDisk();
    LocalStateStore store = open(disk, Runnable::run);
    value(store.create(topic("edited")));
    value(store.create(topic("broken")));
    Topic gone = value(store.create(topic("made-again")));
    value(store.delete(gone));

    ForgetfulDisk crashed = disk.afterKill();
    String text = new String(crashed.read(file("topics/shop/edited.yaml")), UTF_8);
    crashed.write(
        file("topics/shop/edited.yaml"),
        text.replace("partitions: 1", "partitions: 4").getBytes(UTF_8));
    crashed.write(file("topics/shop/broken.yaml"), "partitions 4".getBytes(UTF_8));
    crashed.write(
        file("topics/shop/made-again.yaml"),
        ("{apiVersion: leat.dev/v1alpha1, kind: Topic,"
                + " metadata: {name: made-again, namespace: shop}}")
            .getBytes(UTF_8));
    LocalStateStore reopened = open(crashed, Runnable::run);

    assertThat(value(reopened.list(Kind.TOPIC)))
        .extracting(found -> found.metadata().name() + " " + found.spec().partitions())
        .containsExactly("broken 1", "edited 4", "made-again 1");
    assertThat(crashed.read(file("topics/shop/broken.kept"))).asString().isEqualTo("partitions 4");
  }

  @Test
  void shouldReportALogThatIsDamagedBeforeItsEnd() throws IOException {
    ForgetfulDisk disk = new ForgetfulDisk();
    LocalStateStore store = open(disk, Runnable::run);
    value(store.create(topic("a")));
    value(store.create(topic("b")));

    ForgetfulDisk damaged = disk.afterKill();
    damaged.writeAt(file("changes.log"), 100, new byte[] {0, 0});

    assertThatThrownBy(() -> open(damaged, Runnable::run))
        .isInstanceOf(DamagedResourcesException.class)
        .hasMessageContaining("changes.log:1: is damaged at byte 0, and has changes from byte");
  }

  private static LocalStateStore open(ForgetfulDisk disk, Executor executor) throws IOException {
    ResourceDirectory directory =
        ResourceDirectory.open(disk, DIRECTORY.resolve("resources"), MAX_LOG_BYTES);
    return LocalStateStore.open(directory, TestContext.on(executor));
  }

  private static Topic topic(String name) {
    return Topic.of(new ResourceName("shop", name), TopicSpec.DEFAULT);
  }

  private static Path file(String name) {
    return DIRECTORY.resolve("resources").resolve(name);
  }

  private static <T> T value(CompletionStage<StoreOutcome<T>> stage) {
    return ((StoreOutcome.Ok<T>) stage.toCompletableFuture().join()).value();
  }

  /** Random writes in batches, and what may be found after them. */
  private static final class Workload {
    private final Random random;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    // What was acknowledged last; empty: that it is gone.
    private final Map<ResourceName, Optional<Topic>> acknowledged = new TreeMap<>();
    // What the batch that was being written at the crash would have led to.
    private final Map<ResourceName, Optional<Topic>> attempted = new TreeMap<>();
    private long highestVersion;

    Workload(Random random) {
      this.random = random;
    }

    /** Whether it came to its end without a crash. */
    boolean runUntilCrash(ForgetfulDisk disk, long steps) throws IOException {
      disk.crashAfter(steps);
      try {
        LocalStateStore store = open(disk, tasks::add);
        for (int i = 0; i < BATCHES; i++) {
          runBatch(store);
        }
        store.close();
        return true;
      } catch (ForgetfulDisk.Crash e) {
        return false;
      }
    }

    private void runBatch(LocalStateStore store) {
      Map<ResourceName, CompletableFuture<StoreOutcome<Topic>>> answers = new TreeMap<>();
      attempted.clear();
      for (int i = 1 + random.nextInt(3); i > 0; i--) {
        ResourceName name = new ResourceName("shop", "topic-" + random.nextInt(NAMES));
        if (!answers.containsKey(name)) {
          answers.put(name, write(store, name));
        }
      }
      tasks.remove().run();
      attempted.clear();
      answers.forEach((name, answer) -> acknowledge(name, answer.join()));
    }

    private CompletableFuture<StoreOutcome<Topic>> write(LocalStateStore store, ResourceName name) {
      Optional<Topic> current = acknowledged.getOrDefault(name, Optional.empty());
      if (current.isEmpty()) {
        Topic created = Topic.of(name, TopicSpec.DEFAULT);
        attempted.put(name, Optional.of(created));
        return store.create(created).toCompletableFuture();
      }
      Topic topic = current.get();
      if (random.nextInt(3) == 0) {
        attempted.put(name, Optional.empty());
        return store.delete(topic).toCompletableFuture();
      }
      TopicStatus status =
          new TopicStatus(
              topic.status().observedGeneration() + 1,
              TopicPhase.CREATING,
              Optional.empty(),
              Optional.empty(),
              List.of());
      attempted.put(name, Optional.of(topic.withStatus(status)));
      return store.updateStatus(topic.withStatus(status)).toCompletableFuture();
    }

    private void acknowledge(ResourceName name, StoreOutcome<Topic> outcome) {
      Topic topic = ((StoreOutcome.Ok<Topic>) outcome).value();
      long version = ResourceVersions.numberOf(topic.metadata().resourceVersion());
      boolean removed =
          acknowledged.getOrDefault(name, Optional.empty()).filter(topic::equals).isPresent();
      acknowledged.put(name, removed ? Optional.empty() : Optional.of(topic));
      highestVersion = Math.max(highestVersion, version);
    }

    void check(ForgetfulDisk disk, String when) throws IOException {
      LocalStateStore store = open(disk, Runnable::run);
      Map<ResourceName, Topic> found = new TreeMap<>();
      value(store.list(Kind.TOPIC)).forEach(topic -> found.put(topic.resourceName(), topic));
      for (int i = 0; i < NAMES; i++) {
        ResourceName name = new ResourceName("shop", "topic-" + i);
        checkOne(name, Optional.ofNullable(found.get(name)), when);
      }
      Topic next = value(store.create(topic("next")));
      assertThat(ResourceVersions.numberOf(next.metadata().resourceVersion()))
          .as(when)
          .isGreaterThan(highestVersion);
    }

    private void checkOne(ResourceName name, Optional<Topic> found, String when) {
      List<Optional<String>> allowed = new ArrayList<>();
      allowed.add(essence(acknowledged.getOrDefault(name, Optional.empty())));
      if (attempted.containsKey(name)) {
        allowed.add(essence(attempted.get(name)));
      }
      assertThat(allowed).as(when + ": " + name).contains(essence(found));
    }

    private static Optional<String> essence(Optional<Topic> topic) {
      return topic.map(Resource::resourceName).map(name -> name + " " + topic.get().status());
    }
  }
}

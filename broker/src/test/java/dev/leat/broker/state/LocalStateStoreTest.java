package dev.leat.broker.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.broker.control.StateStore;
import dev.leat.broker.control.StateStoreContract;
import dev.leat.broker.control.StoreOutcome;
import dev.leat.crds.Kind;
import dev.leat.crds.Lease;
import dev.leat.crds.ResourceName;
import dev.leat.crds.Topic;
import dev.leat.crds.TopicPhase;
import dev.leat.crds.TopicSpec;
import dev.leat.crds.TopicStatus;
import dev.leat.crds.value.Retention;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalStateStoreTest extends StateStoreContract {
  private final ExecutorService executor = Executors.newFixedThreadPool(2);
  @TempDir Path directory;
  private LocalStateStore store;

  @BeforeEach
  void open() throws IOException {
    store = LocalStateStore.open(directory, TestContext.on(executor));
  }

  @AfterEach
  void close() {
    store.close();
    executor.close();
  }

  @Override
  protected StateStore store() {
    return store;
  }

  @Test
  void shouldKeepEverythingAcrossARestart() throws IOException {
    Topic click = ok(store.create(topic(3)));
    Lease lease = ok(store.create(Lease.of(CLICK, noLease())));
    Topic orders =
        ok(store.create(Topic.named("shop", "Orders_EU", TopicSpec.DEFAULT.withPartitions(2))));

    reopen();

    assertThat(ok(store.list(Kind.TOPIC))).containsExactly(click, orders);
    assertThat(ok(store.list(Kind.LEASE))).containsExactly(lease);
  }

  @Test
  void shouldNeverGiveAVersionTwiceEvenOfWhatIsGone() throws IOException {
    Topic click = ok(store.create(topic(3)));
    Lease lease = ok(store.create(Lease.of(CLICK, noLease())));
    ok(store.delete(click));
    ok(store.delete(lease));

    reopen();
    Topic again = ok(store.create(topic(3)));

    assertThat(ResourceVersions.numberOf(again.metadata().resourceVersion()))
        .isGreaterThan(ResourceVersions.numberOf(lease.metadata().resourceVersion()));
  }

  @Test
  void shouldKeepResourcesAsYamlThatPeopleCanRead() throws IOException {
    Topic click = ok(store.create(topic(3)));

    String text = Files.readString(file("topics/shop/click.yaml"));

    assertThat(text)
        .startsWith("# Kept by Leat")
        .contains(
            "apiVersion: leat.dev/v1alpha1\nkind: Topic\nmetadata:\n  name: click\n",
            click.metadata().uid(),
            "spec:\n  partitions: 3\n  retention:\n    time: 7d\n    size: unlimited\n");
  }

  @Test
  void shouldTakeOverWhatWasEditedOrPutThereByHand() throws IOException {
    Topic click = ok(store.create(topic(3)));
    store.close();
    Path file = file("topics/shop/click.yaml");
    Files.writeString(file, Files.readString(file).replace("time: 7d", "time: 1d"));
    Files.writeString(
        file("topics/shop/page-views.yaml"),
        "{apiVersion: leat.dev/v1alpha1, kind: Topic,"
            + " metadata: {name: page-views, namespace: shop}}");

    reopen();

    Topic edited = ok(store.get(Kind.TOPIC, CLICK));
    assertThat(edited.metadata().uid()).isEqualTo(click.metadata().uid());
    assertThat(edited.spec().retention().time()).isEqualTo(Retention.parseTime("1d"));
    Topic added = ok(store.get(Kind.TOPIC, new ResourceName("shop", "page-views")));
    assertThat(added.metadata().uid()).isNotEmpty();
    assertThat(added.metadata().resourceVersion()).isNotEmpty();
    assertThat(ok(store.update(added.withSpec(added.spec().withPartitions(9))))).isNotNull();
  }

  @Test
  void shouldNameFileLineAndFieldOfEveryDamage() throws IOException {
    ok(store.create(topic(3)));
    store.close();
    Path click = file("topics/shop/click.yaml");
    Files.writeString(click, Files.readString(click).replace("partitions: 3", "partitions: many"));
    Path empty = Files.createFile(file("topics/shop/empty.yaml"));
    Path misplaced = Files.copy(click, file("topics/shop/misplaced.yaml"));
    Files.writeString(
        misplaced, Files.readString(misplaced).replace("partitions: many", "partitions: 1"));

    assertThatThrownBy(() -> LocalStateStore.open(directory, TestContext.on(executor)))
        .isInstanceOf(DamagedResourcesException.class)
        .hasMessage(
            """
            %s:12: spec.partitions: is the text 'many'; allowed is a whole number
            %s:1: holds 0 resources; allowed is one
            %s:2: metadata: belongs into %s, by its kind, namespace and name
            mend the files, or move them away, and start again"""
                .formatted(click, empty, misplaced, click));
    Files.delete(empty);
    Files.delete(misplaced);
    Files.writeString(click, Files.readString(click).replace("partitions: many", "partitions: 3"));
    reopen();
    assertThat(ok(store.list(Kind.TOPIC))).hasSize(1);
  }

  @Test
  void shouldReportADamagedVersionFile() throws IOException {
    ok(store.create(topic(3)));
    store.close();
    Files.writeString(file("resource-version"), "lots");

    assertThatThrownBy(() -> LocalStateStore.open(directory, TestContext.on(executor)))
        .isInstanceOf(DamagedResourcesException.class)
        .hasMessageStartingWith(
            file("resource-version") + ":1: 'lots' is no resource version; allowed is a number");
    Files.delete(file("resource-version"));
    reopen();
  }

  @Test
  void shouldDropADamagedLeaseAlone() throws IOException {
    ok(store.create(Lease.of(CLICK, noLease())));
    Lease other = ok(store.create(Lease.of(new ResourceName("shop", "other"), noLease())));
    store.close();
    Files.write(file("leases/shop/click.yaml"), new byte[0]);

    reopen();

    assertThat(ok(store.list(Kind.LEASE))).containsExactly(other);
  }

  @Test
  void shouldRefuseASecondStoreOnTheSameDirectory() {
    assertThatThrownBy(() -> LocalStateStore.open(directory, TestContext.on(executor)))
        .isInstanceOf(DirectoryInUseException.class)
        .hasMessage(
            directory.resolve("resources")
                + " is in use by process "
                + ProcessHandle.current().pid()
                + ": stop that one, or use another directory");
  }

  @Test
  void shouldRefuseNamesTooLongForAFile() {
    ResourceName longest = new ResourceName("shop", "x".repeat(250));
    ResourceName tooLong = new ResourceName("shop", "x".repeat(251));

    ok(store.create(Topic.of(longest, TopicSpec.DEFAULT)));
    StoreOutcome<Topic> refused = result(store.create(Topic.of(tooLong, TopicSpec.DEFAULT)));

    assertThat(refused).isInstanceOf(StoreOutcome.Refused.class);
  }

  @Test
  void shouldAnswerUnreachableAfterClose() {
    store.close();

    assertThat(result(store.create(topic(1)))).isInstanceOf(StoreOutcome.Unreachable.class);
  }

  @Test
  void shouldFinishWhatWasTakenBeforeItCloses() throws IOException {
    List<CompletionStage<StoreOutcome<Topic>>> stages = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      stages.add(store.create(Topic.of(new ResourceName("shop", "topic-" + i), TopicSpec.DEFAULT)));
    }

    store.close();

    assertThat(stages).allMatch(stage -> result(stage) instanceof StoreOutcome.Ok);
    reopen();
    assertThat(ok(store.list(Kind.TOPIC))).hasSize(50);
  }

  @Test
  void shouldLeaveNoTemporaryFilesBehind() throws IOException {
    ok(store.create(topic(1)));
    Files.writeString(file("topics/shop/.tmp"), "half a res");

    reopen();

    try (Stream<Path> files = Files.walk(directory)) {
      assertThat(files.filter(Files::isRegularFile).map(file -> directory.relativize(file)))
          .map(Path::toString)
          .containsExactlyInAnyOrder(
              "resources/.lock",
              "resources/changes.log",
              "resources/resource-version",
              "resources/topics/shop/click.yaml");
    }
  }

  @Test
  void shouldMakeAHundredTopicsAndUpdateThemTwiceWellWithinASecond() {
    makeTopics("warm-up", 100);

    long start = System.nanoTime();
    makeTopics("timed", 100);
    long millis = (System.nanoTime() - start) / 1_000_000;

    assertThat(millis).isLessThan(1_000);
  }

  private void makeTopics(String prefix, int count) {
    List<CompletionStage<StoreOutcome<Topic>>> stages = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ResourceName name = new ResourceName("shop", prefix + "-" + i);
      stages.add(
          store
              .create(Topic.of(name, TopicSpec.DEFAULT))
              .thenCompose(created -> store.updateStatus(counted(created)))
              .thenCompose(once -> store.updateStatus(counted(once))));
    }
    stages.forEach(stage -> ok(stage));
  }

  private static Topic counted(StoreOutcome<Topic> outcome) {
    Topic topic = ((StoreOutcome.Ok<Topic>) outcome).value();
    return topic.withStatus(
        new TopicStatus(
            topic.status().observedGeneration() + 1,
            TopicPhase.CREATING,
            Optional.empty(),
            Optional.empty(),
            List.of()));
  }

  private static Lease.Spec noLease() {
    return new Lease.Spec(Optional.empty(), 40, Optional.empty(), Optional.empty(), 0);
  }

  private Path file(String path) {
    return directory.resolve("resources").resolve(path);
  }

  private void reopen() throws IOException {
    store.close();
    store = LocalStateStore.open(directory, TestContext.on(executor));
  }
}

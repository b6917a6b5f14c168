package dev.leat.broker.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.TopicId;
import dev.leat.crds.Topic;
import dev.leat.crds.TopicPhase;
import dev.leat.crds.TopicSpec;
import dev.leat.crds.TopicStatus;
import dev.leat.crds.value.Cleanup;
import dev.leat.crds.value.ClusterRef;
import dev.leat.crds.value.DeletionPolicy;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What becomes of topics, one story each. */
class TopicMachineTest {
  private final TopicSimulation world = new TopicSimulation(3, 0, false);

  @Test
  void shouldMakeATopicReadyAndWriteItsDefaultsIntoTheResource() {
    world.create("click", spec -> spec.withPartitions(6));

    world.settle();

    Topic click = topic("click");
    assertThat(click.spec().replicas()).hasValue(3);
    assertThat(click.metadata().finalizers()).containsExactly("leat.dev/topic");
    assertThat(click.status().phase()).isEqualTo(TopicPhase.READY);
    assertThat(click.status().topicId()).isPresent();
    world.checkSettled(Set.of());
  }

  @Test
  void shouldGiveOneReplicaWhereThereAreNotThreeBrokers() {
    TopicSimulation small = new TopicSimulation(1, 0, false);
    small.create("click", spec -> spec);

    small.settle();

    assertThat(small.find("click").orElseThrow().spec().replicas()).hasValue(1);
    small.checkSettled(Set.of());
  }

  @Test
  void shouldSayWhyItRefusesMoreReplicasThanBrokers() {
    world.create("click", spec -> spec.withReplicas(5));

    world.settle();

    assertThat(refusal("click"))
        .isEqualTo(
            "TooManyReplicas: spec.replicas is 5, but the cluster has 3 brokers: set it to 3,"
                + " or add brokers");
    assertThat(topic("click").status().phase()).isEqualTo(TopicPhase.REFUSED);
    assertThat(topic("click").status().topicId()).isEmpty();
  }

  @Test
  void shouldMakeARefusedTopicOnceItIsPutRight() {
    world.create("click", spec -> spec.withReplicas(5));
    world.settle();

    world.delete("click");
    world.settle();
    world.create("click", spec -> spec.withReplicas(3));
    world.settle();

    world.checkSettled(Set.of());
  }

  @Test
  void shouldGiveANameToTheFirstTopicThatWantsIt() {
    world.createIn("shop", "click", "click");
    world.createIn("art", "mine", "click");
    world.settle();

    world.checkSettled(Set.of("art/mine"));
    assertThat(refusal(named("mine")))
        .isEqualTo(
            "DuplicateName: topic click is that of Topic shop/click already: delete one of the two,"
                + " or rename it");

    world.delete("click");
    world.settle();
    world.checkSettled(Set.of());
    assertThat(named("mine").status().phase()).isEqualTo(TopicPhase.READY);
  }

  @Test
  void shouldGiveARemadeTopicANewId() {
    world.create("click", spec -> spec);
    world.settle();
    Optional<String> first = topic("click").status().topicId();

    world.delete("click");
    world.settle();
    assertThat(world.find("click")).isEmpty();
    world.create("click", spec -> spec);
    world.settle();

    assertThat(topic("click").status().topicId()).isPresent().isNotEqualTo(first);
    world.checkSettled(Set.of());
  }

  @Test
  void shouldFindTheTopicsOfRestoredManifestsByTheirNames() {
    world.create("click", spec -> spec.withPartitions(6));
    world.create("Orders_EU", spec -> spec.withPartitions(3).withReplicas(1));
    world.settle();
    Optional<String> id = topic("click").status().topicId();

    world.restoreManifests();
    world.settle();

    assertThat(topic("click").status().topicId()).isEqualTo(id);
    world.checkSettled(Set.of());
  }

  @Test
  void shouldKeepWhatTheDisksHoldWhenRestoredManifestsAskForLess() {
    world.create("click", spec -> spec.withPartitions(6).withReplicas(3));
    world.settle();
    Optional<String> id = topic("click").status().topicId();
    world.crash();
    world.restoreManifests();
    world.delete("click");
    world.create("click", spec -> spec.withPartitions(2).withReplicas(1));

    world.settle();

    TopicStatus status = topic("click").status();
    assertThat(status.topicId()).isEqualTo(id);
    assertThat(status.phase()).isEqualTo(TopicPhase.READY);
    assertThat(status.applied().orElseThrow().partitions()).isEqualTo(6);
    assertThat(status.applied().orElseThrow().replicas()).isEqualTo(3);
    assertThat(refusal("click"))
        .isEqualTo(
            "PartitionsDown: spec.partitions is 2, but the topic has 6, which cannot go down: set"
                + " it to 6 or more");
  }

  @Test
  void shouldLetAnotherTopicOfTheNameTakeOverWhatWasRetained() {
    world.createIn("shop", "click", "click");
    world.settle();
    Optional<String> id = topic("click").status().topicId();
    world.change("click", spec -> spec.withDeletionPolicy(DeletionPolicy.RETAIN));

    world.delete("click");
    world.settle();
    assertThat(world.find("click")).isEmpty();
    world.createIn("shop", "successor", "click");
    world.settle();

    assertThat(topic("successor").status().topicId()).isEqualTo(id);
    world.checkSettled(Set.of());
  }

  @Test
  void shouldSayThatRecordsMayBeLostWhenADiskForgotAReadyTopic() {
    world.create("click", spec -> spec.withPartitions(8));
    world.settle();
    TopicId id = TopicId.parse(topic("click").status().topicId().orElseThrow());
    GroupId group = id.groupOf(2, 3, TopicSimulation.GROUPS);

    world.lose(group);
    world.settle();

    assertThat(world.partitionsIn(group)).hasSize(2);
    assertThat(topic("click").status().phase()).isEqualTo(TopicPhase.READY);
    assertThat(topic("click").status().condition("PossibleDataLoss"))
        .hasValueSatisfying(
            condition ->
                assertThat(condition.message())
                    .isEqualTo(
                        "partitions 2, 6 were not on any disk any more and are made anew, empty:"
                            + " look for their disks"));
  }

  @Test
  void shouldPutAChangeOfConfigurationInForceByOneWrite() {
    world.create("click", spec -> spec);
    world.settle();
    String before = topic("click").metadata().resourceVersion();

    world.change("click", spec -> spec.withCleanup(Cleanup.COMPACT));
    world.settle();

    assertThat(Long.parseLong(topic("click").metadata().resourceVersion()))
        .isEqualTo(Long.parseLong(before) + 2);
    world.checkSettled(Set.of());
  }

  @Test
  void shouldWriteNothingWhenNothingIsToBeDone() {
    world.create("click", spec -> spec);
    world.settle();
    String before = topic("click").metadata().resourceVersion();

    world.crash();
    world.settle();

    assertThat(topic("click").metadata().resourceVersion()).isEqualTo(before);
  }

  @Test
  void shouldCreateThousandPartitionsWithOneChangeForEachGroup() {
    world.create("first", spec -> spec);
    world.settle();
    long before = world.actions();

    world.create("wide", spec -> spec.withPartitions(1_000));
    world.settle();

    // One action for each effect, answer and watch event.
    assertThat(world.actions() - before).isLessThan(40);
    world.checkSettled(Set.of());
  }

  @Test
  void shouldLeaveTopicsOfOtherClustersAlone() {
    world.create("click", this::elsewhere);

    world.settle();

    assertThat(topic("click").status()).isEqualTo(TopicStatus.NONE);
    assertThat(topic("click").metadata().finalizers()).isEmpty();
  }

  private TopicSpec elsewhere(TopicSpec spec) {
    return spec.withCluster(Optional.of(ClusterRef.parse("leat/other")));
  }

  private Topic topic(String objectName) {
    return world.find(objectName).orElseThrow();
  }

  private Topic named(String objectName) {
    return world.topics().stream()
        .filter(topic -> topic.metadata().name().equals(objectName))
        .findFirst()
        .orElseThrow();
  }

  private String refusal(String objectName) {
    return refusal(topic(objectName));
  }

  private static String refusal(Topic topic) {
    return topic
        .status()
        .condition("Accepted")
        .filter(condition -> !condition.isTrue())
        .map(condition -> condition.reason() + ": " + condition.message())
        .orElse("");
  }
}

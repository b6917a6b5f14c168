package dev.leat.broker.control.coordination;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.control.StoreOutcome;
import dev.leat.broker.control.WatchEvent;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.PartitionInfo;
import dev.leat.broker.replication.GroupStatus;
import dev.leat.crds.Cluster;
import dev.leat.crds.ClusterSpec;
import dev.leat.crds.ClusterState;
import dev.leat.crds.Lease;
import dev.leat.crds.ResourceName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CoordinationMachineTest {
  private static final ResourceName CLUSTER = new ResourceName("default", "c");
  private static final GroupId GROUP = GroupId.of(3, 1);

  private final CoordinationMachine machine =
      new CoordinationMachine(
          new Settings(CLUSTER, Map.of(1, "b1:1"), Timing.DEFAULT),
          hello(0, 5, 100, "c", 1, 1),
          new NoGroups(),
          new SplittableRandom(1));
  private final List<CoordinationEffect> effects = new ArrayList<>();
  private final List<CoordinationEffect.Connect> connects = new ArrayList<>();
  private long nowMs = 1_000;

  private record NoGroups() implements LocalGroups {
    @Override
    public Collection<GroupId> all() {
      return List.of();
    }

    @Override
    public Collection<GroupId> lastResorts() {
      return List.of();
    }

    @Override
    public Optional<GroupStatus> lastResort(GroupId group) {
      return Optional.empty();
    }

    @Override
    public Optional<GroupStatus> status(GroupId group) {
      return Optional.empty();
    }

    @Override
    public List<PartitionInfo> partitions(GroupId group) {
      return List.of();
    }
  }

  private static Hello hello(
      int broker, long starts, long nonce, String cluster, int minFormat, int maxFormat) {
    return hello(broker, new UUID(7, broker), starts, nonce, cluster, minFormat, maxFormat);
  }

  private static Hello hello(
      int broker,
      UUID disk,
      long starts,
      long nonce,
      String cluster,
      int minFormat,
      int maxFormat) {
    Hello.Addresses addresses = new Hello.Addresses("b" + broker + ":1", "b" + broker + ":2", "");
    return new Hello(
        cluster, broker, disk, starts, nonce, minFormat, maxFormat, addresses, "", List.of());
  }

  private void step(CoordinationEvent event) {
    effects.clear();
    effects.addAll(machine.step(event, new Now(nowMs, nowMs)));
    connects.addAll(effects(CoordinationEffect.Connect.class));
  }

  private <E> List<E> effects(Class<E> type) {
    return effects.stream().filter(type::isInstance).map(type::cast).toList();
  }

  private String rejection() {
    return effects(CoordinationEffect.Reject.class).getFirst().reason();
  }

  @Test
  void shouldConnectToItsSeeds() {
    step(new CoordinationEvent.Tick());

    assertThat(effects(CoordinationEffect.Connect.class))
        .containsExactly(new CoordinationEffect.Connect(1, "b1:1"));
  }

  @Test
  void shouldRejectAnotherClustersDisk() {
    step(new CoordinationEvent.LinkUp(hello(1, 1, 1, "other", 1, 1)));

    assertThat(rejection()).contains("disk of cluster other").contains("give it its own disk");
  }

  @Test
  void shouldRejectAnOlderStart() {
    step(new CoordinationEvent.LinkUp(hello(1, 7, 1, "c", 1, 1)));
    step(new CoordinationEvent.LinkUp(hello(1, 6, 2, "c", 1, 1)));

    assertThat(rejection()).contains("was started 7 times and says 6");
  }

  @Test
  void shouldRejectASecondProcessOfTheSameStart() {
    step(new CoordinationEvent.LinkUp(hello(1, 7, 1, "c", 1, 1)));
    step(new CoordinationEvent.LinkUp(hello(1, 7, 2, "c", 1, 1)));

    assertThat(rejection()).contains("broker 1");
  }

  @Test
  void shouldTakeAnEmptiedDiskWhoseStartsBeginAgain() {
    step(new CoordinationEvent.LinkUp(hello(1, 7, 1, "c", 1, 1)));
    step(new CoordinationEvent.LinkDown(1, 1, true));
    step(new CoordinationEvent.LinkUp(hello(1, new UUID(8, 8), 1, 2, "c", 1, 1)));

    assertThat(effects(CoordinationEffect.Reject.class)).isEmpty();
  }

  @Test
  void shouldRejectFormatsThatItDoesNotSpeak() {
    step(new CoordinationEvent.LinkUp(hello(1, 1, 1, "c", 2, 3)));

    assertThat(rejection()).contains("speaks formats 2 to 3").contains("upgrade");
  }

  @Test
  void shouldEndWhenANewerProcessHasItsPlace() {
    step(new CoordinationEvent.LinkUp(hello(0, 6, 200, "c", 1, 1)));

    assertThat(effects(CoordinationEffect.Exit.class)).hasSize(1);
  }

  @Test
  void shouldBecomeControllerAndGoOnWithoutTheStore() {
    becomeController();
    for (int i = 0; i < 100; i++) {
      nowMs += 500;
      step(new CoordinationEvent.Tick());
      loseAnswers();
      assertThat(effects(CoordinationEffect.CeasedController.class)).isEmpty();
    }
    assertThat(machine.view().controller()).isZero();
  }

  @Test
  void shouldGiveWayToAControllerOfAHigherTerm() {
    becomeController();
    step(new CoordinationEvent.LinkUp(hello(1, 1, 11, "c", 1, 1)));
    step(
        new CoordinationEvent.Received(
            1, 11, new CoordinationMessage.Heartbeat(BrokerState.UP, false, 9, 1, List.of())));

    assertThat(effects(CoordinationEffect.CeasedController.class)).hasSize(1);
    assertThat(machine.view().controller()).isEqualTo(1);
  }

  @Test
  void shouldWriteANewFormatOnlyWhenAllSpeakIt() {
    CoordinationMachine newer =
        new CoordinationMachine(
            new Settings(CLUSTER, Map.of(), Timing.DEFAULT),
            hello(0, 5, 100, "c", 1, 2),
            new NoGroups(),
            new SplittableRandom(1));
    Cluster two = Cluster.of(CLUSTER, ClusterSpec.ofBrokers(2));
    grant(newer, newer.step(new CoordinationEvent.ClusterChanged(two), now()));
    assertThat(newer.view().format()).isEqualTo(1);

    newer.step(new CoordinationEvent.LinkUp(hello(1, 1, 11, "c", 1, 1)), now());
    assertThat(newer.view().format()).isEqualTo(1);

    newer.step(new CoordinationEvent.LinkUp(hello(1, 2, 12, "c", 1, 2)), now());
    assertThat(newer.view().format()).isEqualTo(2);

    newer.step(new CoordinationEvent.LinkUp(hello(1, 3, 13, "c", 1, 1)), now());
    assertThat(newer.view().format()).isEqualTo(2);
  }

  private static CoordinationEvent leading(long nonce, int epoch) {
    return new CoordinationEvent.Received(
        1,
        nonce,
        new CoordinationMessage.Leading(
            List.of(new CoordinationMessage.Leadership(GROUP, 77, epoch, true))));
  }

  private int leader() {
    return machine.view().group(GROUP).map(ClusterView.Group::leader).orElse(-1);
  }

  @Test
  void shouldTakeInWhatWasSaidBeforeTheHello() {
    step(leading(11, 3));
    step(leading(11, 4));
    assertThat(leader()).isEqualTo(-1);

    step(new CoordinationEvent.LinkUp(hello(1, 1, 11, "c", 1, 1)));

    assertThat(leader()).isEqualTo(1);
    assertThat(machine.view().group(GROUP).orElseThrow().epoch()).isEqualTo(4);
  }

  @Test
  void shouldNotTakeInWhatAnEarlierProcessSaidBeforeTheHello() {
    step(leading(10, 3));
    step(new CoordinationEvent.LinkUp(hello(1, 2, 11, "c", 1, 1)));

    assertThat(leader()).isEqualTo(-1);
  }

  @Test
  void shouldNotTakeInWhatWasSaidLongBeforeTheHello() {
    step(leading(11, 3));
    nowMs += Members.EARLY_MS + 1;
    step(new CoordinationEvent.LinkUp(hello(1, 2, 11, "c", 1, 1)));

    assertThat(leader()).isEqualTo(-1);
  }

  @Test
  void shouldKeepOnlySoMuchOfWhatIsSaidBeforeTheHello() {
    for (int epoch = 1; epoch <= Members.MAX_EARLY + 5; epoch++) {
      step(leading(11, epoch));
    }
    step(new CoordinationEvent.LinkUp(hello(1, 2, 11, "c", 1, 1)));

    assertThat(machine.view().group(GROUP).orElseThrow().epoch()).isEqualTo(Members.MAX_EARLY);
  }

  private static CoordinationEvent leaseSays(String address) {
    Lease.Spec spec =
        new Lease.Spec(
            Optional.of("broker-1/0000000000000063"), 40, Optional.empty(), Optional.empty(), 1);
    Lease lease = Lease.of(new ResourceName("default", "c-broker-1"), spec);
    return new CoordinationEvent.LeaseWatched(
        new WatchEvent.Changed<>(
            lease.withMetadata(
                lease
                    .metadata()
                    .edit()
                    .annotations(Map.of(BrokerLease.ADDRESS, address))
                    .build())));
  }

  @Test
  void shouldNotLeaveALinkedBrokerForAnotherAddressInItsLease() {
    step(new CoordinationEvent.Tick());
    step(new CoordinationEvent.LinkUp(hello(1, 1, 11, "c", 1, 1)));
    step(leaseSays("twin:1"));
    assertThat(effects(CoordinationEffect.Connect.class)).isEmpty();

    step(new CoordinationEvent.LinkDown(1, 11, true));

    assertThat(effects(CoordinationEffect.Connect.class))
        .containsExactly(new CoordinationEffect.Connect(1, "twin:1"));
  }

  @Test
  void shouldSeekASilentBrokerWhereItsLeaseSays() {
    step(new CoordinationEvent.Tick());
    step(new CoordinationEvent.LinkUp(hello(1, 1, 11, "c", 1, 1)));
    for (int i = 0; i < 40; i++) {
      nowMs += 100;
      step(new CoordinationEvent.Tick());
    }

    step(leaseSays("elsewhere:1"));

    assertThat(effects(CoordinationEffect.Connect.class))
        .containsExactly(new CoordinationEffect.Connect(1, "elsewhere:1"));

    step(
        new CoordinationEvent.Received(
            1, 11, new CoordinationMessage.Heartbeat(BrokerState.UP, false, 0, -1, List.of())));

    assertThat(connects).last().isEqualTo(new CoordinationEffect.Connect(1, "b1:1"));
  }

  private Now now() {
    return new Now(nowMs, nowMs);
  }

  private void becomeController() {
    step(new CoordinationEvent.Tick());
    grant(machine, List.copyOf(effects));
    assertThat(machine.view().controller()).isZero();
  }

  /** Answers what is asked of the store until nothing is. */
  private void grant(CoordinationMachine to, List<CoordinationEffect> asked) {
    List<CoordinationEffect> open = new ArrayList<>(asked);
    for (int i = 0; i < 50; i++) {
      List<CoordinationEffect> next = new ArrayList<>();
      for (CoordinationEffect effect : open) {
        answer(effect).ifPresent(event -> next.addAll(to.step(event, now())));
      }
      nowMs += 10;
      next.addAll(to.step(new CoordinationEvent.Tick(), now()));
      open = next;
    }
  }

  private static Optional<CoordinationEvent> answer(CoordinationEffect effect) {
    return switch (effect) {
      case CoordinationEffect.ReadLease read ->
          Optional.of(lease(read.call(), new StoreOutcome.NotFound<>()));
      case CoordinationEffect.CreateLease create ->
          Optional.of(lease(create.call(), new StoreOutcome.Ok<>(create.lease())));
      case CoordinationEffect.UpdateLease update ->
          Optional.of(lease(update.call(), new StoreOutcome.Ok<>(update.lease())));
      case CoordinationEffect.ReadState read ->
          Optional.of(state(read.call(), new StoreOutcome.NotFound<>()));
      case CoordinationEffect.CreateState create ->
          Optional.of(state(create.call(), new StoreOutcome.Ok<>(create.state())));
      case CoordinationEffect.UpdateState update ->
          Optional.of(state(update.call(), new StoreOutcome.Ok<>(update.state())));
      default -> Optional.empty();
    };
  }

  private static CoordinationEvent lease(long call, StoreOutcome<Lease> outcome) {
    return new CoordinationEvent.LeaseAnswered(call, outcome);
  }

  private static CoordinationEvent state(long call, StoreOutcome<ClusterState> outcome) {
    return new CoordinationEvent.StateAnswered(call, outcome);
  }

  private void loseAnswers() {
    for (CoordinationEffect effect : List.copyOf(effects)) {
      if (effect instanceof CoordinationEffect.LeaseCall call) {
        step(
            new CoordinationEvent.LeaseAnswered(
                call.call(), new StoreOutcome.Unreachable<>("down", java.time.Duration.ZERO)));
      }
    }
  }
}

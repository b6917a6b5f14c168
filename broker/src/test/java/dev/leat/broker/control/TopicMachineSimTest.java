package dev.leat.broker.control;

import dev.leat.crds.TopicSpec;
import dev.leat.crds.value.DeletionPolicy;
import dev.leat.crds.value.Retention;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The controller ends between any two of its actions, and the next one finishes what it began; and
 * the same with everything late, repeated, refused, lost and shuffled. Replay one seed with {@code
 * -Dsim.seed=N}.
 */
class TopicMachineSimTest {
  /** Names of resources that are refused in the end. */
  private static final Set<String> REFUSED = Set.of("other/same-name", "shop/too-many");

  /** What people do, one after the other; in the end there is one topic of each sort. */
  private static final List<Consumer<TopicSimulation>> SCRIPT =
      List.of(
          world -> world.create("plain", spec -> spec),
          world -> world.create("wide", spec -> spec.withPartitions(9)),
          world -> world.create("Odd_Name", spec -> spec.withPartitions(2).withReplicas(1)),
          world -> world.create("too-many", spec -> spec.withReplicas(5)),
          world -> world.createIn("other", "same-name", "plain"),
          world -> world.create("grows", spec -> spec.withPartitions(2)),
          world -> world.change("grows", spec -> spec.withPartitions(5)),
          world -> world.create("short-lived", spec -> spec.withPartitions(3)),
          world -> world.delete("short-lived"),
          world -> world.create("again", spec -> spec.withPartitions(1)),
          world -> world.delete("again"),
          world -> world.create("again", spec -> spec.withPartitions(3)),
          world -> world.change("wide", TopicMachineSimTest::keepForADay),
          world -> world.create("kept", spec -> spec.withDeletionPolicy(DeletionPolicy.RETAIN)),
          world -> world.delete("kept"));

  static LongStream fewSeeds() {
    Long seed = Long.getLong("sim.seed");
    return seed != null ? LongStream.of(seed) : LongStream.range(0, 150);
  }

  @Test
  void shouldComeToTheSameEndWhereverTheControllerEnds() {
    long actions = run(-1, -1);
    for (long crash = 0; crash < actions; crash++) {
      run(crash, -1);
    }
  }

  @Test
  @Tag("slow")
  void shouldComeToTheSameEndWhereverTwoControllersEnd() {
    long actions = run(-1, -1);
    for (long first = 0; first < actions; first++) {
      for (long second = first + 1; second < first + 60; second++) {
        run(first, second);
      }
    }
  }

  private static long run(long firstCrash, long secondCrash) {
    TopicSimulation world = new TopicSimulation(3, 0, false);
    int said = 0;
    boolean busy = true;
    while (busy || said < SCRIPT.size()) {
      if (world.actions() == firstCrash || world.actions() == secondCrash) {
        world.crash();
      }
      // Some actions after each other, so that deletions meet creations that are under way.
      if (said < SCRIPT.size() && (world.actions() % 3 == 0 || !busy)) {
        SCRIPT.get(said++).accept(world);
      }
      busy = world.act();
    }
    world.settle();
    world.checkSettled(REFUSED);
    return world.actions();
  }

  @ParameterizedTest
  @MethodSource("fewSeeds")
  void shouldComeToTheSameEndWhateverGoesWrong(long seed) {
    runWithFaults(seed, TopicSimulation::crash);
  }

  @ParameterizedTest
  @MethodSource("fewSeeds")
  void shouldComeToTheSameEndWhateverEarlierControllersStillDo(long seed) {
    runWithFaults(seed, TopicMachineSimTest::replace);
  }

  @Test
  @Tag("slow")
  void shouldComeToTheSameEndWhateverGoesWrongWithManySeeds() {
    LongStream.range(1_000, 21_000)
        .forEach(
            seed -> {
              runWithFaults(seed, TopicSimulation::crash);
              runWithFaults(seed, TopicMachineSimTest::replace);
            });
  }

  private static void replace(TopicSimulation world) {
    world.allowOrphans();
    world.replaceController();
  }

  private static void runWithFaults(long seed, Consumer<TopicSimulation> end) {
    try {
      Random random = new Random(seed);
      TopicSimulation world = new TopicSimulation(3, seed, true);
      for (Consumer<TopicSimulation> said : SCRIPT) {
        said.accept(world);
        for (int i = random.nextInt(25); i > 0; i--) {
          if (random.nextInt(30) == 0) {
            end.accept(world);
          }
          world.act();
        }
      }
      settleDeleted(world);
      world.checkSettled(REFUSED);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("seed " + seed + ": replay with -Dsim.seed=" + seed, e);
    }
  }

  // A name that was still being deleted when it was to be made again was refused by the store.
  private static void settleDeleted(TopicSimulation world) {
    world.settle();
    if (world.find("again").isEmpty()) {
      world.create("again", spec -> spec.withPartitions(3));
      world.settle();
    }
  }

  private static TopicSpec keepForADay(TopicSpec spec) {
    return spec.withRetention(new Retention(Retention.parseTime("1d"), Optional.empty()));
  }
}

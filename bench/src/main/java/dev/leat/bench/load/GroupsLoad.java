package dev.leat.bench.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * Very many consumer groups of one topic: all members join at once, beat for a while, and then one
 * more joins some of the groups. A program of its own, so that it shares no heap with what
 * measures.
 */
public final class GroupsLoad {
  private static final short FIND_COORDINATOR_VERSION = 4;
  private static final long SETTLE_LIMIT_NS = TimeUnit.MINUTES.toNanos(3);
  private static final long LOOK_MS = 5;

  /** Time between two groups that are joined by one more, so that they meet all phases of beats. */
  private static final long BETWEEN_JOINS_MS = 100;

  private final Plan plan;
  private final List<Group> groups = new ArrayList<>();
  private final LongAdder beats = new LongAdder();
  private final LongAdder fenced = new LongAdder();

  private GroupsLoad(Plan plan) {
    this.plan = plan;
  }

  /**
   * What to do.
   *
   * @param classic whether groups are of the classic protocol
   * @param bootstrap the only broker
   * @param topic that all subscribe to
   * @param partitions of it
   * @param groups number of groups
   * @param members of each group
   * @param steadySeconds how long they only beat
   * @param joins groups that one more joins
   */
  private record Plan(
      boolean classic,
      String bootstrap,
      String topic,
      int partitions,
      int groups,
      int members,
      int steadySeconds,
      int joins) {}

  private record Group(String name, List<GroupMember> members) {
    /** Whether every partition has an owner, and every member its share. */
    boolean isSettled(int partitions) {
      int share = partitions / members.size();
      return members.stream().allMatch(member -> member.owned().size() >= share)
          && members.stream().mapToInt(member -> member.owned().size()).sum() == partitions;
    }
  }

  /**
   * Arguments: classic|consumer BOOTSTRAP TOPIC PARTITIONS GROUPS MEMBERS STEADY-SECONDS JOINS.
   * Prints {@code joined SECONDS}, {@code steady}, {@code beaten BEATS-PER-SECOND} and {@code
   * rebalanced P50-MS P99-MS}.
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    GroupsLoad load =
        new GroupsLoad(
            new Plan(
                arguments[0].equals("classic"),
                arguments[1],
                arguments[2],
                Integer.parseInt(arguments[3]),
                Integer.parseInt(arguments[4]),
                Integer.parseInt(arguments[5]),
                Integer.parseInt(arguments[6]),
                Integer.parseInt(arguments[7])));
    load.findCoordinators();
    load.join();
    load.beat();
    load.rebalance();
    if (load.fenced.sum() > 0) {
      System.err.println(load.fenced.sum() + " times a member was thrown out of its group");
      System.exit(1);
    }
    System.exit(0);
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  /** The first that asks makes the broker create the topic that keeps groups. */
  private void findCoordinators() throws IOException, InterruptedException {
    FindCoordinatorRequestData request =
        new FindCoordinatorRequestData()
            .setCoordinatorKeys(IntStream.range(0, plan.groups()).mapToObj(this::name).toList());
    try (KafkaConnection connection = new KafkaConnection(plan.bootstrap())) {
      long end = System.nanoTime() + SETTLE_LIMIT_NS;
      while (System.nanoTime() - end < 0) {
        FindCoordinatorResponseData answer =
            (FindCoordinatorResponseData)
                connection.ask(ApiKeys.FIND_COORDINATOR, FIND_COORDINATOR_VERSION, request);
        if (answer.coordinators().stream()
            .allMatch(each -> each.errorCode() == Errors.NONE.code())) {
          return;
        }
        TimeUnit.MILLISECONDS.sleep(BETWEEN_JOINS_MS);
      }
    }
    throw new IOException("groups have no coordinators");
  }

  private String name(int group) {
    return "group-" + group;
  }

  private void join() throws InterruptedException {
    CountDownLatch connected = new CountDownLatch(plan.groups() * plan.members());
    CountDownLatch start = new CountDownLatch(1);
    for (int i = 0; i < plan.groups(); i++) {
      Group group = new Group(name(i), new ArrayList<>());
      groups.add(group);
      for (int j = 0; j < plan.members(); j++) {
        add(group, connected, start);
      }
    }
    connected.await();
    long begin = System.nanoTime();
    start.countDown();
    await("all groups", () -> groups.stream().allMatch(g -> g.isSettled(plan.partitions())));
    say("joined " + (System.nanoTime() - begin) / 1e9);
  }

  private GroupMember add(Group group, CountDownLatch connected, CountDownLatch start) {
    GroupMember.Plan shared =
        new GroupMember.Plan(
            plan.bootstrap(), plan.topic(), plan.partitions(), connected, start, beats, fenced);
    GroupMember member =
        plan.classic()
            ? new ClassicMember(shared, group.name())
            : new ConsumerMember(shared, group.name());
    group.members().add(member);
    Thread.ofVirtual().start(member);
    return member;
  }

  private void beat() throws InterruptedException {
    say("steady");
    long before = beats.sum();
    TimeUnit.SECONDS.sleep(plan.steadySeconds());
    say("beaten " + (beats.sum() - before) / plan.steadySeconds());
  }

  /** One after the other begins to join; they settle while others begin. */
  private void rebalance() throws InterruptedException {
    int step = Math.max(1, groups.size() / plan.joins());
    List<Group> joined =
        IntStream.range(0, plan.joins()).mapToObj(i -> groups.get(i * step)).toList();
    double[] tookMs = new double[plan.joins()];
    GroupMember[] newest = new GroupMember[plan.joins()];
    int begun = 0;
    long next = System.nanoTime();
    long end = next + SETTLE_LIMIT_NS;
    while (IntStream.range(0, tookMs.length).anyMatch(i -> tookMs[i] == 0)) {
      long now = System.nanoTime();
      if (now - end > 0) {
        throw new IllegalStateException("groups did not settle after one more had joined");
      }
      if (begun < newest.length && now - next >= 0) {
        newest[begun] = add(joined.get(begun), new CountDownLatch(1), new CountDownLatch(0));
        begun++;
        next += TimeUnit.MILLISECONDS.toNanos(BETWEEN_JOINS_MS);
      }
      for (int i = 0; i < begun; i++) {
        if (tookMs[i] == 0 && joined.get(i).isSettled(plan.partitions())) {
          tookMs[i] = (System.nanoTime() - newest[i].joinedNanos()) / 1e6;
        }
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MS);
    }
    Arrays.sort(tookMs);
    say("rebalanced " + tookMs[tookMs.length / 2] + " " + tookMs[tookMs.length * 99 / 100]);
  }

  private static void await(String who, BooleanSupplier settled) throws InterruptedException {
    long end = System.nanoTime() + SETTLE_LIMIT_NS;
    while (!settled.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException(who + " did not settle");
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MS);
    }
  }
}

package dev.leat.broker.sim;

import java.util.PriorityQueue;
import java.util.SplittableRandom;

/** Virtual time, the queue of what is to happen, and the only source of randomness. */
final class SimClock {
  private final PriorityQueue<Scheduled> queue = new PriorityQueue<>();
  private final SplittableRandom random;
  private long nowUs;
  private long nextOrder;
  private long steps;

  private record Scheduled(long atUs, long order, Runnable action)
      implements Comparable<Scheduled> {
    @Override
    public int compareTo(Scheduled other) {
      int byTime = Long.compare(atUs, other.atUs);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  SimClock(long seed) {
    random = new SplittableRandom(seed);
  }

  long nowUs() {
    return nowUs;
  }

  long steps() {
    return steps;
  }

  void after(long delayUs, Runnable action) {
    queue.add(new Scheduled(nowUs + delayUs, nextOrder++, action));
  }

  /** Runs what is due until then. */
  void runUntil(long untilUs) {
    while (!queue.isEmpty() && queue.peek().atUs <= untilUs) {
      Scheduled next = queue.remove();
      nowUs = next.atUs;
      steps++;
      next.action.run();
    }
    nowUs = untilUs;
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  /** From 0 up to, not including, {@code bound}. */
  int pick(int bound) {
    return random.nextInt(bound);
  }

  long between(long fromUs, long toUs) {
    return random.nextLong(fromUs, toUs + 1);
  }
}

package dev.leat.bench.failover;

import dev.leat.bench.process.Await;
import dev.leat.bench.process.MeasurementException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Does one fault to a cluster under load, again and again, and notes the gaps. */
final class Strike {
  private static final Duration WELL_LIMIT = Duration.ofMinutes(3);
  private static final Duration GAP_LIMIT = Duration.ofMinutes(2);

  /** Quiet time before a fault. */
  private static final Duration BEFORE = Duration.ofSeconds(1);

  /** What is looked at after a fault, and length of an undisturbed run. */
  private static final Duration AFTER = Duration.ofSeconds(3);

  private final Trio trio;
  private final GapLoad load;

  Strike(Trio trio, GapLoad load) {
    this.trio = trio;
    this.load = load;
  }

  /**
   * Longest gaps of one round, ms.
   *
   * @param victim broker that was hit
   * @param led of the partitions that the victim led
   * @param others of all others
   * @param errors records that the client gave up
   */
  record Gaps(int victim, double led, double others, long errors) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT, "%.0f ms, others %.0f ms, %d records given up", led, others, errors);
    }
  }

  /**
   * Waits until the cluster is well, and leadership balanced enough for somebody to be hit, and
   * lets some quiet time pass.
   */
  void awaitWell(Fault next) {
    Await.until(
        "a well cluster before " + next.label(),
        WELL_LIMIT,
        () -> trio.isWell() && (next == Fault.NONE || victim(next, trio.leaders()).isPresent()));
    Await.pause(BEFORE);
  }

  /** Strikes once; returns when all partitions are acknowledged again, and a while later. */
  Gaps once(Fault fault) {
    List<Integer> leaders = trio.leaders();
    int victim =
        fault == Fault.NONE
            ? leaders.getFirst()
            : victim(fault, leaders)
                .orElseThrow(
                    () ->
                        new MeasurementException(
                            "nobody leads who could be hit by: " + fault.label()));
    long pid = trio.pid(victim);
    long errors = load.failures();
    load.begin();
    fault.signal().send(pid);
    double[] gaps;
    try {
      gaps = load.end(GAP_LIMIT, AFTER);
    } finally {
      recover(fault, victim, pid);
    }
    double led = 0;
    double others = 0;
    for (int partition = 0; partition < gaps.length; partition++) {
      if (leaders.get(partition) == victim) {
        led = Math.max(led, gaps[partition]);
      } else {
        others = Math.max(others, gaps[partition]);
      }
    }
    return new Gaps(victim, led, others, load.failures() - errors);
  }

  private void recover(Fault fault, int victim, long pid) {
    if (fault.signal() == Signal.STOP) {
      Signal.CONT.send(pid);
    } else if (fault != Fault.NONE) {
      trio.restart(victim);
    }
  }

  private Optional<Integer> victim(Fault fault, List<Integer> leaders) {
    int controller = trio.controller();
    return leaders.stream()
        .filter(leader -> leader >= 0 && (leader == controller) == fault.hitsController())
        .findFirst();
  }
}

package dev.leat.bench.lab;

import java.time.Duration;

/**
 * How long and how much is measured.
 *
 * @param measured length of one measurement at full speed
 * @param consumedRecords records of 1 KiB that are read back
 * @param latency length of one measurement of latency
 * @param stalled how long producers press against a stalled consumer
 * @param faults how often each fault is done to a cluster
 * @param slowFaults the same where each costs ten seconds and more
 * @param outage how long the state store is away
 */
public record Scale(
    Duration measured,
    long consumedRecords,
    Duration latency,
    Duration stalled,
    int faults,
    int slowFaults,
    Duration outage) {
  /** Left out at the beginning of a measurement: {@code leat perf} does so by itself. */
  public static final Duration WARM_UP = Duration.ofSeconds(2);

  /** For figures that are to be believed. */
  public static final Scale FULL =
      new Scale(
          Duration.ofSeconds(10),
          2_000_000,
          Duration.ofSeconds(20),
          Duration.ofSeconds(30),
          20,
          3,
          Duration.ofMinutes(5));

  /** For a look within minutes. */
  public static final Scale QUICK =
      new Scale(
          Duration.ofSeconds(4),
          500_000,
          Duration.ofSeconds(6),
          Duration.ofSeconds(10),
          3,
          1,
          Duration.ofSeconds(20));
}

package dev.leat.client.bench;

import java.lang.management.ManagementFactory;

/** Counts, and prints rates; also per second of processor time, which other load disturbs less. */
final class Meter {

  private static final long SECOND = 1_000_000_000;

  private final long beginNanos = System.nanoTime();
  private final long beginCpuNanos = cpuNanos();
  private long fromNanos = beginNanos;
  private long fromCpuNanos = beginCpuNanos;
  private long lastNanos = beginNanos;
  private long records;
  private long bytes;
  private long allRecords;
  private long allBytes;

  void add(long moreRecords, long moreBytes) {
    records += moreRecords;
    bytes += moreBytes;
  }

  void printEverySecond() {
    lastNanos = System.nanoTime();
    if (lastNanos - fromNanos >= SECOND) {
      long cpu = cpuNanos();
      print("second", records, bytes, lastNanos - fromNanos, cpu - fromCpuNanos);
      fromNanos = lastNanos;
      fromCpuNanos = cpu;
      next();
    }
  }

  private void next() {
    allRecords += records;
    allBytes += bytes;
    records = 0;
    bytes = 0;
  }

  void printAll() {
    next();
    print("all", allRecords, allBytes, lastNanos - beginNanos, cpuNanos() - beginCpuNanos);
  }

  private static void print(
      String what, long records, long bytes, long nanos, long processorNanos) {
    double seconds = nanos / 1e9;
    double cpu = processorNanos / 1e9;
    System.out.printf(
        "%s: %,.0f records/s, %.1f MB/s; per processor second %,.0f records, %.1f MB%n",
        what, records / seconds, bytes / seconds / 1e6, records / cpu, bytes / cpu / 1e6);
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}

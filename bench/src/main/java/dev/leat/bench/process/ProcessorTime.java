package dev.leat.bench.process;

import java.time.Duration;
import java.util.List;

/** How long processors have worked for processes, in user and system mode, as Linux counts it. */
public final class ProcessorTime {
  private static final double MS_PER_S = 1e3;

  private ProcessorTime() {}

  /** Seconds, summed over processes that run. */
  public static double seconds(List<ProcessHandle> processes) {
    return processes.stream()
            .mapToLong(
                process -> process.info().totalCpuDuration().orElse(Duration.ZERO).toMillis())
            .sum()
        / MS_PER_S;
  }
}

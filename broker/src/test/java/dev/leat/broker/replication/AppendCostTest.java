package dev.leat.broker.replication;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a batch costs the core. Bounds are wide: the machine may be busy. */
class AppendCostTest {
  private static final int PARTITIONS = 64;
  private static final int BATCHES_PER_STEP = 1_000;
  private static final int STEPS = 600;

  @Test
  void shouldCostLittlePerBatch() {
    OneVoter voter = OneVoter.leading(PARTITIONS);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int[] sequences = new int[PARTITIONS + 1];
    long nanos = Long.MAX_VALUE;
    long bytes = 0;
    for (int step = 0; step < STEPS; step++) {
      List<AppendPart> parts = new ArrayList<>();
      for (int i = 0; i < BATCHES_PER_STEP; i++) {
        int partition = 1 + i % PARTITIONS;
        parts.add(Parts.idempotent(partition, 9, 0, sequences[partition]++, 1, i));
      }
      GroupEvent append = new GroupEvent.Append(parts);
      long allocated = threads.getCurrentThreadAllocatedBytes();
      long start = System.nanoTime();
      List<Effect> effects = voter.machine.step(append, 0);
      Effect.Persist persist = (Effect.Persist) effects.getFirst();
      voter.machine.step(new GroupEvent.Durable(persist.write()), 0);
      nanos = Math.min(nanos, System.nanoTime() - start);
      bytes = threads.getCurrentThreadAllocatedBytes() - allocated;
    }
    double perBatch = (double) nanos / BATCHES_PER_STEP;
    System.out.printf("append: %.0f ns, %d bytes per batch%n", perBatch, bytes / BATCHES_PER_STEP);

    assertThat(perBatch).isLessThan(5_000);
    assertThat(bytes / BATCHES_PER_STEP).isLessThan(1_000);
  }
}

package dev.leat.client.internal.produce;

import com.google.protobuf.ByteString;
import dev.leat.api.batch.BatchBuilder;
import dev.leat.api.batch.Compression;
import dev.leat.client.ProducerRecord;
import dev.leat.client.SendCallback;
import dev.leat.client.internal.net.GroupRoute;
import dev.leat.client.internal.net.TopicInfo;
import dev.leat.client.internal.produce.PartitionQueue.Outcome;
import dev.leat.client.internal.produce.PartitionQueue.QueueSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * How fast records go into batches and out again, without any network: one thread appends, another
 * one takes full batches, stamps and acknowledges them.
 *
 * <p>Arguments: record size in bytes, partitions, seconds.
 */
public final class AccumulatorRunner {

  private static final int BATCH_BYTES = 64 * 1024;
  private static final int MEMORY_BYTES = 32 * 1024 * 1024;

  private final BufferPool pool = new BufferPool(MEMORY_BYTES, BATCH_BYTES);
  private final ConcurrentLinkedQueue<PartitionQueue> ready = new ConcurrentLinkedQueue<>();
  private final Epoch epoch = new Epoch(null);
  private final TopicQueues topic;
  private long neededBytes;
  private volatile boolean over;

  private AccumulatorRunner(int partitions) {
    List<GroupRoute> routes = new ArrayList<>();
    for (int p = 0; p < partitions; p++) {
      routes.add(new GroupRoute());
    }
    topic =
        new TopicQueues(
            new TopicInfo("t", ByteString.EMPTY, routes, 0),
            new QueueSettings(pool, BATCH_BYTES, 1, null));
  }

  /** Runs. */
  public static void main(String[] args) throws InterruptedException {
    int size = Integer.parseInt(args[0]);
    AccumulatorRunner runner = new AccumulatorRunner(Integer.parseInt(args[1]));
    Thread taker = new Thread(runner::take);
    taker.start();
    for (int second = Integer.parseInt(args[2]); second > 0; second--) {
      long from = System.nanoTime();
      long records = runner.append(size, from + 1_000_000_000L);
      double seconds = (System.nanoTime() - from) / 1e9;
      System.out.printf(
          "%,.0f records/s, %.0f MB/s%n", records / seconds, records * size / seconds / 1e6);
    }
    runner.over = true;
    taker.join();
  }

  private long append(int size, long untilNanos) {
    byte[] value = new byte[size];
    new Random(1).nextBytes(value);
    ProducerRecord record = ProducerRecord.of("t", value);
    neededBytes = BatchBuilder.maxSizeBytes(0, size, List.of());
    long count = 0;
    while (System.nanoTime() < untilNanos) {
      for (int i = 0; i < 64; i++) {
        append(record);
      }
      count += 64;
    }
    return count;
  }

  private void append(ProducerRecord record) {
    PartitionQueue queue = topic.choose(record);
    Outcome outcome = queue.append(record, System.currentTimeMillis(), SendCallback.NONE);
    if (outcome == Outcome.NEEDS_BATCH_AFTER_FULL || outcome == Outcome.APPENDED_FIRST) {
      ready.add(queue);
    }
    if (outcome != Outcome.APPENDED && outcome != Outcome.APPENDED_FIRST) {
      byte[] memory = pool.allocate(queue.firstBytes(neededBytes), 60_000);
      queue.appendTo(
          queue.newBatch(epoch, memory, BATCH_BYTES),
          record,
          System.currentTimeMillis(),
          SendCallback.NONE);
      ready.add(queue);
    }
  }

  private void take() {
    while (!over) {
      PartitionQueue queue = ready.poll();
      Batch batch = queue == null ? null : queue.take(System.nanoTime());
      if (batch == null) {
        Thread.onSpinWait();
        continue;
      }
      batch.seal(Compression.NONE);
      batch.stamped();
      pool.release(batch.memory());
      batch.acknowledge(0, 0, -1);
    }
  }
}

package dev.leat.client.bench;

import dev.leat.api.batch.Compression;
import dev.leat.client.LeatClient;
import dev.leat.client.Producer;
import dev.leat.client.ProducerConfig;
import dev.leat.client.ProducerRecord;
import dev.leat.client.SendCallback;
import dev.leat.client.error.LeatException;
import java.util.Random;
import java.util.concurrent.atomic.LongAdder;

/**
 * Sends records as fast as they are taken, from one thread, and prints what came of it every
 * second.
 *
 * <p>Arguments: bootstrap, topic (which must exist), record size in bytes, seconds, batch size in
 * bytes, and optionally a compression.
 */
public final class ProduceRunner {

  private static final int VALUES = 64;

  private ProduceRunner() {}

  /** Runs. */
  public static void main(String[] args) {
    int size = Integer.parseInt(args[2]);
    int seconds = Integer.parseInt(args[3]);
    ProducerConfig config =
        ProducerConfig.builder()
            .batchBytes(Integer.parseInt(args[4]))
            .compression(args.length > 5 ? Compression.valueOf(args[5]) : Compression.NONE)
            .build();
    ProducerRecord[] records = new ProducerRecord[VALUES];
    Random random = new Random(1);
    for (int i = 0; i < VALUES; i++) {
      byte[] value = new byte[size];
      random.nextBytes(value);
      records[i] = ProducerRecord.of(args[1], value);
    }
    Count count = new Count();
    try (LeatClient client = LeatClient.connect(args[0]);
        Producer producer = client.producer(config)) {
      long begin = System.nanoTime();
      for (int second = 1; second <= seconds; second++) {
        long before = count.acknowledged.sum();
        long from = System.nanoTime();
        long until = begin + second * 1_000_000_000L;
        do {
          for (ProducerRecord record : records) {
            producer.send(record, count);
          }
        } while (System.nanoTime() < until);
        print("second " + second, count.acknowledged.sum() - before, size, from);
      }
      producer.flush();
      print("all", count.acknowledged.sum(), size, begin);
      System.out.printf("failed %d%n", count.failed.sum());
    }
  }

  private static void print(String what, long records, int size, long fromNanos) {
    double seconds = (System.nanoTime() - fromNanos) / 1e9;
    System.out.printf(
        "%s: %,.0f records/s, %.1f MB/s%n",
        what, records / seconds, records * (double) size / seconds / 1e6);
  }

  /** One callback for all records. */
  private static final class Count implements SendCallback {
    private final LongAdder acknowledged = new LongAdder();
    private final LongAdder failed = new LongAdder();

    @Override
    public void onAcknowledged(int partition, long offset) {
      acknowledged.increment();
    }

    @Override
    public void onFailed(LeatException error) {
      failed.increment();
    }
  }
}

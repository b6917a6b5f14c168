package dev.leat.client.bench;

import dev.leat.api.batch.Compression;
import dev.leat.client.LeatClient;
import dev.leat.client.Producer;
import dev.leat.client.ProducerConfig;
import dev.leat.client.ProducerRecord;
import dev.leat.client.SendCallback;
import dev.leat.client.error.LeatException;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sends records as fast as they are taken, from one thread, and prints what came of it.
 *
 * <p>Arguments: bootstrap, topic (which must exist), record size in bytes, seconds, batch size in
 * bytes, and optionally a compression, and {@code keys} for a random key in each record.
 */
public final class ProduceRunner {

  private static final int VALUES = 4_096;

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
    ProducerRecord[] records = records(args[1], size, args.length > 6);
    Count count = new Count();
    Meter meter = new Meter();
    long counted = 0;
    try (LeatClient client = LeatClient.connect(args[0]);
        Producer producer = client.producer(config)) {
      long until = System.nanoTime() + seconds * 1_000_000_000L;
      int i = 0;
      do {
        for (int n = 0; n < 64; n++) {
          producer.send(records[i++ % VALUES], count);
        }
        long now = count.acknowledged.get();
        meter.add(now - counted, (now - counted) * size);
        counted = now;
        meter.printEverySecond();
      } while (System.nanoTime() < until);
      meter.printAll();
      producer.flush();
    }
    System.out.printf("failed %d%n", count.failed);
  }

  private static ProducerRecord[] records(String topic, int size, boolean keys) {
    ProducerRecord[] records = new ProducerRecord[VALUES];
    Random random = new Random(1);
    for (int i = 0; i < VALUES; i++) {
      byte[] value = new byte[size];
      random.nextBytes(value);
      byte[] key = new byte[8];
      random.nextBytes(key);
      records[i] = ProducerRecord.of(topic, keys ? key : null, value);
    }
    return records;
  }

  /** One callback for all records. */
  private static final class Count implements SendCallback {
    private final AtomicLong acknowledged = new AtomicLong();
    private volatile long failed;

    @Override
    public void onAcknowledged(int partition, long offset) {
      acknowledged.lazySet(acknowledged.getPlain() + 1);
    }

    @Override
    public void onFailed(LeatException error) {
      failed++;
    }
  }
}

package dev.leat.client.bench;

import dev.leat.client.ConsumedBatch;
import dev.leat.client.Consumer;
import dev.leat.client.ConsumerConfig;
import dev.leat.client.ConsumerRecord;
import dev.leat.client.LeatClient;
import dev.leat.client.Position;
import java.time.Duration;

/**
 * Reads a topic from its beginning until nothing comes for a second, and prints what came.
 *
 * <p>Arguments: bootstrap, topic, {@code records} or {@code batches}, and optionally the size of a
 * response in bytes.
 */
public final class ConsumeRunner {

  private ConsumeRunner() {}

  /** Runs. */
  public static void main(String[] args) {
    ConsumerConfig config =
        args.length > 3
            ? ConsumerConfig.DEFAULT.withMaxResponseBytes(Integer.parseInt(args[3]))
            : ConsumerConfig.DEFAULT;
    boolean batches = args[2].equals("batches");
    try (LeatClient client = LeatClient.connect(args[0]);
        Consumer consumer = client.consumer(config)) {
      consumer.assign(args[1], Position.earliest());
      Meter meter = new Meter();
      while (batches ? takeBatches(consumer, meter) : takeRecords(consumer, meter)) {
        meter.printEverySecond();
      }
      meter.printAll();
    }
  }

  private static boolean takeBatches(Consumer consumer, Meter meter) {
    boolean any = false;
    for (ConsumedBatch batch : consumer.pollBatches(Duration.ofSeconds(1))) {
      meter.add(batch.count(), batch.sizeBytes());
      any = true;
    }
    return any;
  }

  private static boolean takeRecords(Consumer consumer, Meter meter) {
    boolean any = false;
    for (ConsumerRecord record : consumer.poll(Duration.ofSeconds(1))) {
      meter.add(1, Math.max(0, record.valueBytes()));
      any = true;
    }
    return any;
  }
}

package dev.leat.crash;

import dev.leat.client.ClientConfig;
import dev.leat.client.Consumer;
import dev.leat.client.ConsumerRecord;
import dev.leat.client.LeatClient;
import dev.leat.client.Position;
import dev.leat.client.TopicPartition;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;

/**
 * Follows what a {@link NumberedWriter} writes: the number of a record is its offset, none is
 * missing and none comes twice.
 */
final class NumberedReader implements Runnable {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final int DEADLINE_S = 60;

  private final String topic;
  private final int partitions;
  private final LeatClient client;
  private final Consumer consumer;
  private final AtomicLongArray next;
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final Thread thread = new Thread(this, "reader");
  private volatile boolean stopping;

  /** Begins to read, from the first record of each partition. */
  NumberedReader(String bootstrap, String topic, int partitions) {
    this.topic = topic;
    this.partitions = partitions;
    next = new AtomicLongArray(partitions);
    client = LeatClient.connect(ClientConfig.of(bootstrap));
    consumer = client.consumer();
    consumer.assign(topic, Position.earliest());
    thread.start();
  }

  @Override
  public void run() {
    while (!stopping) {
      try {
        consumer.poll(POLL).forEach(this::check);
      } catch (RuntimeException e) {
        failures.add("poll: " + e);
        return;
      }
    }
  }

  private void check(ConsumerRecord record) {
    TopicPartition partition = record.topicPartition();
    long expected = next.getAndIncrement(partition.partition());
    long number = ByteBuffer.wrap(Objects.requireNonNull(record.value())).getLong();
    if (record.offset() != expected || number != expected) {
      failures.add(
          "record %d at offset %d of %s, and not %d"
              .formatted(number, record.offset(), partition, expected));
    }
  }

  /** How many records have come. */
  long read() {
    return IntStream.range(0, partitions).mapToLong(next::get).sum();
  }

  /** What the consumer has told of errors, and what did not come as it should. */
  List<String> failures() {
    return List.copyOf(failures);
  }

  /** Waits until all that were sent have come, and stops. */
  void finish(long[] sent) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_S);
    while (!hasAll(sent) && failures.isEmpty()) {
      if (System.nanoTime() > deadline) {
        failures.add("only " + read() + " records of " + topic + " have come");
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
    stopping = true;
    thread.join();
    consumer.close();
    client.close();
  }

  private boolean hasAll(long[] sent) {
    return IntStream.range(0, partitions).allMatch(each -> next.get(each) == sent[each]);
  }
}

package dev.leat.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.client.ClientConfig;
import dev.leat.client.LeatClient;
import dev.leat.client.Producer;
import dev.leat.client.ProducerRecord;
import dev.leat.client.SendCallback;
import dev.leat.client.error.LeatException;
import dev.leat.v1.Record;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes numbered records to all partitions until told to stop; the number of a record is the
 * offset that it must get.
 */
final class NumberedWriter implements Runnable {
  private static final int MAX_VALUE_BYTES = 2_000;

  private final String topic;
  private final int partitions;
  private final int pauseNanos;
  private final LeatClient client;
  private final Producer producer;
  private final SplittableRandom random;
  private final long[] next;
  private final AtomicLongArray acknowledged;
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final Thread thread = new Thread(this, "writer");
  private volatile boolean stopping;

  /**
   * Begins to write.
   *
   * @param pauseNanos pause after each record; 0: as fast as it can
   */
  NumberedWriter(
      String bootstrap, String topic, int partitions, int pauseNanos, SplittableRandom random) {
    this.topic = topic;
    this.partitions = partitions;
    this.pauseNanos = pauseNanos;
    this.random = random;
    next = new long[partitions];
    acknowledged = new AtomicLongArray(partitions);
    client = LeatClient.connect(ClientConfig.of(bootstrap));
    producer = client.producer();
    thread.start();
  }

  @Override
  public void run() {
    while (!stopping) {
      if (pauseNanos > 0) {
        LockSupport.parkNanos(pauseNanos);
      }
      int partition = random.nextInt(partitions);
      long number = next[partition]++;
      ByteBuffer value = ByteBuffer.allocate(Long.BYTES + random.nextInt(MAX_VALUE_BYTES));
      value.putLong(0, number);
      producer.send(
          ProducerRecord.of(topic, value.array()).withPartition(partition),
          new Expected(partition, number));
    }
  }

  /** Waits until one more record is acknowledged, or one has failed. */
  void awaitAcknowledgement() {
    long before = acknowledged();
    while (acknowledged() == before && failures.isEmpty()) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** Stops, waits for all acknowledgements; how many were sent to each partition. */
  long[] finish() throws InterruptedException {
    stopping = true;
    thread.join();
    producer.close();
    client.close();
    return next;
  }

  /** What was acknowledged is there, once, in order, at its offset. */
  void check(int partition, List<Record> records, long sent) {
    assertThat(failures).isEmpty();
    assertThat(records).as("records of partition %d", partition).hasSize((int) sent);
    for (int i = 0; i < records.size(); i++) {
      Record record = records.get(i);
      long number = record.getValue().asReadOnlyByteBuffer().getLong();
      assertThat(number).as("record at offset %d of partition %d", i, partition).isEqualTo(i);
      assertThat(record.getOffset()).isEqualTo(i);
    }
    assertThat(acknowledged.get(partition)).isEqualTo(sent);
  }

  /** What the producer has told of errors. */
  List<String> failures() {
    return List.copyOf(failures);
  }

  /** How many records were acknowledged. */
  long acknowledged() {
    long sum = 0;
    for (int partition = 0; partition < partitions; partition++) {
      sum += acknowledged.get(partition);
    }
    return sum;
  }

  private final class Expected implements SendCallback {
    private final int partition;
    private final long number;

    Expected(int partition, long number) {
      this.partition = partition;
      this.number = number;
    }

    @Override
    public void onFailed(LeatException error) {
      failures.add("record " + number + " of partition " + partition + ": " + error.getMessage());
    }

    @Override
    public void onAcknowledged(int acknowledgedPartition, long offset) {
      if (acknowledgedPartition != partition || offset != number) {
        failures.add(
            "record %d of partition %d was acknowledged as offset %d of partition %d"
                .formatted(number, partition, offset, acknowledgedPartition));
      }
      acknowledged.incrementAndGet(partition);
    }
  }
}

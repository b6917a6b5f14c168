package dev.leat.crash;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Numbered records to and from a topic, by Kafka's own clients with their defaults; each partition
 * counts for itself.
 */
final class KafkaLoad {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final int PAUSE_NANOS = 1_000_000;
  private static final int DEADLINE_S = 60;

  private final String topic;
  private final int partitions;
  private final KafkaProducer<String, String> producer;
  private final KafkaConsumer<String, String> consumer;
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong read = new AtomicLong();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final Thread writing = new Thread(this::write, "kafka-writer");
  private final Thread reading = new Thread(this::readOn, "kafka-reader");
  private volatile boolean writesNoMore;
  private volatile boolean readsNoMore;

  /** Begins. */
  KafkaLoad(String bootstrap, String topic, int partitions) {
    this.topic = topic;
    this.partitions = partitions;
    Map<String, Object> config = Map.of("bootstrap.servers", bootstrap);
    producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
    consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
    writing.start();
    reading.start();
  }

  private void write() {
    for (long number = 0; !writesNoMore; number++) {
      LockSupport.parkNanos(PAUSE_NANOS);
      int partition = (int) (number % partitions);
      sent.incrementAndGet();
      producer.send(
          new ProducerRecord<>(topic, partition, null, Long.toString(number / partitions)),
          (done, failure) -> {
            if (failure != null) {
              failures.add("produce: " + failure);
            }
          });
    }
  }

  private void readOn() {
    List<TopicPartition> all =
        IntStream.range(0, partitions).mapToObj(each -> new TopicPartition(topic, each)).toList();
    long[] next = new long[partitions];
    try {
      consumer.assign(all);
      consumer.seekToBeginning(all);
      while (!readsNoMore) {
        consumer.poll(POLL).forEach(record -> check(record, next));
      }
    } catch (RuntimeException e) {
      failures.add("consume: " + e);
    }
  }

  private void check(ConsumerRecord<String, String> record, long[] next) {
    long expected = next[record.partition()]++;
    if (!record.value().equals(Long.toString(expected))) {
      failures.add(
          "record %s at offset %d of partition %d, and not %d"
              .formatted(record.value(), record.offset(), record.partition(), expected));
    }
    read.incrementAndGet();
  }

  /** How many records have come. */
  long read() {
    return read.get();
  }

  /** What the clients have told of errors, and what did not come as it should. */
  List<String> failures() {
    return List.copyOf(failures);
  }

  /** Stops to produce, waits until all has come, and stops. */
  void finish() throws InterruptedException {
    writesNoMore = true;
    writing.join();
    producer.close();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_S);
    while (read.get() < sent.get() && failures.isEmpty()) {
      if (System.nanoTime() > deadline) {
        failures.add("only %d of %d records have come".formatted(read.get(), sent.get()));
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
    readsNoMore = true;
    reading.join();
    consumer.close();
  }
}

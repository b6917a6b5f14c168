package dev.leat.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a broker in the middle of transactions, again and again: each of them writes one record to
 * two topics, and an offset. Whoever reads what is committed finds both records or none, once, as
 * the producer was told. {@code -Dcrash.rounds} and {@code -Dcrash.seed} as with {@link CrashTest}.
 */
@Tag("crash")
class ExactlyOnceCrashTest {
  private static final int ROUNDS = Math.min(20, Integer.getInteger("crash.rounds", 4));
  private static final long SEED = Long.getLong("crash.seed", System.nanoTime());
  private static final int WORKERS = 3;
  private static final int MAX_COMMITS = 60;
  private static final int MAX_DELAY_MS = 50;
  private static final long DEADLINE_MS = 120_000;
  private static final TopicPartition SOURCE = new TopicPartition("source", 0);

  @TempDir Path directory;

  @Test
  void shouldCommitWhollyOrNotAtAll() throws Exception {
    System.out.println("ExactlyOnceCrashTest: " + ROUNDS + " rounds, -Dcrash.seed=" + SEED);
    SplittableRandom random = new SplittableRandom(SEED);
    BrokerProcess broker = new BrokerProcess(directory);
    createTopics(broker);
    List<Worker> workers = new ArrayList<>();
    for (int i = 0; i < WORKERS; i++) {
      workers.add(new Worker(i, broker.kafkaBootstrap(), random.split()));
    }

    for (int round = 0; round < ROUNDS; round++) {
      awaitCommits(workers, random.nextInt(1, MAX_COMMITS));
      TimeUnit.MILLISECONDS.sleep(random.nextInt(MAX_DELAY_MS));
      broker.kill();
      broker.restart();
    }
    for (Worker worker : workers) {
      awaitCommits(List.of(worker), 1);
    }
    for (Worker worker : workers) {
      worker.finish();
    }

    List<String> left = read(broker, "left");
    List<String> right = read(broker, "right");
    assertThat(left).doesNotHaveDuplicates();
    assertThat(right).containsExactlyInAnyOrderElementsOf(left);
    for (Worker worker : workers) {
      assertThat(worker.committed).isNotEmpty();
      assertThat(left).containsAll(worker.committed).doesNotContainAnyElementsOf(worker.aborted);
      assertThat(left).filteredOn(worker::wrote).isSubsetOf(worker.mayBeThere());
      assertThat(worker.committedOffset()).isEqualTo(worker.lastOf(left) + 1);
    }
    assertThat(broker.stop()).isZero();
  }

  /** Until so many more transactions are committed. */
  private static void awaitCommits(List<Worker> workers, int more) throws InterruptedException {
    long deadlineMs = System.currentTimeMillis() + DEADLINE_MS;
    int wanted = commits(workers) + more;
    while (commits(workers) < wanted) {
      assertThat(System.currentTimeMillis()).as("transactions go on").isLessThan(deadlineMs);
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  private static int commits(List<Worker> workers) {
    return workers.stream().mapToInt(worker -> worker.committed.size()).sum();
  }

  private static void createTopics(BrokerProcess broker) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.kafkaBootstrap()))) {
      admin
          .createTopics(
              List.of(
                  new NewTopic("source", 1, (short) 1),
                  new NewTopic("left", 2, (short) 1),
                  new NewTopic("right", 3, (short) 1)))
          .all()
          .get();
    }
  }

  /** All that is committed, up to the end that there is now. */
  private static List<String> read(BrokerProcess broker, String topic) {
    List<String> values = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers", broker.kafkaBootstrap(), "isolation.level", "read_committed"),
            new StringDeserializer(),
            new StringDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
      }
    }
    return values;
  }

  /** Commits and aborts transactions until told to stop, and notes what it was told. */
  private static final class Worker implements Runnable {
    private final int number;
    private final String bootstrap;
    private final SplittableRandom random;
    private final Set<String> committed = Collections.synchronizedSet(new HashSet<>());
    private final Set<String> aborted = Collections.synchronizedSet(new HashSet<>());
    private final Set<String> unknown = Collections.synchronizedSet(new HashSet<>());
    private final Thread thread;
    private volatile boolean stopping;
    private long next;

    Worker(int number, String bootstrap, SplittableRandom random) {
      this.number = number;
      this.bootstrap = bootstrap;
      this.random = random;
      thread = new Thread(this, "worker-" + number);
      thread.start();
    }

    @Override
    public void run() {
      while (!stopping) {
        try (KafkaProducer<String, String> producer = producer()) {
          producer.initTransactions();
          while (!stopping) {
            transact(producer);
          }
        } catch (KafkaException e) {
          // This producer cannot go on: the next one ends what it has left open.
        }
      }
    }

    private KafkaProducer<String, String> producer() {
      return new KafkaProducer<>(
          Map.of(
              "bootstrap.servers",
              bootstrap,
              "transactional.id",
              "worker-" + number,
              "reconnect.backoff.max.ms",
              "200",
              "linger.ms",
              random.nextInt(3)),
          new StringSerializer(),
          new StringSerializer());
    }

    private void transact(KafkaProducer<String, String> producer) {
      String value = number + "/" + next++;
      unknown.add(value);
      producer.beginTransaction();
      producer.send(new ProducerRecord<>("left", value));
      producer.send(new ProducerRecord<>("right", value));
      producer.sendOffsetsToTransaction(
          Map.of(SOURCE, new OffsetAndMetadata(next)), new ConsumerGroupMetadata(group()));
      boolean commit = random.nextInt(4) > 0;
      if (commit) {
        producer.commitTransaction();
      } else {
        producer.abortTransaction();
      }
      (commit ? committed : aborted).add(value);
      unknown.remove(value);
    }

    private String group() {
      return "group-" + number;
    }

    void finish() throws InterruptedException {
      stopping = true;
      thread.join();
    }

    boolean wrote(String value) {
      return value.startsWith(number + "/");
    }

    Set<String> mayBeThere() {
      Set<String> values = new HashSet<>(committed);
      values.addAll(unknown);
      return values;
    }

    long lastOf(List<String> values) {
      return values.stream()
          .filter(this::wrote)
          .mapToLong(value -> Long.parseLong(value.substring(value.indexOf('/') + 1)))
          .max()
          .orElse(-1);
    }

    long committedOffset() throws Exception {
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
        return admin
            .listConsumerGroupOffsets(group())
            .partitionsToOffsetAndMetadata()
            .get()
            .get(SOURCE)
            .offset();
      }
    }
  }
}

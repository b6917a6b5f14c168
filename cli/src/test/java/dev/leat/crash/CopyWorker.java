package dev.leat.crash;

import dev.leat.client.ConsumerConfig;
import dev.leat.client.ConsumerRecord;
import dev.leat.client.GroupConfig;
import dev.leat.client.GroupConsumer;
import dev.leat.client.LeatClient;
import dev.leat.client.Position;
import dev.leat.client.ProducerRecord;
import dev.leat.client.SendCallback;
import dev.leat.client.TransactionalProducer;
import dev.leat.client.error.LeatException;
import dev.leat.client.error.ProducerFencedException;
import java.time.Duration;
import java.util.List;

/**
 * Copies a topic exactly once, in a process that may be killed at any moment: consumes, sends what
 * it got to another topic, and commits both together. Arguments: brokers, source, target, and the
 * name of its group, which is its transactional id, too.
 */
public final class CopyWorker {
  /** Small, so that there are many transactions. */
  private static final int POLL_RECORDS = 40;

  private static final Duration POLL = Duration.ofMillis(200);

  private final GroupConsumer consumer;
  private final TransactionalProducer producer;
  private final String target;

  private CopyWorker(GroupConsumer consumer, TransactionalProducer producer, String target) {
    this.consumer = consumer;
    this.producer = producer;
    this.target = target;
  }

  /** Copies until it is killed. */
  public static void main(String[] arguments) {
    GroupConfig group =
        GroupConfig.of(arguments[3], arguments[1])
            .withStart(Position.earliest())
            .withAutoCommit(Duration.ZERO)
            .withConsumer(
                ConsumerConfig.DEFAULT.withMaxResponseBytes(1).withMaxPollRecords(POLL_RECORDS));
    try (LeatClient client = LeatClient.connect(arguments[0]);
        GroupConsumer consumer = client.groupConsumer(group);
        TransactionalProducer producer = client.transactionalProducer(arguments[3])) {
      CopyWorker worker = new CopyWorker(consumer, producer, arguments[2]);
      while (true) {
        worker.copy(consumer.poll(POLL));
      }
    }
  }

  private void copy(List<ConsumerRecord> records) {
    producer.begin();
    try {
      for (ConsumerRecord record : records) {
        producer.send(ProducerRecord.of(target, record.key(), record.value()), SendCallback.NONE);
      }
      producer.sendOffsets(consumer);
      commit();
    } catch (ProducerFencedException e) {
      throw e;
    } catch (LeatException e) {
      System.err.println("aborted: " + e);
      producer.abort();
      consumer.rewind();
    }
  }

  private void commit() {
    while (true) {
      try {
        producer.commit();
        return;
      } catch (LeatException e) {
        if (!e.isRetriable()) {
          throw e;
        }
        System.err.println("commit again: " + e);
      }
    }
  }
}

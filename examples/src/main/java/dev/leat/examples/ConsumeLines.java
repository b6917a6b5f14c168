package dev.leat.examples;

import dev.leat.client.Consumer;
import dev.leat.client.ConsumerRecord;
import dev.leat.client.LeatClient;
import dev.leat.client.Position;
import java.time.Duration;

/**
 * Prints the records of a topic from its beginning, and then those that come, until nothing comes
 * for five seconds. Arguments: bootstrap, topic.
 */
public final class ConsumeLines {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private ConsumeLines() {}

  /** Runs. */
  public static void main(String[] args) {
    try (LeatClient client = LeatClient.connect(args[0]);
        Consumer consumer = client.consumer()) {
      consumer.assign(args[1], Position.earliest());
      while (true) {
        var records = consumer.poll(PATIENCE);
        if (records.isEmpty()) {
          return;
        }
        for (ConsumerRecord record : records) {
          System.out.println(record + " " + record.keyText() + " " + record.valueText());
        }
      }
    }
  }
}

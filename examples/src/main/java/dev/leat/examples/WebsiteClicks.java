package dev.leat.examples;

import dev.leat.client.Consumer;
import dev.leat.client.ConsumerRecord;
import dev.leat.client.LeatClient;
import dev.leat.client.Position;
import dev.leat.client.Producer;
import dev.leat.client.ProducerRecord;
import dev.leat.client.SendCallback;
import dev.leat.client.admin.TopicSpec;
import dev.leat.client.error.LeatErrorCode;
import dev.leat.client.error.LeatException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A website: every visit of a page is a record, keyed by the visitor, so that one visitor's visits
 * stay in order. Another part of the company counts the visits of each page. Argument: bootstrap.
 */
public final class WebsiteClicks {

  private static final String TOPIC = "click";
  private static final String[] PAGES = {"/", "/shop", "/shop/boats", "/basket", "/about"};
  private static final int VISITS = 10_000;
  private static final int VISITORS = 100;

  private WebsiteClicks() {}

  /** Runs. */
  public static void main(String[] args) {
    try (LeatClient client = LeatClient.connect(args[0])) {
      createTopic(client);
      try (Consumer consumer = client.consumer()) {
        consumer.assign(TOPIC, Position.latest());
        consumer
            .assignment()
            .forEach(consumer::position); // Waits until the end is known: visits come behind it.
        visit(client);
        System.out.println(count(consumer));
      }
    }
  }

  private static void createTopic(LeatClient client) {
    try {
      client.admin().createTopic(TopicSpec.of(TOPIC).withPartitions(6));
    } catch (LeatException e) {
      if (e.code() != LeatErrorCode.TOPIC_EXISTS) {
        throw e;
      }
    }
  }

  private static void visit(LeatClient client) {
    try (Producer producer = client.producer()) {
      SendCallback complain = error -> System.err.println("lost a visit: " + error.getMessage());
      for (int i = 0; i < VISITS; i++) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        String visitor = "visitor-" + random.nextInt(VISITORS);
        String page = PAGES[random.nextInt(PAGES.length)];
        producer.send(ProducerRecord.of(TOPIC, visitor, page), complain);
      }
    }
  }

  private static Map<String, Integer> count(Consumer consumer) {
    Map<String, Integer> visits = new TreeMap<>();
    for (int seen = 0; seen < VISITS; ) {
      for (ConsumerRecord record : consumer.poll(Duration.ofSeconds(1))) {
        visits.merge(String.valueOf(record.valueText()), 1, Integer::sum);
        seen++;
      }
    }
    return visits;
  }
}

/**
 * The Java client of Leat: append records to topics and read them.
 *
 * <pre>{@code
 * try (LeatClient client = LeatClient.connect("localhost:9190")) {
 *   client.admin().createTopic(TopicSpec.of("click"));
 *   try (Producer producer = client.producer()) {
 *     producer.send(ProducerRecord.of("click", "/index.html")).join();
 *   }
 *   try (Consumer consumer = client.consumer()) {
 *     consumer.assign("click", Position.earliest());
 *     for (ConsumerRecord record : consumer.poll(Duration.ofSeconds(1))) {
 *       System.out.println(record.offset() + " " + record.valueText());
 *     }
 *   }
 * }
 * }</pre>
 *
 * <p>Everything that can go wrong is a {@link dev.leat.client.error.LeatException}.
 */
@NullMarked
package dev.leat.client;

import org.jspecify.annotations.NullMarked;

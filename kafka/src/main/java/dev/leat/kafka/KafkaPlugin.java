package dev.leat.kafka;

import dev.leat.broker.server.ListenerPlugin;
import dev.leat.kafka.network.KafkaListener;
import java.io.IOException;
import java.net.InetSocketAddress;

/** How the broker finds the Kafka listener. */
public final class KafkaPlugin implements ListenerPlugin {
  @Override
  public Listener start(Settings settings) throws IOException {
    KafkaContext context =
        new KafkaContext(settings.broker(), settings.brokerId(), settings.kafka());
    return new KafkaListener(settings, () -> new KafkaService(context));
  }

  @Override
  public void train(InetSocketAddress broker, String topic) throws IOException {
    try (Training training = new Training(broker, topic)) {
      training.run();
    }
  }
}

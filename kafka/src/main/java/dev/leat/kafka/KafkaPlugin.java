package dev.leat.kafka;

import dev.leat.broker.server.ListenerPlugin;
import dev.leat.kafka.coordinator.Coordinators;
import dev.leat.kafka.network.KafkaListener;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** How the broker finds the Kafka listener, and the coordinators. */
public final class KafkaPlugin implements ListenerPlugin {
  private @Nullable Coordinators coordinators;

  @Override
  public Listener start(Settings settings) throws IOException {
    KafkaContext context =
        new KafkaContext(
            settings.broker(),
            settings.brokerId(),
            settings.kafka(),
            () -> coordinators(settings));
    return new KafkaListener(settings, () -> new KafkaService(context));
  }

  private synchronized Coordinators coordinators(Settings settings) {
    if (coordinators == null) {
      coordinators = new Coordinators(settings.brokerId(), settings.broker());
    }
    return coordinators;
  }
}

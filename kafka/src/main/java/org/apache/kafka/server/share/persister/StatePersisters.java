package org.apache.kafka.server.share.persister;

import org.apache.kafka.clients.KafkaClient;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.util.timer.Timer;

/** Kafka's own persister, one for each broker of a process: Kafka's own way makes a single one. */
public final class StatePersisters {
  private StatePersisters() {}

  /**
   * A persister that runs.
   *
   * @param client sends its requests
   * @param coordinators where share coordinators are
   * @param timer waits before it asks again
   */
  public static Persister start(
      KafkaClient client, ShareCoordinatorMetadataCacheHelper coordinators, Timer timer) {
    PersisterStateManager manager =
        new PersisterStateManager(client, coordinators, Time.SYSTEM, timer);
    manager.start();
    return new DefaultStatePersister(manager);
  }
}

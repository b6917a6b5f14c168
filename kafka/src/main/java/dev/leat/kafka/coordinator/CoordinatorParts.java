package dev.leat.kafka.coordinator;

import dev.leat.broker.runtime.BrokerApi;
import org.apache.kafka.coordinator.common.runtime.CoordinatorLoader;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.common.runtime.Deserializer;
import org.apache.kafka.coordinator.common.runtime.PartitionWriter;
import org.apache.kafka.server.util.timer.Timer;

/**
 * What a coordinator is built of.
 *
 * @param brokerId number of this broker
 * @param broker the broker
 * @param led the partitions of its topic
 * @param timer shared by all coordinators
 */
public record CoordinatorParts(int brokerId, BrokerApi broker, LedPartitions led, Timer timer) {
  /** Writes its log, which takes part in no transaction. */
  public PartitionWriter writer() {
    return writer(TransactionVerifier.NONE);
  }

  /**
   * Writes its log.
   *
   * @param verifier asks whether records of a transaction may be part of it
   */
  public PartitionWriter writer(TransactionVerifier verifier) {
    return new LogPartitionWriter(broker.internalLog(), led, verifier);
  }

  /** Reads its log. */
  public CoordinatorLoader<CoordinatorRecord> loader(Deserializer<CoordinatorRecord> deserializer) {
    return new LogCoordinatorLoader<>(
        broker.internalLog(), led, deserializer, broker.readers(), broker.clock());
  }
}

package dev.leat.kafka;

import dev.leat.broker.runtime.BrokerApi;
import dev.leat.broker.server.KafkaConfig;
import dev.leat.kafka.coordinator.Coordinators;
import java.util.function.Supplier;

/**
 * What every API module may use.
 *
 * @param broker the broker behind the listener
 * @param brokerId number of this broker, the node id of clients
 * @param config what the listener is told
 * @param coordinators of groups and the like; made when they are asked for first
 */
public record KafkaContext(
    BrokerApi broker, int brokerId, KafkaConfig config, Supplier<Coordinators> coordinators) {}

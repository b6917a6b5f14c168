package dev.leat.kafka;

import dev.leat.broker.runtime.BrokerApi;
import dev.leat.broker.server.KafkaConfig;

/**
 * What every API module may use.
 *
 * @param broker the broker behind the listener
 * @param brokerId number of this broker, the node id of clients
 * @param config what the listener is told
 */
public record KafkaContext(BrokerApi broker, int brokerId, KafkaConfig config) {}

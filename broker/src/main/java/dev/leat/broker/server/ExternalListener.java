package dev.leat.broker.server;

import dev.leat.broker.runtime.view.AddressBook;

/**
 * A listener for clients that cannot reach the brokers at the addresses that brokers use among
 * themselves.
 *
 * @param name what people call it
 * @param grpcPort its gRPC port
 * @param kafka what its Kafka listener is told
 * @param addresses what its clients are told of each broker
 */
public record ExternalListener(
    String name, int grpcPort, KafkaConfig kafka, AddressBook addresses) {}

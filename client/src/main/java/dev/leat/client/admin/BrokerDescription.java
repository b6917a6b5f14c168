package dev.leat.client.admin;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * One broker.
 *
 * @param id number, from 0
 * @param status whether it can be used
 * @param address where it listens for this client, {@code host:port}
 * @param kafka where it listens for Kafka clients, if it does
 * @param pid its process id, if it runs on the machine of the broker that was asked
 * @param leads number of groups that it leads
 */
public record BrokerDescription(
    int id,
    BrokerStatus status,
    String address,
    Optional<String> kafka,
    OptionalLong pid,
    int leads) {}

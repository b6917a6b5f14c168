package dev.leat.broker.journal;

import java.util.UUID;

/**
 * Whose data a directory holds.
 *
 * @param clusterId the cluster
 * @param brokerId number of the broker in it
 */
public record StoreIdentity(UUID clusterId, int brokerId) {}

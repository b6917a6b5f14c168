package dev.leat.client.internal.net;

import dev.leat.api.rpc.RecordMethods;
import dev.leat.client.ClientConfig;

/**
 * What all parts of a client share.
 *
 * @param config config of the client
 * @param loop network thread
 * @param channels connections
 * @param cluster what is known of the cluster
 * @param watch keeps that up to date
 * @param methods the fast methods
 */
public record Session(
    ClientConfig config,
    ClientLoop loop,
    Channels channels,
    Cluster cluster,
    MetadataWatch watch,
    RecordMethods.Client methods) {}

package dev.leat.cli.up;

import dev.leat.broker.server.KafkaConfig;
import dev.leat.broker.server.ListenerLimits;
import dev.leat.crds.ResourceName;
import java.nio.file.Path;
import java.util.UUID;

/**
 * What a broker of a local cluster is told.
 *
 * @param id its number
 * @param cluster name of the Cluster resource
 * @param clusterId id of the cluster
 * @param groups replica groups per class
 * @param directory where its journal lies
 * @param host address that it listens on
 * @param grpcPort its gRPC port; 0: any free one
 * @param peerPort port that other brokers are told; 0: its gRPC port
 * @param httpPort its port of metrics and probes; 0: any free one
 * @param kafka what its Kafka listener is told
 * @param limits what clients may take of each listener
 * @param zone failure domain; empty: none
 * @param share of how many brokers in its process it is one: they share the memory
 */
record BrokerPlan(
    int id,
    ResourceName cluster,
    UUID clusterId,
    int groups,
    Path directory,
    String host,
    int grpcPort,
    int peerPort,
    int httpPort,
    KafkaConfig kafka,
    ListenerLimits limits,
    String zone,
    int share) {
  /** The same on other ports. */
  BrokerPlan withPorts(int grpc, int http, int kafkaPort) {
    return new BrokerPlan(
        id,
        cluster,
        clusterId,
        groups,
        directory,
        host,
        grpc,
        peerPort,
        http,
        new KafkaConfig(kafkaPort, kafka.autoCreateTopics()),
        limits,
        zone,
        share);
  }
}

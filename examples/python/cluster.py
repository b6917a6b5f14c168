"""Finds the leaders of a topic's partitions, and connects to them."""

import grpc

from leat.v1 import cluster_pb2, cluster_pb2_grpc, records_pb2_grpc

TIMEOUT_S = 10


class Cluster:
    """What one broker says of a topic: who leads which partition."""

    def __init__(self, bootstrap: str, topic: str):
        self._channels = {}
        watch = cluster_pb2_grpc.ClusterServiceStub(self._channel(bootstrap)).WatchMetadata(
            cluster_pb2.WatchMetadataRequest(topics=[topic]), timeout=TIMEOUT_S
        )
        snapshot = next(watch)
        watch.cancel()
        if not snapshot.topics:
            raise SystemExit(f"topic '{topic}' does not exist: create it with leat topic create {topic}")
        brokers = {b.address.id: f"{b.address.host}:{b.address.port}" for b in snapshot.brokers}
        leaders = {group.group: group.leader for group in snapshot.groups}
        self._leaders = [brokers[leaders[group]] for group in snapshot.topics[0].partition_groups]

    @property
    def partitions(self) -> int:
        """Number of partitions of the topic."""
        return len(self._leaders)

    def records(self, partition: int) -> records_pb2_grpc.RecordServiceStub:
        """The record service at the leader of a partition."""
        return records_pb2_grpc.RecordServiceStub(self._channel(self._leaders[partition]))

    def _channel(self, address: str) -> grpc.Channel:
        if address not in self._channels:
            self._channels[address] = grpc.insecure_channel(address)
        return self._channels[address]

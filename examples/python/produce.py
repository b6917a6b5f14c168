"""Sends each line of the standard input as a record, and prints the offset that it got."""

import argparse
import sys
from typing import Iterable, Iterator

from cluster import Cluster
from leat.v1 import common_pb2, records_pb2


def produce(cluster: Cluster, topic: str, partition: int, values: Iterable[bytes]) -> Iterator[int]:
    """Sends values to a partition; yields the offset of each one once it is on disk."""
    requests = (
        records_pb2.ProduceRequest(
            id=number,
            partitions=[
                records_pb2.PartitionRecords(
                    topic=topic,
                    partition=partition,
                    records=[common_pb2.Record(value=value)],
                    compression=common_pb2.COMPRESSION_ZSTD,
                )
            ],
        )
        for number, value in enumerate(values)
    )
    # Answers come in the order of the requests, while further requests are on their way.
    for response in cluster.records(partition).Produce(requests):
        ack = response.acks[0]
        if ack.HasField("error"):
            raise SystemExit(f"record {response.id} was refused: {ack.error.message}")
        yield ack.base_offset


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("topic")
    parser.add_argument("--partition", type=int, default=0)
    parser.add_argument("--bootstrap", default="localhost:9190")
    options = parser.parse_args()
    lines = (line.rstrip(b"\n") for line in sys.stdin.buffer)
    cluster = Cluster(options.bootstrap, options.topic)
    for offset in produce(cluster, options.topic, options.partition, lines):
        print(offset, flush=True)


if __name__ == "__main__":
    main()

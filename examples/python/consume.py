"""Prints the records of a topic from the beginning, and then those that come."""

import argparse
from typing import Iterator

from cluster import Cluster
from leat.v1 import common_pb2, records_pb2


def consume(cluster: Cluster, topic: str, partition: int) -> Iterator[common_pb2.Record]:
    """Yields the records of a partition from the beginning, for ever."""
    request = records_pb2.FetchRequest(
        partitions=[
            records_pb2.FetchPartition(
                topic=topic,
                partition=partition,
                start=records_pb2.OffsetSpec(named=records_pb2.NAMED_OFFSET_EARLIEST),
            )
        ],
        form=records_pb2.FETCH_FORM_RECORDS,
    )
    for response in cluster.records(partition).Fetch(request):
        for piece in response.partitions:
            if piece.HasField("error"):
                raise SystemExit(f"{topic}-{partition} cannot be read: {piece.error.message}")
            yield from piece.records


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("topic")
    parser.add_argument("--partition", type=int, default=0)
    parser.add_argument("--max", type=int, help="end after so many records")
    parser.add_argument("--bootstrap", default="localhost:9190")
    options = parser.parse_args()
    cluster = Cluster(options.bootstrap, options.topic)
    records = consume(cluster, options.topic, options.partition)
    for count, record in enumerate(records, start=1):
        print(record.offset, record.timestamp, record.value.decode(errors="replace"), flush=True)
        if count == options.max:
            return


if __name__ == "__main__":
    main()

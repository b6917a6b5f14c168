"""Produces to a topic, reads it back and compares; prints ok, or ends with what is wrong."""

import argparse
import itertools
import uuid

from cluster import Cluster
from consume import consume
from produce import produce

RECORDS = 500


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("topic")
    parser.add_argument("--bootstrap", default="localhost:9190")
    options = parser.parse_args()
    cluster = Cluster(options.bootstrap, options.topic)
    for partition in range(cluster.partitions):
        run = uuid.uuid4().hex
        sent = [f"{run} {number}".encode() for number in range(RECORDS)]
        offsets = list(produce(cluster, options.topic, partition, sent))
        if offsets != list(range(offsets[0], offsets[0] + RECORDS)):
            raise SystemExit(f"offsets of partition {partition} are not consecutive: {offsets}")
        records = consume(cluster, options.topic, partition)
        read = list(itertools.islice((r for r in records if r.offset >= offsets[0]), RECORDS))
        if [record.value for record in read] != sent:
            raise SystemExit(f"partition {partition} gave back other records than were sent")
        if [record.offset for record in read] != offsets:
            raise SystemExit(f"partition {partition} gave back other offsets than were told")
    print(f"ok: {RECORDS} records in each of {cluster.partitions} partitions")


if __name__ == "__main__":
    main()

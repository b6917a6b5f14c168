"""A live feed: sends flights when they leave, keyed by the airport that they leave from.

Arguments: bootstrap, file of flights in the order of time, one JSON object in a line.
"""

import json
import sys
import time
from datetime import datetime

from confluent_kafka import Producer

SPEED = 12 * 3600  # seconds of the flights' time in one of ours

failures = []
producer = Producer({"bootstrap.servers": sys.argv[1], "enable.idempotence": True})
start = first = None
with open(sys.argv[2]) as lines:
    for line in lines:
        flight = json.loads(line)
        leaves = datetime.strptime(flight["date"], "%Y/%m/%d %H:%M")
        if first is None:
            start, first = time.monotonic(), leaves
        due = start + (leaves - first).total_seconds() / SPEED
        time.sleep(max(0, due - time.monotonic()))
        producer.produce(
            "flights",
            key=flight["origin"],
            value=line.rstrip("\n"),
            on_delivery=lambda error, _: error and failures.append(error),
        )
        producer.poll(0)
producer.flush(60)
sys.exit(f"{len(failures)} flights were not taken: {failures[0]}" if failures else 0)

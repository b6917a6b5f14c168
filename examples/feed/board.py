"""The board: shows for each day, while it passes, how many flights have left and which airports are late.

Arguments: bootstrap, number of flights after which it ends.
"""

import json
import sys
import time
from collections import defaultdict

from confluent_kafka import Consumer

DEADLINE_S = 120
SHOWN = 5


class Airport:
    """What has left from one airport so far."""

    def __init__(self):
        self.flights = 0
        self.minutes = 0
        self.last = ""

    def add(self, flight: dict) -> bool:
        """Counts a flight; whether it comes in order."""
        in_order = flight["date"] >= self.last
        self.flights += 1
        self.minutes += flight["delay"]
        self.last = flight["date"]
        return in_order


def show(day: str, airports: dict) -> None:
    busy = sorted(airports.items(), key=lambda airport: -airport[1].flights)[:SHOWN]
    late = ", ".join(f"{name} {a.flights} flights {a.minutes / a.flights:+.1f} min" for name, a in busy)
    print(f"{day}: {late}", flush=True)


bootstrap, count = sys.argv[1], int(sys.argv[2])
consumer = Consumer(
    {"bootstrap.servers": bootstrap, "group.id": "board", "auto.offset.reset": "earliest"}
)
consumer.subscribe(["flights"])
airports = defaultdict(Airport)
day, seen, out_of_order = "", 0, 0
deadline = time.monotonic() + DEADLINE_S
while seen < count and time.monotonic() < deadline:
    message = consumer.poll(1)
    if message is None or message.error():
        continue
    flight = json.loads(message.value())
    if day and flight["date"][:10] > day:
        show(day, airports)
    day = max(day, flight["date"][:10])
    out_of_order += not airports[flight["origin"]].add(flight)
    seen += 1
show(day, airports)
consumer.close()
print(f"{seen} of {count} flights, from {len(airports)} airports, {out_of_order} out of order")
sys.exit(1 if seen < count or out_of_order else 0)

"""The audit: reads all invoices that count and says which orders have none, or several."""

import json
import sys
import time
from collections import Counter

from confluent_kafka import Consumer, TopicPartition

DEADLINE_S = 60

bootstrap, count = sys.argv[1], int(sys.argv[2])
consumer = Consumer(
    {
        "bootstrap.servers": bootstrap,
        "group.id": "audit",
        "isolation.level": "read_committed",  # what is in an open or aborted transaction is not seen
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
    }
)
consumer.assign([TopicPartition("invoices", partition, 0) for partition in range(3)])
invoices = Counter()
deadline = time.monotonic() + DEADLINE_S
while len(invoices) < count and time.monotonic() < deadline:
    for message in consumer.consume(500, timeout=1):
        if not message.error():
            invoices[json.loads(message.value())["order"]] += 1
# One more look: an invoice too many would come late.
for message in consumer.consume(500, timeout=2):
    if not message.error():
        invoices[json.loads(message.value())["order"]] += 1
missing = [order for order in range(1, count + 1) if order not in invoices]
twice = [order for order, times in invoices.items() if times > 1]
print(f"{count} orders, {sum(invoices.values())} invoices, {len(missing)} missing, {len(twice)} twice")
sys.exit(1 if missing or twice else 0)

"""The shop: sends an order every 20 ms. Arguments: bootstrap, number of orders."""

import json
import sys
import time

from confluent_kafka import Producer

bootstrap, count = sys.argv[1], int(sys.argv[2])
failures = []
producer = Producer({"bootstrap.servers": bootstrap, "enable.idempotence": True})
for number in range(1, count + 1):
    order = {"order": number, "customer": f"customer-{number % 50}", "boats": 1 + number % 3}
    producer.produce(
        "orders",
        key=order["customer"],
        value=json.dumps(order),
        on_delivery=lambda error, _: error and failures.append(error),
    )
    producer.poll(0)
    time.sleep(0.02)
producer.flush(60)
sys.exit(f"{len(failures)} orders were not taken: {failures[0]}" if failures else 0)

"""Billing: reads orders and writes an invoice for each, exactly once.

Invoices and "how far I have read" are one transaction. A process that dies leaves an open one, which
counts for nothing: whoever starts next goes on behind the last transaction that was committed.
"""

import json
import sys

from confluent_kafka import Consumer, Producer

BATCH = 20

bootstrap = sys.argv[1]
consumer = Consumer(
    {
        "bootstrap.servers": bootstrap,
        "group.id": "billing",
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,  # the transaction does it
        "group.instance.id": "billing",  # a new process takes the place of the one before at once
    }
)
# This id, too, names the service and not the process: what its predecessor left open is aborted.
producer = Producer({"bootstrap.servers": bootstrap, "transactional.id": "billing"})


def invoice(order: dict) -> dict:
    return {"order": order["order"], "amount": order["boats"] * 1200}


producer.init_transactions()
consumer.subscribe(["orders"])
while True:
    orders = [message for message in consumer.consume(BATCH, timeout=0.5) if not message.error()]
    if orders:
        producer.begin_transaction()
        for message in orders:
            bill = invoice(json.loads(message.value()))
            producer.produce("invoices", key=message.key(), value=json.dumps(bill))
        producer.send_offsets_to_transaction(
            consumer.position(consumer.assignment()), consumer.consumer_group_metadata()
        )
        producer.commit_transaction()

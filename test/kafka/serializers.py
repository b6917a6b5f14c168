"""Records in Avro (without a registry: the schema is known to both sides) and in JSON, in a group and in transactions."""

import argparse
import io
import json
import time

import fastavro
from confluent_kafka import DeserializingConsumer, SerializingProducer
from confluent_kafka.admin import AdminClient, NewTopic
from confluent_kafka.serialization import StringDeserializer, StringSerializer

RECORDS = 2_000
DEADLINE_S = 60
SCHEMA = fastavro.parse_schema({
    "type": "record", "name": "Visit",
    "fields": [{"name": "page", "type": "string"}, {"name": "millis", "type": "long"}],
})

parser = argparse.ArgumentParser()
parser.add_argument("--bootstrap", required=True)
bootstrap = parser.parse_args().bootstrap


def to_avro(visit, context):
    out = io.BytesIO()
    fastavro.schemaless_writer(out, SCHEMA, visit)
    return out.getvalue()


def from_avro(data, context):
    return fastavro.schemaless_reader(io.BytesIO(data), SCHEMA)


def to_json(visit, context):
    return json.dumps(visit).encode()


def from_json(data, context):
    return json.loads(data)


def visit(i):
    return {"page": "/page/%d" % (i % 7), "millis": 1_700_000_000_000 + i}


def produce(topic, serializer):
    """Half of the records in a transaction that is aborted first, and committed then."""
    producer = SerializingProducer({
        "bootstrap.servers": bootstrap, "transactional.id": topic,
        "key.serializer": StringSerializer(), "value.serializer": serializer,
    })
    producer.init_transactions(DEADLINE_S)
    for first, commit in ((0, True), (RECORDS // 2, False), (RECORDS // 2, True)):
        producer.begin_transaction()
        for i in range(first, first + RECORDS // 2):
            producer.produce(topic, key=str(i), value=visit(i))
            producer.poll(0)
        if commit:
            producer.commit_transaction(DEADLINE_S)
        else:
            producer.flush(DEADLINE_S)
            producer.abort_transaction(DEADLINE_S)


def consume(topic, deserializer):
    consumer = DeserializingConsumer({
        "bootstrap.servers": bootstrap, "group.id": topic, "auto.offset.reset": "earliest",
        "key.deserializer": StringDeserializer(), "value.deserializer": deserializer,
    })
    consumer.subscribe([topic])
    seen = []
    deadline = time.monotonic() + DEADLINE_S
    while len(seen) < RECORDS and time.monotonic() < deadline:
        message = consumer.poll(1)
        if message is not None:
            assert message.error() is None, message.error()
            seen.append((int(message.key()), message.value()))
    consumer.close()
    return sorted(seen, key=lambda record: record[0])


expected = [(i, visit(i)) for i in range(RECORDS)]
admin = AdminClient({"bootstrap.servers": bootstrap})
for topic, serializer, deserializer in (("avro", to_avro, from_avro), ("json", to_json, from_json)):
    admin.create_topics([NewTopic(topic, 3)])[topic].result(30)
    produce(topic, serializer)
    seen = consume(topic, deserializer)
    assert seen == expected, "%s: %d records, %d expected" % (topic, len(seen), len(expected))

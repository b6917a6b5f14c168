"""The newest librdkafka, through confluent-kafka."""

import argparse
import time

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, OffsetSpec

RECORDS = 5_000
DEADLINE_S = 60

parser = argparse.ArgumentParser()
parser.add_argument("--bootstrap", required=True)
bootstrap = parser.parse_args().bootstrap

admin = AdminClient({"bootstrap.servers": bootstrap})
admin.create_topics([NewTopic("rd", 3)])["rd"].result(30)
try:
    admin.create_topics([NewTopic("rd-even", 1, replication_factor=2)])["rd-even"].result(30)
    raise AssertionError("two replicas were accepted")
except KafkaException as refusal:
    assert refusal.args[0].name() == "INVALID_REPLICATION_FACTOR", refusal
(configs,) = admin.describe_configs([ConfigResource("topic", "rd")]).values()
assert configs.result(30)["max.message.bytes"].value == "1048588"

failures = []
producer = Producer(
    {"bootstrap.servers": bootstrap, "enable.idempotence": True, "compression.type": "zstd"}
)
for i in range(RECORDS):
    producer.produce("rd", key=str(i), value="value %d" % i,
                     on_delivery=lambda error, _: error and failures.append(error))
    producer.poll(0)
assert producer.flush(DEADLINE_S) == 0 and not failures, failures

consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "unused", "enable.auto.commit": False})
consumer.assign([TopicPartition("rd", i, 0) for i in range(3)])
seen = set()
deadline = time.monotonic() + DEADLINE_S
while len(seen) < RECORDS and time.monotonic() < deadline:
    for message in consumer.consume(500, 1):
        assert message.error() is None, message.error()
        seen.add(message.value())
assert len(seen) == RECORDS, len(seen)
ends = sum(consumer.get_watermark_offsets(TopicPartition("rd", i))[1] for i in range(3))
assert ends == RECORDS, ends
(latest,) = admin.list_offsets({TopicPartition("rd", 0): OffsetSpec.max_timestamp()}).values()
assert latest.result(30).offset >= 0

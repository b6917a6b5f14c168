"""A live feed with kafka-python 2.0.2, as Debian ships it."""

import argparse

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient, NewPartitions, NewTopic
from kafka.errors import InvalidReplicationFactorError, TopicAlreadyExistsError

RECORDS = 500


def refused(error, action):
    try:
        action()
    except error:
        return True
    return False


def administer(bootstrap):
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.create_topics([NewTopic("feed", 2, 1, topic_configs={"retention.ms": "3600000"})])
    assert refused(TopicAlreadyExistsError, lambda: admin.create_topics([NewTopic("feed", 2, 1)]))
    assert refused(
        InvalidReplicationFactorError, lambda: admin.create_topics([NewTopic("even", 1, 2)])
    )
    admin.create_partitions({"feed": NewPartitions(3)})
    assert len(admin.describe_topics(["feed"])[0]["partitions"]) == 3
    configs = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, "feed")])
    values = {entry[0]: entry[1] for entry in configs[0].resources[0][4]}
    assert values["retention.ms"] == "3600000", values
    assert values["cleanup.policy"] == "delete", values
    admin.create_topics([NewTopic("doomed", 1, 1)])
    admin.delete_topics(["doomed"])
    assert "doomed" not in admin.list_topics()


def feed(bootstrap):
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=5)
    acks = [
        producer.send("feed", key=b"%d" % i, value=b"event %d" % i, headers=[("n", b"%d" % i)])
        for i in range(RECORDS)
    ]
    producer.flush()
    times = [ack.get(10).timestamp for ack in acks]

    partitions = [TopicPartition("feed", i) for i in range(3)]
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, consumer_timeout_ms=20_000)
    consumer.assign(partitions)
    consumer.seek_to_beginning()
    seen = set()
    for record in consumer:
        assert record.headers == [("n", record.key)], record
        seen.add(record.value)
        if len(seen) == RECORDS:
            break
    assert seen == {b"event %d" % i for i in range(RECORDS)}
    assert sum(consumer.end_offsets(partitions).values()) == RECORDS
    found = consumer.offsets_for_times({partition: min(times) for partition in partitions})
    assert all(at.offset == 0 for at in found.values()), found


parser = argparse.ArgumentParser()
parser.add_argument("--bootstrap", required=True)
bootstrap = parser.parse_args().bootstrap
administer(bootstrap)
feed(bootstrap)

"""SimpleProducer of kafka-python 1.4.7, as the old introductions show it: Metadata and Produce v0."""

import argparse
import warnings

from kafka import KafkaClient, KafkaConsumer, SimpleClient, SimpleProducer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic
from kafka.protocol import CODEC_GZIP

warnings.simplefilter("ignore")

parser = argparse.ArgumentParser()
parser.add_argument("--bootstrap", required=True)
bootstrap = parser.parse_args().bootstrap

KafkaAdminClient(bootstrap_servers=bootstrap).create_topics([NewTopic("old", 1, 1)])
# What the introductions call KafkaClient has been SimpleClient since 1.0.
client = SimpleClient(bootstrap)
assert KafkaClient is not SimpleClient
plain = SimpleProducer(client)
for i in range(5):
    (answer,) = plain.send_messages("old", b"plain %d" % i)
    assert (answer.error, answer.offset) == (0, i), answer
SimpleProducer(client, codec=CODEC_GZIP).send_messages("old", *[b"zip %d" % i for i in range(10)])

consumer = KafkaConsumer(bootstrap_servers=bootstrap, consumer_timeout_ms=20_000)
partition = TopicPartition("old", 0)
consumer.assign([partition])
consumer.seek_to_beginning()
values = [next(consumer).value for _ in range(15)]
assert values == [b"plain %d" % i for i in range(5)] + [b"zip %d" % i for i in range(10)], values

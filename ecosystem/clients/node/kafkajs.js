// kafkajs: administration, producing, a group, and a transaction with its offsets. Argument: bootstrap.
const { Kafka, logLevel } = require('kafkajs');

const RECORDS = 1000;
const DEADLINE_MS = 60_000;

const kafka = new Kafka({ brokers: process.argv[2].split(','), logLevel: logLevel.ERROR });

async function create() {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({
    topics: ['node-source', 'node-target'].map(topic => ({ topic, numPartitions: 3 })),
  });
  await admin.disconnect();
}

async function produce() {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const messages = Array.from({ length: RECORDS }, (_, i) => ({ key: `${i}`, value: `value ${i}` }));
  await producer.send({ topic: 'node-source', messages });
  await producer.disconnect();
}

// Copies each batch and commits how far it has read, in one transaction.
async function copy() {
  const consumer = kafka.consumer({ groupId: 'node-copier', readUncommitted: false });
  const producer = kafka.producer({ transactionalId: 'node', idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  await consumer.connect();
  await consumer.subscribe({ topics: ['node-source'], fromBeginning: true });
  let copied = 0;
  await until(done => consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      const transaction = await producer.transaction();
      const messages = batch.messages.map(({ key, value }) => ({ key, value }));
      await transaction.send({ topic: 'node-target', messages });
      const offset = (BigInt(batch.lastOffset()) + 1n).toString();
      await transaction.sendOffsets({
        consumerGroupId: 'node-copier',
        topics: [{ topic: batch.topic, partitions: [{ partition: batch.partition, offset }] }],
      });
      await transaction.commit();
      copied += messages.length;
      if (copied >= RECORDS) done();
    },
  }));
  await consumer.disconnect();
  await producer.disconnect();
}

async function read() {
  const consumer = kafka.consumer({ groupId: 'node-reader', readUncommitted: false });
  await consumer.connect();
  await consumer.subscribe({ topics: ['node-target'], fromBeginning: true });
  const seen = new Map();
  await until(done => consumer.run({
    eachMessage: async ({ message }) => {
      const key = message.key.toString();
      seen.set(key, (seen.get(key) ?? 0) + 1);
      if (seen.size >= RECORDS) done();
    },
  }));
  await consumer.disconnect();
  const twice = [...seen].filter(([, times]) => times > 1);
  if (twice.length > 0) throw new Error(`${twice.length} records are there twice`);
}

function until(start) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('it takes too long')), DEADLINE_MS);
    start(() => { clearTimeout(timer); resolve(); }).catch(reject);
  });
}

async function main() {
  await create();
  await produce();
  await copy();
  await read();
  console.log('kafkajs: every record once');
}

main().then(() => process.exit(0), error => { console.error(error); process.exit(1); });

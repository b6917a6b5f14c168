package dev.leat.kafka.oracle;

import dev.leat.kafka.RawClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.InitProducerIdResponse;
import org.apache.kafka.common.requests.ListOffsetsResponse;
import org.apache.kafka.common.requests.MetadataResponse;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochResponse;
import org.apache.kafka.common.requests.ProduceResponse;

/** Records: what is answered to good and bad requests. Topics "data" and "keyed" must exist. */
final class DataScenarios {
  private static final Uuid NOBODY = new Uuid(77, 77);

  private final RawClient client;
  private final Consumer<String> out;

  DataScenarios(RawClient client, Consumer<String> out) {
    this.client = client;
    this.out = out;
  }

  void run() throws IOException {
    metadata();
    produce();
    idempotence();
    fetch();
    sessions();
    offsets();
    producerIds();
  }

  private void say(String scenario, Object result) {
    out.accept(scenario + ": " + result);
  }

  private void metadata() throws IOException {
    for (String name : List.of("data", "missing", "not legal", "..", "x".repeat(250))) {
      MetadataRequestData request =
          new MetadataRequestData()
              .setTopics(List.of(new MetadataRequestData.MetadataRequestTopic().setName(name)))
              .setAllowAutoTopicCreation(false);
      MetadataResponse response = (MetadataResponse) client.ask(ApiKeys.METADATA, 12, request);
      say(
          "metadata of " + (name.length() > 20 ? "a long name" : "'" + name + "'"),
          Errors.forCode(response.data().topics().iterator().next().errorCode()));
    }
    MetadataRequestData byId =
        new MetadataRequestData()
            .setTopics(
                List.of(
                    new MetadataRequestData.MetadataRequestTopic()
                        .setTopicId(NOBODY)
                        .setName(null)));
    MetadataResponse response = (MetadataResponse) client.ask(ApiKeys.METADATA, 12, byId);
    say(
        "metadata of an unknown id",
        Errors.forCode(response.data().topics().iterator().next().errorCode()));
  }

  private static SimpleRecord record(String value) {
    return new SimpleRecord(System.currentTimeMillis(), "k".getBytes(), value.getBytes());
  }

  private static MemoryRecords batch(SimpleRecord... records) {
    return MemoryRecords.withRecords(Compression.NONE, records);
  }

  private String produce(int version, String topic, int partition, MemoryRecords records)
      throws IOException {
    return produce(version, (short) -1, topic, partition, records);
  }

  private String produce(
      int version, short acks, String topic, int partition, MemoryRecords records)
      throws IOException {
    ProduceRequestData request = new ProduceRequestData().setAcks(acks).setTimeoutMs(5_000);
    ProduceRequestData.TopicProduceData data = new ProduceRequestData.TopicProduceData();
    if (version < 13) {
      data.setName(topic);
    } else {
      data.setTopicId(NOBODY);
    }
    data.partitionData()
        .add(new ProduceRequestData.PartitionProduceData().setIndex(partition).setRecords(records));
    request.topicData().add(data);
    ProduceResponse response = (ProduceResponse) client.ask(ApiKeys.PRODUCE, version, request);
    PartitionProduceResponse answer =
        response.data().responses().iterator().next().partitionResponses().getFirst();
    return Errors.forCode(answer.errorCode()) + " at " + answer.baseOffset();
  }

  private void produce() throws IOException {
    say("produce", produce(12, "data", 0, batch(record("a"), record("b"))));
    say("produce with acks=1", produce(12, (short) 1, "data", 0, batch(record("c"))));
    say("produce with acks=2", produce(12, (short) 2, "data", 0, batch(record("c"))));
    say("produce to an unknown topic", produce(12, "missing", 0, batch(record("a"))));
    say("produce to an unknown partition", produce(12, "data", 99, batch(record("a"))));
    say("produce to an unknown id", produce(13, "", 0, batch(record("a"))));
    say("produce nothing", produce(12, "data", 0, MemoryRecords.EMPTY));
    say(
        "produce two batches",
        produce(12, "data", 0, join(batch(record("a")), batch(record("b")))));
    MemoryRecords damaged = batch(record("hello"));
    damaged.buffer().put(damaged.sizeInBytes() - 2, (byte) 77);
    say("produce with a wrong checksum", produce(12, "data", 0, damaged));
    say("produce too much", produce(12, "data", 0, batch(record("x".repeat(2_000_000)))));
    say(
        "produce zstd in version 6",
        produce(6, "data", 0, MemoryRecords.withRecords(Compression.zstd().build(), record("z"))));
    say(
        "produce magic 1 in version 9",
        produce(
            9,
            "data",
            0,
            MemoryRecords.withRecords(
                RecordBatch.MAGIC_VALUE_V1, Compression.NONE, record("old"))));
    say(
        "produce without a key to a compacted topic",
        produce(12, "keyed", 0, batch(new SimpleRecord("no key".getBytes()))));
    say("produce with a key to a compacted topic", produce(12, "keyed", 0, batch(record("a"))));
    SimpleRecord future =
        new SimpleRecord(System.currentTimeMillis() + 86_400_000, null, "late".getBytes());
    say("produce from tomorrow", produce(12, "data", 0, batch(future)));
  }

  private static MemoryRecords join(MemoryRecords first, MemoryRecords second) {
    ByteBuffer both = ByteBuffer.allocate(first.sizeInBytes() + second.sizeInBytes());
    both.put(first.buffer()).put(second.buffer()).flip();
    return MemoryRecords.readableRecords(both);
  }

  private static MemoryRecords idempotent(long id, int epoch, int sequence) {
    return MemoryRecords.withIdempotentRecords(
        Compression.NONE, id, (short) epoch, sequence, record("i" + sequence), record("j"));
  }

  private void idempotence() throws IOException {
    say("idempotent 0", produce(12, "data", 1, idempotent(4711, 0, 0)));
    say("idempotent 2", produce(12, "data", 1, idempotent(4711, 0, 2)));
    say("idempotent 2 again", produce(12, "data", 1, idempotent(4711, 0, 2)));
    say("idempotent gap", produce(12, "data", 1, idempotent(4711, 0, 10)));
    say("idempotent new epoch, not from 0", produce(12, "data", 1, idempotent(4711, 1, 7)));
    say("idempotent new epoch", produce(12, "data", 1, idempotent(4711, 1, 0)));
    say("idempotent old epoch", produce(12, "data", 1, idempotent(4711, 0, 4)));
    say("idempotent unknown producer, not from 0", produce(12, "data", 1, idempotent(815, 0, 5)));
  }

  private FetchRequestData fetchOf(String topic, int partition, long offset, int epoch) {
    return new FetchRequestData()
        .setMaxWaitMs(0)
        .setMinBytes(1)
        .setMaxBytes(1 << 20)
        .setSessionId(0)
        .setSessionEpoch(-1)
        .setTopics(
            List.of(
                new FetchRequestData.FetchTopic()
                    .setTopic(topic)
                    .setPartitions(
                        List.of(
                            new FetchRequestData.FetchPartition()
                                .setPartition(partition)
                                .setFetchOffset(offset)
                                .setCurrentLeaderEpoch(epoch)
                                .setPartitionMaxBytes(1 << 20)))));
  }

  private String fetch(int version, FetchRequestData request) throws IOException {
    FetchResponse response = (FetchResponse) client.ask(ApiKeys.FETCH, version, request);
    StringBuilder text = new StringBuilder(response.error().name());
    for (FetchResponseData.FetchableTopicResponse topic : response.data().responses()) {
      for (FetchResponseData.PartitionData partition : topic.partitions()) {
        text.append(" ")
            .append(Errors.forCode(partition.errorCode()))
            .append(" hw=")
            .append(partition.highWatermark())
            .append(" lso=")
            .append(partition.lastStableOffset())
            .append(" start=")
            .append(partition.logStartOffset())
            .append(FetchResponse.recordsSize(partition) > 0 ? " records" : "");
      }
    }
    return text.toString();
  }

  private void fetch() throws IOException {
    say("fetch", fetch(12, fetchOf("data", 0, 0, -1)));
    say("fetch at the end", fetch(12, fetchOf("data", 0, 3, -1)));
    say("fetch behind the end", fetch(12, fetchOf("data", 0, 4, -1)));
    say("fetch below 0", fetch(12, fetchOf("data", 0, -1, -1)));
    say("fetch in version 4", fetch(4, fetchOf("data", 0, 0, -1)));
    say("fetch of an unknown topic", fetch(12, fetchOf("missing", 0, 0, -1)));
    say("fetch of an unknown partition", fetch(12, fetchOf("data", 99, 0, -1)));
    say("fetch with an epoch of the future", fetch(12, fetchOf("data", 0, 0, 1_000_000)));
    FetchRequestData byId = fetchOf("", 0, 0, -1);
    byId.topics().getFirst().setTopicId(NOBODY);
    say("fetch of an unknown id", fetch(13, byId));
    say("fetch of at most one byte", fetch(12, fetchOf("data", 0, 0, -1).setMaxBytes(1)));
  }

  private void sessions() throws IOException {
    FetchRequestData unknown = fetchOf("data", 0, 0, -1).setSessionId(12345).setSessionEpoch(5);
    say("fetch in an unknown session", fetch(12, unknown));
    FetchResponse first =
        (FetchResponse) client.ask(ApiKeys.FETCH, 12, fetchOf("data", 0, 3, -1).setSessionEpoch(0));
    say("a session begins", first.sessionId() != 0);
    FetchRequestData next = new FetchRequestData().setMaxBytes(1 << 20);
    next.setSessionId(first.sessionId());
    say("nothing new in a session", fetch(12, next.setSessionEpoch(1)));
    say("wrong epoch of a session", fetch(12, next.setSessionEpoch(7)));
    say("next epoch of a session", fetch(12, next.setSessionEpoch(2)));
    say("end of a session", fetch(12, next.setSessionEpoch(-1)));
    say("a session that has ended", fetch(12, next.setSessionEpoch(3)));
  }

  private void offsets() throws IOException {
    for (long timestamp : new long[] {-1, -2, -4, -5, 0, Long.MAX_VALUE}) {
      say("offset at " + timestamp, listOffsets("data", 0, -1, timestamp));
    }
    say("offset of an empty partition at -2", listOffsets("data", 2, -1, -2));
    say("offset of an empty partition at -1", listOffsets("data", 2, -1, -1));
    say("offset of an empty partition at -3", listOffsets("data", 2, -1, -3));
    say("offset of an unknown topic", listOffsets("missing", 0, -1, -1));
    say("offset with an epoch of the future", listOffsets("data", 0, 1_000_000, -1));
    say("epoch of the future ends", epochEnd("data", -1, 1_000_000));
    say("epoch end of an unknown topic", epochEnd("missing", -1, 0));
    say("epoch end for an epoch of the future", epochEnd("data", 1_000_000, 0));
  }

  private String listOffsets(String topic, int partition, int epoch, long timestamp)
      throws IOException {
    ListOffsetsRequestData request =
        new ListOffsetsRequestData()
            .setReplicaId(-1)
            .setTopics(
                List.of(
                    new ListOffsetsRequestData.ListOffsetsTopic()
                        .setName(topic)
                        .setPartitions(
                            List.of(
                                new ListOffsetsRequestData.ListOffsetsPartition()
                                    .setPartitionIndex(partition)
                                    .setCurrentLeaderEpoch(epoch)
                                    .setTimestamp(timestamp)))));
    ListOffsetsResponse response =
        (ListOffsetsResponse) client.ask(ApiKeys.LIST_OFFSETS, 9, request);
    ListOffsetsPartitionResponse answer = response.topics().getFirst().partitions().getFirst();
    return Errors.forCode(answer.errorCode())
        + " offset="
        + answer.offset()
        + (answer.timestamp() < 0 ? " no time" : " a time")
        + (answer.leaderEpoch() < 0 ? " no epoch" : " an epoch");
  }

  private String epochEnd(String topic, int currentEpoch, int epoch) throws IOException {
    OffsetForLeaderEpochRequestData request =
        new OffsetForLeaderEpochRequestData().setReplicaId(-1);
    OffsetForLeaderEpochRequestData.OffsetForLeaderTopic asked =
        new OffsetForLeaderEpochRequestData.OffsetForLeaderTopic().setTopic(topic);
    asked
        .partitions()
        .add(
            new OffsetForLeaderEpochRequestData.OffsetForLeaderPartition()
                .setPartition(0)
                .setCurrentLeaderEpoch(currentEpoch)
                .setLeaderEpoch(epoch));
    request.topics().add(asked);
    OffsetsForLeaderEpochResponse response =
        (OffsetsForLeaderEpochResponse) client.ask(ApiKeys.OFFSET_FOR_LEADER_EPOCH, 4, request);
    EpochEndOffset end = response.data().topics().iterator().next().partitions().getFirst();
    return Errors.forCode(end.errorCode()) + " " + end.leaderEpoch() + " at " + end.endOffset();
  }

  private void producerIds() throws IOException {
    InitProducerIdRequestData request = new InitProducerIdRequestData().setTransactionalId(null);
    InitProducerIdResponse plain;
    do {
      // A new Kafka has no ids to give yet.
      plain = (InitProducerIdResponse) client.ask(ApiKeys.INIT_PRODUCER_ID, 4, request);
    } while (plain.error() == Errors.COORDINATOR_LOAD_IN_PROGRESS);
    say("a producer id", plain.error() + " epoch " + plain.data().producerEpoch());
    InitProducerIdResponse empty =
        (InitProducerIdResponse)
            client.ask(
                ApiKeys.INIT_PRODUCER_ID,
                4,
                new InitProducerIdRequestData().setTransactionalId("").setTransactionTimeoutMs(1));
    say("a producer id for an empty transactional id", empty.error());
  }
}

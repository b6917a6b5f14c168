package dev.leat.kafka;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.MetadataResponse;
import org.apache.kafka.common.requests.RequestHeader;

/** What a Kafka client asks first, sent to a broker, so that the JVM can record what that needs. */
final class Training implements AutoCloseable {
  private static final int TIMEOUT_MS = 10_000;
  private static final int BYTES = 1 << 20;

  private final Socket socket;
  private final DataInputStream in;
  private final DataOutputStream out;
  private final String topic;

  Training(InetSocketAddress broker, String topic) throws IOException {
    this.topic = topic;
    socket = new Socket(broker.getAddress(), broker.getPort());
    socket.setSoTimeout(TIMEOUT_MS);
    in = new DataInputStream(socket.getInputStream());
    out = new DataOutputStream(socket.getOutputStream());
  }

  void run() throws IOException {
    ask(
        ApiKeys.API_VERSIONS,
        new ApiVersionsRequestData().setClientSoftwareName("train").setClientSoftwareVersion("1"));
    MetadataResponse metadata =
        (MetadataResponse)
            ask(
                ApiKeys.METADATA,
                new MetadataRequestData()
                    .setTopics(
                        List.of(new MetadataRequestData.MetadataRequestTopic().setName(topic))));
    Uuid id = metadata.data().topics().iterator().next().topicId();
    ask(ApiKeys.INIT_PRODUCER_ID, new InitProducerIdRequestData().setTransactionalId(null));
    ask(ApiKeys.PRODUCE, produce(id));
    ask(ApiKeys.LIST_OFFSETS, listOffsets());
    ask(ApiKeys.FETCH, fetch(id));
  }

  private static ProduceRequestData produce(Uuid id) {
    byte[] value = "train".getBytes(StandardCharsets.UTF_8);
    ProduceRequestData request = new ProduceRequestData().setAcks((short) -1);
    ProduceRequestData.TopicProduceData data =
        new ProduceRequestData.TopicProduceData().setTopicId(id);
    data.partitionData()
        .add(
            new ProduceRequestData.PartitionProduceData()
                .setRecords(MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(value))));
    request.topicData().add(data);
    return request;
  }

  private ListOffsetsRequestData listOffsets() {
    return new ListOffsetsRequestData()
        .setTopics(
            List.of(
                new ListOffsetsRequestData.ListOffsetsTopic()
                    .setName(topic)
                    .setPartitions(List.of(new ListOffsetsRequestData.ListOffsetsPartition()))));
  }

  private static FetchRequestData fetch(Uuid id) {
    return new FetchRequestData()
        .setMaxBytes(BYTES)
        .setTopics(
            List.of(
                new FetchRequestData.FetchTopic()
                    .setTopicId(id)
                    .setPartitions(
                        List.of(
                            new FetchRequestData.FetchPartition().setPartitionMaxBytes(BYTES)))));
  }

  private AbstractResponse ask(ApiKeys key, ApiMessage body) throws IOException {
    short version = key.latestVersion(false);
    RequestHeader header =
        new RequestHeader(
            new RequestHeaderData()
                .setRequestApiKey(key.id)
                .setRequestApiVersion(version)
                .setClientId("train"),
            key.requestHeaderVersion(version));
    ObjectSerializationCache cache = new ObjectSerializationCache();
    int size = header.data().size(cache, header.headerVersion()) + body.size(cache, version);
    ByteBufferAccessor bytes = new ByteBufferAccessor(ByteBuffer.allocate(size));
    header.data().write(bytes, cache, header.headerVersion());
    body.write(bytes, cache, version);
    out.writeInt(size);
    out.write(bytes.buffer().array());
    byte[] response = new byte[in.readInt()];
    in.readFully(response);
    return AbstractResponse.parseResponse(ByteBuffer.wrap(response), header);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

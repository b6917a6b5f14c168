package dev.leat.kafka.wire;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.RequestHeader;

/**
 * Produce in versions 0 to 2, which Kafka's own library does not read any more, though its brokers
 * still advertise them.
 */
public final class LegacyProduce {
  /** The version whose semantics the request gets. */
  private static final short SUCCESSOR = 3;

  private static final short FIRST_WITH_THROTTLE = 1;
  private static final short FIRST_WITH_TIME = 2;

  private LegacyProduce() {}

  /** Whether a request is one of these. */
  public static boolean is(RequestHeader header) {
    return header.apiKey() == ApiKeys.PRODUCE
        && header.apiVersion() >= 0
        && header.apiVersion() < SUCCESSOR;
  }

  /**
   * Reads a request. Its records are views of {@code body}.
   *
   * @throws InvalidRequestException if it is malformed
   */
  public static ProduceRequest read(ByteBuffer body) {
    try {
      ProduceRequestData data =
          new ProduceRequestData().setAcks(body.getShort()).setTimeoutMs(body.getInt());
      for (int topics = count(body); topics > 0; topics--) {
        TopicProduceData topic = new TopicProduceData().setName(string(body));
        for (int partitions = count(body); partitions > 0; partitions--) {
          topic
              .partitionData()
              .add(
                  new PartitionProduceData()
                      .setIndex(body.getInt())
                      .setRecords(MemoryRecords.readableRecords(bytes(body))));
        }
        if (!data.topicData().add(topic)) {
          throw new InvalidRequestException("a topic is named twice");
        }
      }
      return new ProduceRequest(data, SUCCESSOR);
    } catch (BufferUnderflowException e) {
      throw new InvalidRequestException("a produce request is cut off", e);
    }
  }

  private static int count(ByteBuffer body) {
    return body.getInt();
  }

  private static String string(ByteBuffer body) {
    byte[] text = new byte[bound(body, body.getShort())];
    body.get(text);
    return new String(text, StandardCharsets.UTF_8);
  }

  private static ByteBuffer bytes(ByteBuffer body) {
    int size = bound(body, body.getInt());
    ByteBuffer bytes = body.slice(body.position(), size);
    body.position(body.position() + size);
    return bytes;
  }

  private static int bound(ByteBuffer body, int size) {
    if (size < 0 || size > body.remaining()) {
      throw new InvalidRequestException(
          "a length of %d in %d bytes".formatted(size, body.remaining()));
    }
    return size;
  }

  /** The whole response, without its length. */
  public static ByteBuffer write(RequestHeader header, ProduceResponseData response) {
    short version = header.apiVersion();
    ByteBuffer bytes = ByteBuffer.allocate(sizeOf(response));
    bytes.putInt(header.correlationId()).putInt(response.responses().size());
    for (TopicProduceResponse topic : response.responses()) {
      byte[] name = topic.name().getBytes(StandardCharsets.UTF_8);
      bytes.putShort((short) name.length).put(name).putInt(topic.partitionResponses().size());
      for (PartitionProduceResponse partition : topic.partitionResponses()) {
        bytes.putInt(partition.index()).putShort(partition.errorCode());
        bytes.putLong(partition.baseOffset());
        if (version >= FIRST_WITH_TIME) {
          bytes.putLong(partition.logAppendTimeMs());
        }
      }
    }
    if (version >= FIRST_WITH_THROTTLE) {
      bytes.putInt(response.throttleTimeMs());
    }
    return bytes.flip();
  }

  /** An upper bound. */
  private static int sizeOf(ProduceResponseData response) {
    int size = 3 * Integer.BYTES;
    for (TopicProduceResponse topic : response.responses()) {
      size += Short.BYTES + topic.name().getBytes(StandardCharsets.UTF_8).length + Integer.BYTES;
      size += topic.partitionResponses().size() * (Integer.BYTES + Short.BYTES + 2 * Long.BYTES);
    }
    return size;
  }
}

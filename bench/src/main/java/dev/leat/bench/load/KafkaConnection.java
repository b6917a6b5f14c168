package dev.leat.bench.load;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;

/** One connection to a broker, one request at a time, with the messages of Kafka's own library. */
final class KafkaConnection implements AutoCloseable {
  private static final String CLIENT_ID = "bench";

  private final Socket socket;
  private final DataInputStream in;
  private int correlation;

  /**
   * Connects.
   *
   * @param bootstrap host:port
   */
  KafkaConnection(String bootstrap) throws IOException {
    int colon = bootstrap.lastIndexOf(':');
    socket =
        new Socket(bootstrap.substring(0, colon), Integer.parseInt(bootstrap.substring(colon + 1)));
    socket.setTcpNoDelay(true);
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
  }

  /** Sends a request and waits for its response. */
  ApiMessage ask(ApiKeys key, short version, ApiMessage body) throws IOException {
    correlation++;
    socket.getOutputStream().write(frame(key, version, body));
    byte[] response = new byte[in.readInt()];
    in.readFully(response);
    RequestHeader header = new RequestHeader(key, version, CLIENT_ID, correlation);
    return AbstractResponse.parseResponse(ByteBuffer.wrap(response), header).data();
  }

  private byte[] frame(ApiKeys key, short version, ApiMessage body) {
    RequestHeaderData header =
        new RequestHeaderData()
            .setRequestApiKey(key.id)
            .setRequestApiVersion(version)
            .setCorrelationId(correlation)
            .setClientId(CLIENT_ID);
    short headerVersion = key.requestHeaderVersion(version);
    ObjectSerializationCache cache = new ObjectSerializationCache();
    int size = header.size(cache, headerVersion) + body.size(cache, version);
    ByteBuffer frame = ByteBuffer.allocate(Integer.BYTES + size).putInt(size);
    ByteBufferAccessor bytes = new ByteBufferAccessor(frame);
    header.write(bytes, cache, headerVersion);
    body.write(bytes, cache, version);
    return frame.array();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

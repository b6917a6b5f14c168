package dev.leat.kafka;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;

/** A socket that says whatever a test wants, request by request. */
public final class RawClient implements AutoCloseable {
  private static final int TIMEOUT_MS = 10_000;

  private final Socket socket;
  private final DataInputStream in;
  private int correlation;

  public RawClient(int port) throws IOException {
    this(port, "127.0.0.1", 0);
  }

  /**
   * From an address of this machine.
   *
   * @param receiveBytes of what was not read, the kernel keeps about so much; 0: as usual
   */
  public RawClient(int port, String from, int receiveBytes) throws IOException {
    socket = new Socket();
    if (receiveBytes > 0) {
      socket.setReceiveBufferSize(receiveBytes);
    }
    socket.bind(new InetSocketAddress(from, 0));
    socket.connect(new InetSocketAddress("127.0.0.1", port), TIMEOUT_MS);
    socket.setSoTimeout(TIMEOUT_MS);
    socket.setTcpNoDelay(true);
    in = new DataInputStream(socket.getInputStream());
  }

  /** Header and body of a request, without the length. */
  public ByteBuffer frame(ApiKeys key, short version, ApiMessage body) {
    short headerVersion = key.requestHeaderVersion(version);
    RequestHeaderData header =
        new RequestHeaderData()
            .setRequestApiKey(key.id)
            .setRequestApiVersion(version)
            .setCorrelationId(++correlation)
            .setClientId("raw");
    ObjectSerializationCache cache = new ObjectSerializationCache();
    int size = header.size(cache, headerVersion) + body.size(cache, version);
    ByteBufferAccessor bytes = new ByteBufferAccessor(ByteBuffer.allocate(size));
    header.write(bytes, cache, headerVersion);
    body.write(bytes, cache, version);
    bytes.flip();
    return bytes.buffer();
  }

  public RawClient send(ByteBuffer frame) throws IOException {
    ByteBuffer whole = ByteBuffer.allocate(Integer.BYTES + frame.remaining());
    whole.putInt(frame.remaining()).put(frame.duplicate());
    return sendBytes(whole.array());
  }

  public RawClient sendBytes(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  /** The next response, or empty if the broker has closed the connection. */
  public Optional<ByteBuffer> receive() throws IOException {
    try {
      byte[] bytes = new byte[in.readInt()];
      in.readFully(bytes);
      return Optional.of(ByteBuffer.wrap(bytes));
    } catch (EOFException | SocketException closed) {
      return Optional.empty();
    }
  }

  /** Sends a request and reads its response. */
  public AbstractResponse ask(ApiKeys key, int version, ApiMessage body) throws IOException {
    send(frame(key, (short) version, body));
    ByteBuffer response = receive().orElseThrow(() -> new IOException("closed on " + key));
    return AbstractResponse.parseResponse(
        response, new RequestHeader(key, (short) version, "raw", correlation));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

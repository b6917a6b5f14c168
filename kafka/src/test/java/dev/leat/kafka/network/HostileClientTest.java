package dev.leat.kafka.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.kafka.RawClient;
import dev.leat.kafka.RunningBroker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.SaslHandshakeResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What no client sends by intent to be served. */
@Timeout(60)
class HostileClientTest {
  @TempDir private static Path directory;
  private static RunningBroker broker;

  @BeforeAll
  static void start() throws Exception {
    broker = new RunningBroker(directory);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  private static void assertServed() throws IOException {
    try (RawClient client = new RawClient(broker.port())) {
      client.ask(ApiKeys.API_VERSIONS, 0, new ApiVersionsRequestData());
    }
  }

  private static void assertClosed(byte[] bytes) throws IOException {
    try (RawClient client = new RawClient(broker.port())) {
      assertThat(client.sendBytes(bytes).receive()).isEmpty();
    }
    assertServed();
  }

  @Test
  void shouldCloseOnImpossibleLengths() throws Exception {
    assertClosed(ByteBuffer.allocate(8).putInt(Integer.MAX_VALUE).putInt(0).array());
    assertClosed(ByteBuffer.allocate(8).putInt(-1).putInt(0).array());
    assertClosed(ByteBuffer.allocate(8).putInt(0).putInt(0).array());
    assertClosed("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void shouldCloseOnLargeRequestsThatHoldNoRecords() throws Exception {
    assertClosed(ByteBuffer.allocate(16).putInt(20 << 20).putShort(ApiKeys.METADATA.id).array());
  }

  @Test
  void shouldCloseOnUnknownKeysAndVersions() throws Exception {
    assertClosed(request(999, 0));
    assertClosed(request(ApiKeys.METADATA.id, 99));
    assertClosed(request(ApiKeys.LEADER_AND_ISR.id, 0));
  }

  private static byte[] request(int key, int version) {
    ByteBuffer bytes = ByteBuffer.allocate(14);
    bytes.putInt(10).putShort((short) key).putShort((short) version).putInt(1);
    return bytes.putShort((short) -1).array();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void shouldSayThatThereIsNoSuchMechanism(int version) throws Exception {
    try (RawClient client = new RawClient(broker.port())) {
      SaslHandshakeResponse answer =
          (SaslHandshakeResponse)
              client.ask(
                  ApiKeys.SASL_HANDSHAKE,
                  version,
                  new SaslHandshakeRequestData().setMechanism("NO-SUCH"));

      assertThat(answer.error()).isEqualTo(Errors.ILLEGAL_SASL_STATE);
      client.ask(ApiKeys.API_VERSIONS, 0, new ApiVersionsRequestData());
    }
  }

  @Test
  void shouldServeOthersWhileManyStopInTheMiddleOfARequest() throws Exception {
    List<RawClient> stuck = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      RawClient client = new RawClient(broker.port());
      client.sendBytes(ByteBuffer.allocate(6).putInt(8 << 20).putShort(ApiKeys.PRODUCE.id).array());
      stuck.add(client);
    }

    assertServed();

    for (RawClient client : stuck) {
      client.close();
    }
  }

  @Test
  void shouldTakeARequestByteByByte() throws Exception {
    try (RawClient client = new RawClient(broker.port())) {
      ByteBuffer frame =
          client.frame(ApiKeys.METADATA, (short) 1, new MetadataRequestData().setTopics(null));
      byte[] bytes = ByteBuffer.allocate(4 + frame.remaining()).putInt(frame.remaining()).array();
      frame.get(bytes, 4, frame.remaining());
      for (byte one : bytes) {
        client.sendBytes(new byte[] {one});
      }

      assertThat(client.receive()).isPresent();
    }
  }

  @Test
  void shouldAnswerPipelinedRequestsInTheirOrder() throws Exception {
    try (RawClient client = new RawClient(broker.port())) {
      for (int i = 0; i < 100; i++) {
        client.send(
            i % 2 == 0
                ? client.frame(ApiKeys.API_VERSIONS, (short) 0, new ApiVersionsRequestData())
                : client.frame(ApiKeys.METADATA, (short) 0, new MetadataRequestData()));
      }

      for (int i = 1; i <= 100; i++) {
        assertThat(client.receive().orElseThrow().getInt()).isEqualTo(i);
      }
    }
  }
}

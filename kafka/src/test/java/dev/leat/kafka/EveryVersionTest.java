package dev.leat.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every version of every API key that is advertised is understood, and garbage is survived. */
@Timeout(120)
class EveryVersionTest {
  private static final Path DOCUMENT = Path.of("../docs/KAFKA-COMPATIBILITY.md");
  private static final Duration FUZZ_TIME = Duration.ofSeconds(5);
  private static final short FIRST_OF_KAFKAS_LIBRARY = 3;

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

  private record Call(ApiKeys key, short version) {
    ApiMessage request() {
      ApiMessage body = ApiMessageType.fromApiKey(key.id).newRequest();
      if (body instanceof ProduceRequestData produce) {
        // With acks=0 there would be no answer.
        produce.setAcks((short) -1);
      }
      if (body instanceof ApiVersionsRequestData versions) {
        versions.setClientSoftwareName("raw").setClientSoftwareVersion("1");
      }
      if (body instanceof DescribeAclsRequestData acls) {
        acls.setResourceTypeFilter(ResourceType.ANY.code())
            .setPatternTypeFilter(PatternType.ANY.code())
            .setOperation(AclOperation.ANY.code())
            .setPermissionType(AclPermissionType.ANY.code());
      }
      return body;
    }
  }

  private static Iterable<ApiVersion> advertised(RawClient client) throws IOException {
    ApiVersionsResponse response =
        (ApiVersionsResponse)
            client.ask(
                ApiKeys.API_VERSIONS, 0, new Call(ApiKeys.API_VERSIONS, (short) 0).request());
    return response.data().apiKeys();
  }

  private static List<Call> calls(RawClient client) throws IOException {
    List<Call> calls = new ArrayList<>();
    for (ApiVersion version : advertised(client)) {
      ApiKeys key = ApiKeys.forId(version.apiKey());
      for (short v = version.minVersion(); v <= version.maxVersion(); v++) {
        if (key != ApiKeys.PRODUCE || v >= FIRST_OF_KAFKAS_LIBRARY) {
          calls.add(new Call(key, v));
        }
      }
    }
    return calls;
  }

  @Test
  void shouldAnswerEveryVersion() throws Exception {
    try (RawClient client = new RawClient(broker.port())) {
      List<Call> calls = calls(client);

      assertThat(calls).hasSizeGreaterThan(80);
      for (Call call : calls) {
        AbstractResponse response = client.ask(call.key(), call.version(), call.request());
        assertThat(response.apiKey()).as(call.toString()).isEqualTo(call.key());
      }
    }
  }

  @Test
  void shouldAdvertiseWhatIsDocumented() throws Exception {
    Map<Integer, String> versions = new TreeMap<>();
    try (RawClient client = new RawClient(broker.port())) {
      for (ApiVersion version : advertised(client)) {
        boolean one = version.minVersion() == version.maxVersion();
        String range = one ? "" : "–" + version.maxVersion();
        versions.put((int) version.apiKey(), version.minVersion() + range);
      }
    }

    assertThat(documented()).isEqualTo(versions);
  }

  /** Rows as {@code | 24–26, 28 | names | 0–5, 0–4, 0–5, 0–6 | remarks |}. */
  private static Map<Integer, String> documented() throws IOException {
    Map<Integer, String> versions = new TreeMap<>();
    for (String line : Files.readAllLines(DOCUMENT)) {
      String[] columns = line.split(" *\\| *", -1);
      if (columns.length > 4 && columns[1].matches("[0-9][0-9–, ]*")) {
        String[] ranges = columns[3].split(", ");
        int row = 0;
        for (String keys : columns[1].split(", ")) {
          String[] ends = keys.split("–");
          int last = Integer.parseInt(ends[ends.length - 1]);
          for (int key = Integer.parseInt(ends[0]); key <= last; key++) {
            versions.put(key, ranges.length == 1 ? ranges[0] : ranges[row]);
            row++;
          }
        }
      }
    }
    return versions;
  }

  @Test
  void shouldAnswerApiVersionsOfTheFutureInVersion0() throws Exception {
    try (RawClient client = new RawClient(broker.port())) {
      ByteBuffer frame = ByteBuffer.allocate(100);
      frame.putShort(ApiKeys.API_VERSIONS.id).putShort((short) 99).putInt(7);
      frame.putShort((short) 1).put((byte) 'c').put((byte) 0).put(new byte[] {2, 'x', 2, '1', 0});

      ByteBuffer response = client.send(frame.flip()).receive().orElseThrow();

      assertThat(response.getInt()).isEqualTo(7);
      assertThat(response.getShort()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
      assertThat(response.getInt()).as("keys").isEqualTo(1);
      assertThat(response.getShort()).isEqualTo(ApiKeys.API_VERSIONS.id);
    }
  }

  @Test
  void shouldTellAClientThatItIsAtAnotherBroker() throws Exception {
    try (RawClient client = new RawClient(broker.port())) {
      ApiVersionsRequestData request =
          new ApiVersionsRequestData()
              .setClientSoftwareName("raw")
              .setClientSoftwareVersion("1")
              .setClusterId("another")
              .setNodeId(0);

      AbstractResponse response = client.ask(ApiKeys.API_VERSIONS, 5, request);

      assertThat(response.errorCounts()).containsOnlyKeys(Errors.REBOOTSTRAP_REQUIRED);
    }
  }

  @Test
  void shouldSurviveDamagedRequests() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<Call> calls;
    try (RawClient client = new RawClient(broker.port())) {
      calls = calls(client);
    }

    long end = System.nanoTime() + FUZZ_TIME.toNanos();
    while (System.nanoTime() < end) {
      Call call = calls.get(random.nextInt(calls.size()));
      try (RawClient client = new RawClient(broker.port())) {
        ByteBuffer frame = client.frame(call.key(), call.version(), call.request());
        byte[] damaged = damage(frame, random);
        client.send(ByteBuffer.wrap(damaged));
        // Whether it answers or closes is its choice; that others are served is not.
        client.sendBytes(new byte[] {0, 0, 0, 1, 0}).receive();
      } catch (IOException e) {
        throw new AssertionError("no answer and no end with seed " + seed + ": " + call, e);
      }
    }

    try (RawClient client = new RawClient(broker.port())) {
      assertThat(calls(client)).isEqualTo(calls);
    }
  }

  private static byte[] damage(ByteBuffer frame, Random random) {
    byte[] bytes = new byte[frame.remaining() + random.nextInt(40)];
    random.nextBytes(bytes);
    int kept = frame.remaining();
    frame.duplicate().get(bytes, 0, kept);
    for (int i = random.nextInt(8); i >= 0; i--) {
      bytes[4 + random.nextInt(bytes.length - 4)] = (byte) random.nextInt();
    }
    return bytes;
  }
}

package dev.leat.api.rpc;

import static dev.leat.api.rpc.RandomMessages.batches;
import static dev.leat.api.rpc.RandomMessages.joined;
import static dev.leat.api.rpc.RandomMessages.number;
import static dev.leat.api.rpc.RandomMessages.produceRequest;
import static dev.leat.api.rpc.RandomMessages.rebuilt;
import static dev.leat.api.rpc.RandomMessages.records;
import static dev.leat.api.rpc.RandomMessages.topic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.leat.v1.Error;
import dev.leat.v1.ErrorCode;
import dev.leat.v1.FetchResponse;
import dev.leat.v1.FetchedPartition;
import dev.leat.v1.PartitionRecords;
import dev.leat.v1.ProduceRequest;
import dev.leat.v1.Record;
import io.grpc.Drainable;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The generated classes are the oracle of the fast marshallers. */
class FastCodecTest {

  private final CountingBufferSource buffers = new CountingBufferSource();
  private final RecordMethods.Server server = RecordMethods.server(buffers);
  private final RecordMethods.Client client = RecordMethods.client(buffers);

  @Test
  void shouldWriteProduceRequestsAsTheGeneratedClassDoes() throws IOException {
    Random random = new Random(1);
    for (int round = 0; round < 500; round++) {
      ProduceRequest.Builder generated = ProduceRequest.newBuilder().setId(number(random));
      String transactionalId = topic(random);
      if (!transactionalId.isEmpty()) {
        generated.getTransactionBuilder().setTransactionalId(transactionalId);
      }
      List<ProducePiece> pieces = new ArrayList<>();
      for (int i = random.nextInt(5); i > 0; i--) {
        String topic = topic(random);
        int partition = random.nextInt(3) - 1;
        List<ByteBuffer> batches = batches(random, 40_000);
        pieces.add(new ProducePiece(TopicName.of(topic), partition, batches));
        generated.addPartitions(
            PartitionRecords.newBuilder()
                .setTopic(topic)
                .setPartition(partition)
                .setBatches(joined(batches)));
      }

      InputStream fast =
          client
              .produce()
              .streamRequest(
                  new ProduceRequestFrame(
                      generated.getId(), pieces, generated.getTransaction().getTransactionalId()));

      assertThat(bytesOf(fast, random)).isEqualTo(generated.build().toByteArray());
    }
  }

  @Test
  void shouldWriteFetchResponsesAsTheGeneratedClassDoes() throws IOException {
    Random random = new Random(2);
    for (int round = 0; round < 500; round++) {
      FetchResponse.Builder generated = FetchResponse.newBuilder();
      List<FetchedPiece> pieces = new ArrayList<>();
      for (int i = random.nextInt(5); i > 0; i--) {
        addPiece(random, generated, pieces);
      }

      InputStream fast = server.fetch().streamResponse(new FetchResponseFrame(pieces));

      assertThat(bytesOf(fast, random)).isEqualTo(generated.build().toByteArray());
    }
  }

  @Test
  void shouldReadProduceRequestsOfTheGeneratedClass() {
    Random random = new Random(3);
    for (int round = 0; round < 300; round++) {
      ProduceRequest generated = produceRequest(random);

      ProduceRequestView view = parse(generated.toByteArray());

      assertThat(view.defect()).isEmpty();
      assertThat(view.sizeBytes()).isEqualTo(generated.getSerializedSize());
      assertThat(rebuilt(view)).isEqualTo(generated);
      view.release();
    }
    assertThat(buffers.inUse()).isZero();
  }

  @Test
  void shouldReadFetchResponsesOfTheGeneratedClass() {
    Random random = new Random(4);
    for (int round = 0; round < 300; round++) {
      FetchResponse.Builder generated = FetchResponse.newBuilder();
      addPiece(random, generated, new ArrayList<>());
      addPiece(random, generated, new ArrayList<>());

      FetchResponseView view =
          client.fetch().parseResponse(new ByteArrayInputStream(generated.build().toByteArray()));

      assertThat(rebuilt(view)).isEqualTo(generated.build());
      view.release();
    }
    assertThat(buffers.inUse()).isZero();
  }

  @Test
  void shouldSkipUnknownFieldsAndTakeTheLastOfRepeatedOnes() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream output = CodedOutputStream.newInstance(bytes);
    output.writeInt64(1, 5);
    output.writeFixed64(77, 1);
    output.writeFixed32(78, 1);
    output.writeString(79, "new");
    output.writeTag(80, 3);
    output.writeInt32(1, 1);
    output.writeTag(81, 3);
    output.writeTag(81, 4);
    output.writeTag(80, 4);
    output.writeInt64(1, 6);
    output.writeMessage(
        2, PartitionRecords.newBuilder().setBatches(ByteString.copyFromUtf8("last")).build());
    output.flush();

    ProduceRequestView view = parse(bytes.toByteArray());

    assertThat(view.defect()).isEmpty();
    assertThat(view.id()).isEqualTo(6);
    assertThat(ByteString.copyFrom(view.partitions().getFirst().batches()).toStringUtf8())
        .isEqualTo("last");
  }

  @Test
  void shouldSayWhatIsMalformedInsteadOfThrowing() {
    byte[] tooLong = {18, 100, 10};
    byte[] badText = {18, 4, 10, 2, (byte) 0xc3, 0x28};
    byte[] endGroup = {12};
    byte[] halfNumber = {8, (byte) 0x80};

    assertThat(parse(tooLong).defect().orElseThrow()).contains("longer than its message");
    assertThat(parse(badText).defect().orElseThrow()).contains("not UTF-8");
    assertThat(parse(endGroup).defect().orElseThrow()).contains("wire type");
    assertThat(parse(halfNumber).defect().orElseThrow()).contains("middle of a number");
    assertThat(parse(new byte[0]).defect()).isEmpty();
  }

  @Test
  void shouldRefuseMorePartitionsThanTheLimit() {
    byte[] hostile = new byte[2 * (WireLimits.MAX_PARTITIONS + 1)];
    for (int i = 0; i < hostile.length; i += 2) {
      hostile[i] = 18;
    }

    assertThat(parse(hostile).defect().orElseThrow()).contains("more than 10000 partitions");
  }

  @Test
  void shouldAgreeWithTheGeneratedClassOnDamagedMessages() {
    Random random = new Random(5);
    int refused = 0;
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = produceRequest(random).toByteArray();
      for (int flips = 1 + random.nextInt(3); flips > 0 && bytes.length > 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }

      ProduceRequestView view = parse(bytes);

      try {
        ProduceRequest generated = ProduceRequest.parseFrom(bytes);
        // The generated class lets some numbers of ten bytes pass that have no last byte.
        if (view.defect().filter(defect -> defect.contains("more than 10 bytes")).isEmpty()) {
          assertThat(view.defect()).isEmpty();
          assertThat(rebuilt(view)).isEqualTo(RandomMessages.withoutUnknownFields(generated));
        }
      } catch (IOException e) {
        assertThat(view.defect()).isPresent();
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(1_000);
  }

  @Test
  void shouldGiveTheMemoryBackWhenAResponseIsMalformed() {
    byte[] bytes = {10, 100};

    assertThatThrownBy(() -> client.fetch().parseResponse(new ByteArrayInputStream(bytes)))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("malformed");
    assertThat(buffers.inUse()).isZero();
  }

  private ProduceRequestView parse(byte[] bytes) {
    return server.produce().parseRequest(new ByteArrayInputStream(bytes));
  }

  private static void addPiece(
      Random random, FetchResponse.Builder generated, List<FetchedPiece> pieces) {
    FetchedPartition.Builder partition =
        FetchedPartition.newBuilder()
            .setTopic(topic(random))
            .setPartition(random.nextInt(3) - 1)
            .setHighWatermark(number(random))
            .setLogStartOffset(number(random));
    FetchedPiece piece =
        FetchedPiece.of(
            TopicName.of(partition.getTopic()),
            partition.getPartition(),
            partition.getHighWatermark(),
            partition.getLogStartOffset());
    switch (random.nextInt(3)) {
      case 0 -> {
        List<ByteBuffer> batches = batches(random, 40_000);
        partition.setBatches(joined(batches));
        piece = piece.withBatches(batches);
      }
      case 1 -> {
        List<Record> records = records(random);
        partition.addAllRecords(records);
        piece = piece.withRecords(records);
      }
      default -> {
        Error error =
            Error.newBuilder()
                .setCode(ErrorCode.ERROR_CODE_NOT_LEADER)
                .setMessage("x".repeat(random.nextInt(400)))
                .build();
        partition.setError(error);
        piece = piece.withError(error);
      }
    }
    generated.addPartitions(partition);
    pieces.add(piece);
  }

  private static byte[] bytesOf(InputStream stream, Random random) throws IOException {
    if (random.nextBoolean()) {
      return stream.readAllBytes();
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int known = stream.available();
    assertThat(((Drainable) stream).drainTo(bytes)).isEqualTo(known);
    return bytes.toByteArray();
  }
}

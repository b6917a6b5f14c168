package dev.leat.broker.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.leat.api.batch.BatchBuilder;
import dev.leat.api.batch.Compression;
import dev.leat.v1.AlterTopicRequest;
import dev.leat.v1.CreateTopicRequest;
import dev.leat.v1.DeleteTopicRequest;
import dev.leat.v1.Error;
import dev.leat.v1.ErrorCode;
import dev.leat.v1.FetchPartition;
import dev.leat.v1.FetchRequest;
import dev.leat.v1.ListOffsetsRequest;
import dev.leat.v1.OffsetSpec;
import dev.leat.v1.PartitionRecords;
import dev.leat.v1.Record;
import dev.leat.v1.TopicSpec;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BadInputTest {
  private static final Metadata.Key<String> LEAT_ERROR =
      Metadata.Key.of("leat-error", Metadata.ASCII_STRING_MARSHALLER);

  @TempDir Path directory;
  private RunningBroker running;

  @BeforeEach
  void start() throws Exception {
    running = new RunningBroker(directory);
    running.createTopic("click", 2);
  }

  @AfterEach
  void stop() {
    running.close();
  }

  @Test
  void shouldNameUnknownTopic() throws Exception {
    Error error = refused(simple("nowhere", 0, "x"));

    assertThat(error.getCode()).isEqualTo(ErrorCode.ERROR_CODE_UNKNOWN_TOPIC);
    assertThat(error.getMessage()).contains("nowhere").contains("topic create");
  }

  @Test
  void shouldNameUnknownPartition() throws Exception {
    Error error = refused(simple("click", 2, "x"));

    assertThat(error.getCode()).isEqualTo(ErrorCode.ERROR_CODE_UNKNOWN_PARTITION);
    assertThat(error.getMessage()).contains("no partition 2").contains("0 to 1");
  }

  @Test
  void shouldRefuseFlippedBitAndAppendNothing() throws Exception {
    ByteBuffer batch = batch("hello");
    batch.put(70, (byte) (batch.get(70) ^ 1));

    Error error = refused(ready("click", 0, batch));

    assertThat(error.getCode()).isEqualTo(ErrorCode.ERROR_CODE_CORRUPT_BATCH);
    assertThat(error.getMessage()).contains("checksum");
    assertThat(running.read("click", 0, 0)).isEmpty();
    assertThat(running.produceOne(simple("click", 0, "next")).getBaseOffset()).isZero();
  }

  @Test
  void shouldRefuseGarbageInsteadOfBatch() throws Exception {
    ByteBuffer garbage = ByteBuffer.wrap("no batch at all".getBytes(StandardCharsets.UTF_8));

    Error error = refused(ready("click", 0, garbage));

    assertThat(error.getCode()).isEqualTo(ErrorCode.ERROR_CODE_CORRUPT_BATCH);
  }

  @Test
  void shouldRefuseRecordOverTheLimit() throws Exception {
    Error error = refused(simple("click", 0, "x".repeat(2 << 20)));

    assertThat(error.getCode()).isEqualTo(ErrorCode.ERROR_CODE_RECORD_TOO_LARGE);
    assertThat(error.getMessage()).contains("max.message.bytes");
  }

  @Test
  void shouldTakeOtherPartitionsOfRequestWithOneBadPart() throws Exception {
    var acks = running.produce(simple("click", 9, "bad"), simple("click", 1, "good")).getAcksList();

    assertThat(acks.get(0).hasError()).isTrue();
    assertThat(acks.get(1).hasError()).isFalse();
    assertThat(running.read("click", 1, 1)).containsExactly("good");
  }

  @Test
  void shouldSayWhichOffsetsAreStored() {
    var responses =
        running
            .recordsBlocking()
            .fetch(
                FetchRequest.newBuilder()
                    .addPartitions(at(FetchPartition.newBuilder().setTopic("click"), 7))
                    .build());

    Error error = responses.next().getPartitions(0).getError();

    assertThat(error.getCode()).isEqualTo(ErrorCode.ERROR_CODE_OFFSET_OUT_OF_RANGE);
    assertThat(error.getMessage()).contains("offset 7").contains("0 to 0");
  }

  @Test
  void shouldListOffsetsOfOthersBesideUnknownOnes() {
    var offsets =
        running
            .recordsBlocking()
            .listOffsets(
                ListOffsetsRequest.newBuilder()
                    .addPartitions(FetchPartition.newBuilder().setTopic("nowhere"))
                    .addPartitions(FetchPartition.newBuilder().setTopic("click"))
                    .build())
            .getOffsetsList();

    assertThat(offsets.get(0).getError().getCode()).isEqualTo(ErrorCode.ERROR_CODE_UNKNOWN_TOPIC);
    assertThat(offsets.get(1).getOffset()).isZero();
  }

  @Test
  void shouldRefuseIllegalTopicName() {
    assertRefused(
        () -> running.createTopic("no spaces", 1), "INVALID_TOPIC_NAME", "no legal topic name");
  }

  @Test
  void shouldRefuseDuplicateTopic() {
    assertRefused(() -> running.createTopic("click", 1), "TOPIC_EXISTS", "exists already");
  }

  @Test
  void shouldRefuseEvenReplicas() {
    assertRefused(
        () ->
            running
                .topics()
                .createTopic(
                    CreateTopicRequest.newBuilder()
                        .setTopic(TopicSpec.newBuilder().setName("even").setReplicas(2))
                        .build()),
        "INVALID_REPLICAS",
        "even");
  }

  @Test
  void shouldRefuseFewerPartitions() {
    assertRefused(
        () ->
            running
                .topics()
                .alterTopic(
                    AlterTopicRequest.newBuilder().setName("click").setPartitions(1).build()),
        "INVALID_CHANGE",
        "only go up");
  }

  @Test
  void shouldRefuseDeletionOfUnknownTopic() {
    assertRefused(
        () -> running.topics().deleteTopic(DeleteTopicRequest.newBuilder().setName("nope").build()),
        "UNKNOWN_TOPIC",
        "does not exist");
  }

  @Test
  void shouldGiveAnotherLifeToNameOfDeletedTopic() throws Exception {
    running.produceOne(simple("click", 0, "old"));

    running.topics().deleteTopic(DeleteTopicRequest.newBuilder().setName("click").build());
    running.createTopic("click", 1);

    assertThat(running.produceOne(simple("click", 0, "new")).getBaseOffset()).isZero();
    assertThat(running.read("click", 0, 1)).containsExactly("new");
  }

  @Test
  void shouldAddPartitions() throws Exception {
    running
        .topics()
        .alterTopic(AlterTopicRequest.newBuilder().setName("click").setPartitions(5).build());

    assertThat(running.produceOne(simple("click", 4, "x")).hasError()).isFalse();
  }

  @Test
  void shouldServeOthersAfterGarbageOnThePort() throws Exception {
    try (Socket socket = new Socket("127.0.0.1", running.broker().grpcPort());
        OutputStream out = socket.getOutputStream()) {
      out.write(
          "GET / HTTP/1.0\r\n\r\n and then \0\1\2\3 garbage".getBytes(StandardCharsets.UTF_8));
      out.flush();
    }

    assertThat(running.produceOne(simple("click", 0, "still here")).hasError()).isFalse();
  }

  @Test
  void shouldRefuseDirectoryOfRunningBroker() {
    assertThatThrownBy(() -> new RunningBroker(directory).close())
        .hasMessageContaining(directory.toString())
        .hasMessageMatching("[^\n]+");
  }

  /** Every refusal is one line; behind a ':' or ';' it says what to do. */
  private Error refused(PartitionRecords part) throws InterruptedException {
    Error error = running.produceOne(part).getError();
    assertThat(error.getMessage()).matches(".+[:;] .+").doesNotContain("\n");
    return error;
  }

  private static void assertRefused(ThrowingCallable call, String code, String text) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              Metadata trailers = Status.trailersFromThrowable(e);
              assertThat(trailers.get(LEAT_ERROR)).isEqualTo("ERROR_CODE_" + code);
              assertThat(e.getStatus().getDescription()).contains(text).doesNotContain("\n");
            });
  }

  private static FetchPartition.Builder at(FetchPartition.Builder partition, long offset) {
    return partition.setStart(OffsetSpec.newBuilder().setOffset(offset));
  }

  private static PartitionRecords simple(String topic, int partition, String value) {
    return PartitionRecords.newBuilder()
        .setTopic(topic)
        .setPartition(partition)
        .addRecords(Record.newBuilder().setValue(ByteString.copyFromUtf8(value)))
        .build();
  }

  private static PartitionRecords ready(String topic, int partition, ByteBuffer batches) {
    return PartitionRecords.newBuilder()
        .setTopic(topic)
        .setPartition(partition)
        .setBatches(ByteString.copyFrom(batches))
        .build();
  }

  private static ByteBuffer batch(String value) {
    BatchBuilder builder = new BatchBuilder(new byte[1024]);
    builder.append(1_000, null, value.getBytes(StandardCharsets.UTF_8));
    return builder.finish(Compression.NONE);
  }
}

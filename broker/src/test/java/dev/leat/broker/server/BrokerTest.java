package dev.leat.broker.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.leat.v1.CreateTopicRequest;
import dev.leat.v1.DescribeTopicRequest;
import dev.leat.v1.FetchForm;
import dev.leat.v1.FetchPartition;
import dev.leat.v1.FetchRequest;
import dev.leat.v1.FetchResponse;
import dev.leat.v1.NamedOffset;
import dev.leat.v1.OffsetSpec;
import dev.leat.v1.PartitionRecords;
import dev.leat.v1.ProduceRequest;
import dev.leat.v1.ProduceResponse;
import dev.leat.v1.Record;
import dev.leat.v1.TopicSpec;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerTest {
  @TempDir Path directory;

  @Test
  void shouldGiveBackWhatWasProduced() throws Exception {
    try (RunningBroker running = new RunningBroker(directory)) {
      createTopic(running, "click", 3);

      ProduceResponse response = produce(running, "click", 1, "a", "b", "c");

      assertThat(response.getAcks(0).hasError()).isFalse();
      assertThat(response.getAcks(0).getBaseOffset()).isZero();
      assertThat(read(running, "click", 1, 3)).containsExactly("a", "b", "c");
    }
  }

  @Test
  void shouldKeepRecordsAcrossRestart() throws Exception {
    try (RunningBroker running = new RunningBroker(directory)) {
      createTopic(running, "click", 3);
      produce(running, "click", 2, "before");
    }

    try (RunningBroker running = new RunningBroker(directory)) {
      ProduceResponse response = produce(running, "click", 2, "after");

      assertThat(response.getAcks(0).getBaseOffset()).isEqualTo(1);
      assertThat(read(running, "click", 2, 2)).containsExactly("before", "after");
      assertThat(
              running
                  .topics()
                  .describeTopic(DescribeTopicRequest.newBuilder().setName("click").build())
                  .getPartitions(2)
                  .getHighWatermark())
          .isEqualTo(2);
    }
  }

  private static void createTopic(RunningBroker running, String name, int partitions) {
    running
        .topics()
        .createTopic(
            CreateTopicRequest.newBuilder()
                .setTopic(TopicSpec.newBuilder().setName(name).setPartitions(partitions))
                .build());
  }

  private static ProduceResponse produce(
      RunningBroker running, String topic, int partition, String... values) throws Exception {
    PartitionRecords.Builder records =
        PartitionRecords.newBuilder().setTopic(topic).setPartition(partition);
    for (String value : values) {
      records.addRecords(Record.newBuilder().setValue(ByteString.copyFromUtf8(value)));
    }
    BlockingQueue<ProduceResponse> responses = new LinkedBlockingQueue<>();
    StreamObserver<ProduceRequest> requests =
        running
            .records()
            .produce(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ProduceResponse response) {
                    responses.add(response);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    failure.printStackTrace();
                  }

                  @Override
                  public void onCompleted() {}
                });
    requests.onNext(ProduceRequest.newBuilder().setId(7).addPartitions(records).build());
    ProduceResponse response = responses.poll(10, TimeUnit.SECONDS);
    requests.onCompleted();
    assertThat(response).isNotNull();
    return response;
  }

  private static List<String> read(RunningBroker running, String topic, int partition, int count) {
    Iterator<FetchResponse> responses =
        running
            .recordsBlocking()
            .fetch(
                FetchRequest.newBuilder()
                    .setForm(FetchForm.FETCH_FORM_RECORDS)
                    .addPartitions(
                        FetchPartition.newBuilder()
                            .setTopic(topic)
                            .setPartition(partition)
                            .setStart(
                                OffsetSpec.newBuilder()
                                    .setNamed(NamedOffset.NAMED_OFFSET_EARLIEST)))
                    .build());
    List<String> values = new ArrayList<>();
    while (values.size() < count) {
      responses.next().getPartitions(0).getRecordsList().stream()
          .map(record -> record.getValue().toStringUtf8())
          .forEach(values::add);
    }
    return values;
  }
}

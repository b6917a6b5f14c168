package dev.leat.crash;

import dev.leat.v1.BrokerStatus;
import dev.leat.v1.ClusterServiceGrpc;
import dev.leat.v1.CreateTopicRequest;
import dev.leat.v1.DescribeClusterRequest;
import dev.leat.v1.DescribeClusterResponse;
import dev.leat.v1.DescribeTopicRequest;
import dev.leat.v1.FetchForm;
import dev.leat.v1.FetchPartition;
import dev.leat.v1.FetchRequest;
import dev.leat.v1.FetchResponse;
import dev.leat.v1.FetchedPartition;
import dev.leat.v1.ListOffsetsRequest;
import dev.leat.v1.NamedOffset;
import dev.leat.v1.OffsetSpec;
import dev.leat.v1.Record;
import dev.leat.v1.RecordServiceGrpc;
import dev.leat.v1.TopicServiceGrpc;
import dev.leat.v1.TopicSpec;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Reads partitions from their first record to their high watermark, with nothing but the generated
 * stubs: another client than the one that wrote.
 */
final class WholeLog implements AutoCloseable {
  private static final int TIMEOUT_S = 120;
  private static final int SOON_S = 5;
  private static final int MAX_MESSAGE_BYTES = 64 << 20;

  private final ManagedChannel channel;

  WholeLog(int port) {
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port)
            .usePlaintext()
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .build();
  }

  /** Creates the topic that the records go to. */
  void createTopic(String name, int partitions) {
    TopicServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(TIMEOUT_S, TimeUnit.SECONDS)
        .createTopic(
            CreateTopicRequest.newBuilder()
                .setTopic(TopicSpec.newBuilder().setName(name).setPartitions(partitions))
                .build());
  }

  /** All records of a partition, in order; whichever of these brokers leads it. */
  static List<Record> readAt(List<WholeLog> brokers, String topic, int partition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_S);
    RuntimeException last = new IllegalStateException("no broker");
    while (System.nanoTime() < deadline) {
      for (WholeLog broker : brokers) {
        try {
          return broker.read(topic, partition);
        } catch (IllegalStateException | StatusRuntimeException e) {
          last = e;
        }
      }
    }
    throw last;
  }

  /** All records of a partition, in order. */
  List<Record> read(String topic, int partition) {
    FetchPartition from =
        FetchPartition.newBuilder()
            .setTopic(topic)
            .setPartition(partition)
            .setStart(earliest())
            .build();
    long end =
        stub()
            .listOffsets(ListOffsetsRequest.newBuilder().addPartitions(from).build())
            .getOffsets(0)
            .getHighWatermark();
    List<Record> records = new ArrayList<>();
    if (end < 0) {
      throw new IllegalStateException(topic + "/" + partition + " is led elsewhere");
    }
    if (end == 0) {
      return records;
    }
    Iterator<FetchResponse> responses =
        stub()
            .fetch(
                FetchRequest.newBuilder()
                    .addPartitions(from)
                    .setForm(FetchForm.FETCH_FORM_RECORDS)
                    .build());
    while (records.size() < end) {
      for (FetchedPartition piece : responses.next().getPartitionsList()) {
        if (piece.hasError()) {
          throw new IllegalStateException(piece.getError().getMessage());
        }
        records.addAll(piece.getRecordsList());
      }
    }
    return records;
  }

  /** The cluster and a topic as this broker shows them. */
  String describe(String topic) {
    try {
      return ClusterServiceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(SOON_S, TimeUnit.SECONDS)
              .describeCluster(DescribeClusterRequest.getDefaultInstance())
          + " "
          + TopicServiceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(SOON_S, TimeUnit.SECONDS)
              .describeTopic(DescribeTopicRequest.newBuilder().setName(topic).build());
    } catch (StatusRuntimeException e) {
      return e.toString();
    }
  }

  /** Whether every group has a leader and all its replicas, and all brokers are up. */
  boolean isWhole(int brokers) {
    DescribeClusterResponse cluster;
    try {
      cluster =
          ClusterServiceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(TIMEOUT_S, TimeUnit.SECONDS)
              .describeCluster(DescribeClusterRequest.getDefaultInstance());
    } catch (StatusRuntimeException e) {
      // It does not listen yet.
      return false;
    }
    long up =
        cluster.getBrokersList().stream()
            .filter(broker -> broker.getStatus() == BrokerStatus.BROKER_STATUS_UNSPECIFIED)
            .count();
    return up == brokers
        && cluster.getGroupsLeaderless() == 0
        && cluster.getGroupsLagging() == 0
        && cluster.getGroupsMoving() == 0;
  }

  private RecordServiceGrpc.RecordServiceBlockingStub stub() {
    return RecordServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(TIMEOUT_S, TimeUnit.SECONDS);
  }

  private static OffsetSpec earliest() {
    return OffsetSpec.newBuilder().setNamed(NamedOffset.NAMED_OFFSET_EARLIEST).build();
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}

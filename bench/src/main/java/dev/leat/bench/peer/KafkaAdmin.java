package dev.leat.bench.peer;

import dev.leat.bench.process.Await;
import dev.leat.bench.process.Child;
import dev.leat.bench.process.MeasurementException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** What has to be asked of a Kafka cluster around a measurement. */
public final class KafkaAdmin implements AutoCloseable {
  private static final Duration CALL_LIMIT = Duration.ofMinutes(6);

  /** Kafka refuses to make very many partitions by one request. */
  private static final int PARTITIONS_PER_REQUEST = 1000;

  private final Admin admin;

  /** Connects when the first question is asked. */
  public KafkaAdmin(String bootstrap) {
    // Short pauses between attempts: waiting for a start must not add to it.
    admin =
        Admin.create(
            Map.of(
                "bootstrap.servers", bootstrap,
                "reconnect.backoff.ms", "10",
                "reconnect.backoff.max.ms", "10",
                "retry.backoff.ms", "10",
                "retry.backoff.max.ms", "10",
                "default.api.timeout.ms", Long.toString(CALL_LIMIT.toMillis())));
  }

  /** Waits until the broker at that address has joined its cluster and answers. */
  static void awaitAnswer(String bootstrap, Child server, Duration limit) {
    Await.until(
        "start of Kafka",
        limit,
        () -> {
          if (!server.alive()) {
            throw new MeasurementException("Kafka ended while it started");
          }
          return accepts(bootstrap);
        });
    try (KafkaAdmin admin = new KafkaAdmin(bootstrap)) {
      Await.until(
          "answer of Kafka",
          limit,
          () -> !get(admin.admin.describeCluster().nodes(), limit).isEmpty());
    }
  }

  /** Creates topics of one size; returns when every partition answers. */
  public void create(List<String> topics, int partitions, Map<String, String> configuration) {
    List<NewTopic> wanted =
        topics.stream()
            .map(name -> new NewTopic(name, Optional.of(partitions), Optional.empty()))
            .map(topic -> topic.configs(configuration))
            .toList();
    int perRequest = Math.max(1, PARTITIONS_PER_REQUEST / partitions);
    List<KafkaFuture<Void>> created = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i += perRequest) {
      List<NewTopic> some = wanted.subList(i, Math.min(i + perRequest, wanted.size()));
      created.add(admin.createTopics(some).all());
    }
    created.forEach(future -> get(future, CALL_LIMIT));
    awaitOnline(topics, partitions);
  }

  /** Returns when every partition of the topics answers. */
  public void awaitOnline(List<String> topics, int partitions) {
    Map<TopicPartition, OffsetSpec> all = new HashMap<>();
    for (String topic : topics) {
      for (int partition = 0; partition < partitions; partition++) {
        all.put(new TopicPartition(topic, partition), OffsetSpec.latest());
      }
    }
    Await.until("answer of all partitions of Kafka", CALL_LIMIT, () -> answer(all));
  }

  /** Returns when so many brokers have joined the cluster. */
  public void awaitBrokers(int count) {
    Await.until(
        "start of all Kafka brokers",
        CALL_LIMIT,
        () -> count == get(admin.describeCluster().nodes(), CALL_LIMIT).size());
  }

  /** Node that leads each partition, by number of the partition; -1: none. */
  public List<Integer> leaders(String topic) {
    return describe(topic).partitions().stream()
        .map(TopicPartitionInfo::leader)
        .map(leader -> leader == null ? -1 : leader.id())
        .toList();
  }

  /** Whether every partition has a leader and so many replicas in sync. */
  public boolean isInSync(String topic, int replicas) {
    return describe(topic).partitions().stream()
        .allMatch(partition -> partition.leader() != null && partition.isr().size() == replicas);
  }

  /** Records that were committed to a topic since it is there; 0 while it is not. */
  public long committed(String topic) {
    try {
      Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
      describe(topic)
          .partitions()
          .forEach(
              partition ->
                  ends.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest()));
      ListOffsetsOptions committed = new ListOffsetsOptions(IsolationLevel.READ_COMMITTED);
      return get(admin.listOffsets(ends, committed).all(), CALL_LIMIT).values().stream()
          .mapToLong(ListOffsetsResult.ListOffsetsResultInfo::offset)
          .sum();
    } catch (MeasurementException e) {
      if (e.getCause() != null
          && e.getCause().getCause() instanceof UnknownTopicOrPartitionException) {
        return 0;
      }
      throw e;
    }
  }

  private TopicDescription describe(String topic) {
    return Objects.requireNonNull(
        get(admin.describeTopics(List.of(topic)).allTopicNames(), CALL_LIMIT).get(topic));
  }

  /** Node that leads the quorum of controllers. */
  public int quorumLeader() {
    return get(admin.describeMetadataQuorum().quorumInfo(), CALL_LIMIT).leaderId();
  }

  private boolean answer(Map<TopicPartition, OffsetSpec> all) {
    try {
      get(admin.listOffsets(all).all(), CALL_LIMIT);
      return true;
    } catch (MeasurementException e) {
      // The broker learns of new topics a moment after the controller has made them.
      return false;
    }
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }

  private static boolean accepts(String bootstrap) {
    String[] parts = bootstrap.split(":");
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(parts[0], Integer.parseInt(parts[1])));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static <T> T get(KafkaFuture<T> future, Duration limit) {
    try {
      return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new MeasurementException("Kafka did not answer: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MeasurementException("interrupted", e);
    }
  }
}

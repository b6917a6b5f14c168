package dev.leat.client.internal.queue;

import dev.leat.client.Position;
import dev.leat.client.QueueConfig;
import dev.leat.client.TopicPartition;
import dev.leat.client.internal.net.GroupRoute;
import dev.leat.client.internal.net.Session;
import dev.leat.client.internal.net.TopicInfo;
import dev.leat.v1.AttachQueue;
import dev.leat.v1.GroupPartition;
import dev.leat.v1.JoinQueue;
import dev.leat.v1.NamedOffset;
import dev.leat.v1.QueueAssignment;
import dev.leat.v1.QueuePartition;
import dev.leat.v1.ReceiveRequest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The streams on which a member's records come: one to each leader. Of the program's thread. */
final class QueueLinks {
  private final Session session;
  private final QueueConfig config;
  private final QueueStream.Owner owner;
  private final Map<Integer, QueueStream> streams = new HashMap<>();

  /** What a broker does not hand out any more; noted by the loop. Guarded by itself. */
  private final Map<QueueStream, Set<TopicPartition>> ended = new HashMap<>();

  QueueLinks(Session session, QueueConfig config, QueueStream.Owner owner) {
    this.session = session;
    this.config = config;
    this.owner = owner;
  }

  private static NamedOffset start(QueueConfig config) {
    return config.start() instanceof Position.Earliest
        ? NamedOffset.NAMED_OFFSET_EARLIEST
        : NamedOffset.NAMED_OFFSET_UNSPECIFIED;
  }

  static ReceiveRequest join(QueueConfig config) {
    return ReceiveRequest.newBuilder()
        .setJoin(
            JoinQueue.newBuilder()
                .setGroup(config.group())
                .addAllTopics(config.topics())
                .setStart(start(config))
                .setClientId(config.clientId())
                .setAssignmentOnly(true))
        .build();
  }

  private ReceiveRequest attach(String memberId, Set<TopicPartition> partitions) {
    AttachQueue.Builder attach =
        AttachQueue.newBuilder()
            .setGroup(config.group())
            .setMemberId(memberId)
            .setStart(start(config))
            .setMaxRecords(config.maxRecords());
    partitions.forEach(
        partition ->
            attach.addPartitions(
                GroupPartition.newBuilder()
                    .setTopic(partition.topic())
                    .setPartition(partition.partition())));
    return ReceiveRequest.newBuilder().setAttach(attach).build();
  }

  /** Receives what is assigned, at its present leaders. Does nothing if nothing has changed. */
  void follow(QueueAssignment assignment) {
    streams.values().removeIf(stream -> stream.failure() != null);
    takeEnded();
    Map<Integer, Set<TopicPartition>> wanted = byLeader(assignment);
    streams.keySet().forEach(broker -> wanted.computeIfAbsent(broker, none -> new HashSet<>()));
    wanted.forEach((broker, partitions) -> receive(broker, assignment, partitions));
  }

  private void takeEnded() {
    synchronized (ended) {
      ended.forEach((stream, partitions) -> stream.partitions.removeAll(partitions));
      ended.clear();
    }
  }

  private Map<Integer, Set<TopicPartition>> byLeader(QueueAssignment assignment) {
    Map<Integer, Set<TopicPartition>> byLeader = new HashMap<>();
    for (QueuePartition partition : assignment.getPartitionsList()) {
      TopicInfo topic = session.cluster().topic(partition.getTopic()).orElse(null);
      if (topic == null) {
        // Known by the time of a later look.
        var _ = session.watch().topic(partition.getTopic());
      } else if (partition.getPartition() < topic.partitions().size()) {
        int leader = topic.partitions().get(partition.getPartition()).leader();
        if (leader != GroupRoute.NO_LEADER) {
          byLeader
              .computeIfAbsent(leader, none -> new HashSet<>())
              .add(new TopicPartition(partition.getTopic(), partition.getPartition()));
        }
      }
    }
    return byLeader;
  }

  private void receive(int broker, QueueAssignment assignment, Set<TopicPartition> partitions) {
    QueueStream stream = streams.get(broker);
    String address = session.cluster().address(broker).orElse(null);
    if (stream == null && address != null && !partitions.isEmpty()) {
      QueueStream opened = new QueueStream(session.channels().to(address), address, owner);
      opened.partitions.addAll(partitions);
      streams.put(broker, opened);
      opened.start(attach(assignment.getMemberId(), partitions));
    } else if (stream != null && !stream.partitions.equals(partitions)) {
      stream.partitions.clear();
      stream.partitions.addAll(partitions);
      stream.send(attach(assignment.getMemberId(), partitions));
    }
  }

  /** A broker hands a partition out no more. On the loop. */
  void onEnded(QueueStream stream, TopicPartition partition) {
    synchronized (ended) {
      ended.computeIfAbsent(stream, none -> new HashSet<>()).add(partition);
    }
  }

  /** Ends them all. */
  void end() {
    streams.values().forEach(QueueStream::end);
    streams.clear();
  }
}

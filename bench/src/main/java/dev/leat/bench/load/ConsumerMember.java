package dev.leat.bench.load;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** A member of a group of the newer protocol (KIP-848): the broker assigns, heartbeats say all. */
final class ConsumerMember extends GroupMember {
  private static final short VERSION = 1;

  private final String id = Uuid.randomUuid().toString();
  private Uuid topicId = Uuid.ZERO_UUID;
  private int epoch;
  private boolean changed;

  ConsumerMember(Plan plan, String group) {
    super(plan, group);
  }

  @Override
  long step(KafkaConnection connection) throws IOException {
    plan().beats().increment();
    ConsumerGroupHeartbeatResponseData answer =
        (ConsumerGroupHeartbeatResponseData)
            connection.ask(ApiKeys.CONSUMER_GROUP_HEARTBEAT, VERSION, request());
    Errors error = Errors.forCode(answer.errorCode());
    return switch (error) {
      case NONE -> {
        epoch = answer.memberEpoch();
        changed = take(answer.assignment());
        yield changed ? 0 : answer.heartbeatIntervalMs();
      }
      case UNKNOWN_MEMBER_ID, FENCED_MEMBER_EPOCH -> {
        plan().fenced().increment();
        epoch = 0;
        own(Set.of());
        yield 0;
      }
      case COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS, NOT_COORDINATOR -> RETRY_MS;
      default -> throw new IOException(error + ": " + answer.errorMessage());
    };
  }

  private ConsumerGroupHeartbeatRequestData request() {
    ConsumerGroupHeartbeatRequestData request =
        new ConsumerGroupHeartbeatRequestData()
            .setGroupId(group())
            .setMemberId(id)
            .setMemberEpoch(epoch);
    if (epoch == 0) {
      request
          .setRebalanceTimeoutMs(REBALANCE_TIMEOUT_MS)
          .setSubscribedTopicNames(List.of(plan().topic()))
          .setTopicPartitions(List.of());
    } else if (changed) {
      request.setTopicPartitions(
          List.of(
              new ConsumerGroupHeartbeatRequestData.TopicPartitions()
                  .setTopicId(topicId)
                  .setPartitions(List.copyOf(owned()))));
    }
    return request;
  }

  /**
   * Nothing has to be finished before a partition is given back, so it is given back at once.
   *
   * @return whether the coordinator has to be told of a change
   */
  private boolean take(ConsumerGroupHeartbeatResponseData.@Nullable Assignment assignment) {
    if (assignment == null) {
      return false;
    }
    Set<Integer> partitions = new TreeSet<>();
    for (ConsumerGroupHeartbeatResponseData.TopicPartitions topic : assignment.topicPartitions()) {
      topicId = topic.topicId();
      partitions.addAll(topic.partitions());
    }
    boolean isNew = !partitions.equals(owned());
    own(partitions);
    return isNew;
  }
}

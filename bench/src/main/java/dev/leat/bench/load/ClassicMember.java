package dev.leat.bench.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.Utils;

/** A member of a group of the classic protocol: all join, one of them assigns, all are told. */
final class ClassicMember extends GroupMember {
  /** Kafka's session.timeout.ms. */
  private static final int SESSION_TIMEOUT_MS = 45_000;

  /** Kafka's heartbeat.interval.ms. */
  private static final int HEARTBEAT_MS = 3_000;

  private static final String TYPE = "consumer";

  /** The first of Kafka's default assignors. */
  private static final String ASSIGNOR = "range";

  private static final short JOIN_VERSION = 9;
  private static final short SYNC_VERSION = 5;
  private static final short HEARTBEAT_VERSION = 4;

  private String id = "";
  private int generation = -1;
  private boolean joined;

  ClassicMember(Plan plan, String group) {
    super(plan, group);
  }

  @Override
  long step(KafkaConnection connection) throws IOException {
    return joined ? beat(connection) : join(connection);
  }

  private long beat(KafkaConnection connection) throws IOException {
    plan().beats().increment();
    HeartbeatRequestData request =
        new HeartbeatRequestData().setGroupId(group()).setGenerationId(generation).setMemberId(id);
    HeartbeatResponseData answer =
        (HeartbeatResponseData) connection.ask(ApiKeys.HEARTBEAT, HEARTBEAT_VERSION, request);
    Errors error = Errors.forCode(answer.errorCode());
    return error == Errors.NONE ? HEARTBEAT_MS : joinAgain(error);
  }

  private long join(KafkaConnection connection) throws IOException {
    JoinGroupRequestData request =
        new JoinGroupRequestData()
            .setGroupId(group())
            .setSessionTimeoutMs(SESSION_TIMEOUT_MS)
            .setRebalanceTimeoutMs(REBALANCE_TIMEOUT_MS)
            .setMemberId(id)
            .setProtocolType(TYPE);
    request
        .protocols()
        .add(
            new JoinGroupRequestData.JoinGroupRequestProtocol()
                .setName(ASSIGNOR)
                .setMetadata(
                    Utils.toArray(
                        ConsumerProtocol.serializeSubscription(
                            new ConsumerPartitionAssignor.Subscription(List.of(plan().topic()))))));
    JoinGroupResponseData answer =
        (JoinGroupResponseData) connection.ask(ApiKeys.JOIN_GROUP, JOIN_VERSION, request);
    Errors error = Errors.forCode(answer.errorCode());
    if (error == Errors.MEMBER_ID_REQUIRED) {
      id = answer.memberId();
      return 0;
    }
    return error == Errors.NONE ? sync(connection, answer) : joinAgain(error);
  }

  private long sync(KafkaConnection connection, JoinGroupResponseData group) throws IOException {
    generation = group.generationId();
    boolean leads = group.leader().equals(id) && !group.skipAssignment();
    SyncGroupRequestData request =
        new SyncGroupRequestData()
            .setGroupId(group())
            .setGenerationId(generation)
            .setMemberId(id)
            .setProtocolType(TYPE)
            .setProtocolName(ASSIGNOR)
            .setAssignments(leads ? assignments(group) : List.of());
    SyncGroupResponseData answer =
        (SyncGroupResponseData) connection.ask(ApiKeys.SYNC_GROUP, SYNC_VERSION, request);
    Errors error = Errors.forCode(answer.errorCode());
    if (error != Errors.NONE) {
      return joinAgain(error);
    }
    joined = true;
    Set<Integer> partitions = new TreeSet<>();
    ConsumerProtocol.deserializeAssignment(ByteBuffer.wrap(answer.assignment()))
        .partitions()
        .forEach(partition -> partitions.add(partition.partition()));
    own(partitions);
    return HEARTBEAT_MS;
  }

  /** An equal share for each, in order of their ids. */
  private List<SyncGroupRequestData.SyncGroupRequestAssignment> assignments(
      JoinGroupResponseData group) {
    List<String> members =
        group.members().stream()
            .map(JoinGroupResponseData.JoinGroupResponseMember::memberId)
            .sorted()
            .toList();
    List<SyncGroupRequestData.SyncGroupRequestAssignment> all = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      List<TopicPartition> share = new ArrayList<>();
      for (int partition = i; partition < plan().partitions(); partition += members.size()) {
        share.add(new TopicPartition(plan().topic(), partition));
      }
      all.add(
          new SyncGroupRequestData.SyncGroupRequestAssignment()
              .setMemberId(members.get(i))
              .setAssignment(
                  Utils.toArray(
                      ConsumerProtocol.serializeAssignment(
                          new ConsumerPartitionAssignor.Assignment(share)))));
    }
    return all;
  }

  /** Under this protocol everything is given back before a group is joined again. */
  private long joinAgain(Errors error) throws IOException {
    joined = false;
    own(Set.of());
    return switch (error) {
      case REBALANCE_IN_PROGRESS, ILLEGAL_GENERATION -> 0;
      case UNKNOWN_MEMBER_ID -> {
        plan().fenced().increment();
        id = "";
        yield 0;
      }
      case COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS, NOT_COORDINATOR -> RETRY_MS;
      default -> throw new IOException(error.message());
    };
  }
}

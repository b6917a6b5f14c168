package dev.leat.kafka.oracle;

import dev.leat.kafka.RawClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopicCollection;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.ShareGroupDescribeRequestData;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.DeleteRecordsResponse;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;

/** Groups, transactions and deletion of records: what is answered to requests out of order. */
final class CoordinatorScenarios {
  private static final Set<Errors> NOT_YET =
      Set.of(
          Errors.COORDINATOR_LOAD_IN_PROGRESS,
          Errors.COORDINATOR_NOT_AVAILABLE,
          Errors.NOT_COORDINATOR);
  private static final int PAUSE_MS = 100;

  private final RawClient client;
  private final Consumer<String> out;

  CoordinatorScenarios(RawClient client, Consumer<String> out) {
    this.client = client;
    this.out = out;
  }

  void run() throws Exception {
    deletion();
    find();
    classicGroups();
    newGroups();
    offsets();
    transactions();
  }

  /** The errors of a response, once its coordinator has been loaded. */
  private AbstractResponse ask(ApiKeys key, int version, ApiMessage body) throws Exception {
    AbstractResponse response = client.ask(key, version, body);
    while (response.errorCounts().keySet().stream().anyMatch(NOT_YET::contains)) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PAUSE_MS));
      response = client.ask(key, version, body);
    }
    return response;
  }

  private void say(String scenario, ApiKeys key, int version, ApiMessage body) throws Exception {
    List<Errors> errors = new ArrayList<>(ask(key, version, body).errorCounts().keySet());
    errors.sort(null);
    out.accept(scenario + ": " + errors);
  }

  private void deletion() throws IOException {
    delete("delete records", "data", 0, 1);
    delete("delete fewer records", "data", 0, 0);
    delete("delete all records", "data", 0, -1);
    delete("delete records that are not there", "data", 0, 1_000_000);
    delete("delete up to a negative offset", "data", 0, -5);
    delete("delete records of an unknown partition", "data", 77, 0);
    delete("delete records of nothing", "missing", 0, 0);
    delete("delete records of a compacted topic", "keyed", 0, 0);
  }

  private void delete(String scenario, String topic, int partition, long before)
      throws IOException {
    DeleteRecordsRequestData request =
        new DeleteRecordsRequestData()
            .setTimeoutMs(10_000)
            .setTopics(
                List.of(
                    new DeleteRecordsTopic()
                        .setName(topic)
                        .setPartitions(
                            List.of(
                                new DeleteRecordsPartition()
                                    .setPartitionIndex(partition)
                                    .setOffset(before)))));
    var answer =
        ((DeleteRecordsResponse) client.ask(ApiKeys.DELETE_RECORDS, 2, request))
            .data()
            .topics()
            .find(topic)
            .partitions()
            .find(partition);
    out.accept(
        scenario + ": " + Errors.forCode(answer.errorCode()) + " at " + answer.lowWatermark());
  }

  private void find() throws Exception {
    for (CoordinatorType type : List.of(CoordinatorType.GROUP, CoordinatorType.TRANSACTION)) {
      FindCoordinatorRequestData request =
          new FindCoordinatorRequestData()
              .setKeyType(type.id())
              .setCoordinatorKeys(List.of("shop"));
      say("find the coordinator of a " + type, ApiKeys.FIND_COORDINATOR, 4, request);
    }
    FindCoordinatorRequestData share =
        new FindCoordinatorRequestData()
            .setKeyType(CoordinatorType.SHARE.id())
            .setCoordinatorKeys(List.of("not a share partition"));
    say("find the coordinator of a bad share key", ApiKeys.FIND_COORDINATOR, 6, share);
    say(
        "find a coordinator of an unknown kind",
        ApiKeys.FIND_COORDINATOR,
        4,
        new FindCoordinatorRequestData().setKeyType((byte) 9).setCoordinatorKeys(List.of("x")));
  }

  private static JoinGroupRequestData join(String group, int sessionMs) {
    JoinGroupRequestProtocolCollection protocols = new JoinGroupRequestProtocolCollection();
    protocols.add(new JoinGroupRequestProtocol().setName("range").setMetadata(new byte[0]));
    return new JoinGroupRequestData()
        .setGroupId(group)
        .setSessionTimeoutMs(sessionMs)
        .setRebalanceTimeoutMs(sessionMs)
        .setProtocolType("consumer")
        .setProtocols(protocols);
  }

  private void classicGroups() throws Exception {
    say("join without a name", ApiKeys.JOIN_GROUP, 9, join("", 10_000));
    say("join for too short a session", ApiKeys.JOIN_GROUP, 9, join("shop", 1));
    say("join for too long a session", ApiKeys.JOIN_GROUP, 9, join("shop", 10_000_000));
    say("join as nobody yet", ApiKeys.JOIN_GROUP, 9, join("shop", 10_000));
    say(
        "join as a member that is not known",
        ApiKeys.JOIN_GROUP,
        9,
        join("shop", 10_000).setMemberId("who"));
    say(
        "heartbeat of an unknown member",
        ApiKeys.HEARTBEAT,
        4,
        new HeartbeatRequestData().setGroupId("shop").setMemberId("who").setGenerationId(1));
    say(
        "sync of an unknown group",
        ApiKeys.SYNC_GROUP,
        5,
        new SyncGroupRequestData().setGroupId("none").setMemberId("who").setGenerationId(1));
    say(
        "leave an unknown group",
        ApiKeys.LEAVE_GROUP,
        5,
        new LeaveGroupRequestData()
            .setGroupId("none")
            .setMembers(List.of(new LeaveGroupRequestData.MemberIdentity().setMemberId("who"))));
    say(
        "describe an unknown group",
        ApiKeys.DESCRIBE_GROUPS,
        6,
        new DescribeGroupsRequestData().setGroups(List.of("none")));
    say(
        "delete an unknown group",
        ApiKeys.DELETE_GROUPS,
        2,
        new DeleteGroupsRequestData().setGroupsNames(List.of("none")));
    say("list groups", ApiKeys.LIST_GROUPS, 5, new ListGroupsRequestData());
  }

  private void newGroups() throws Exception {
    ConsumerGroupHeartbeatRequestData stranger =
        new ConsumerGroupHeartbeatRequestData()
            .setGroupId("modern")
            .setMemberId(Uuid.ONE_UUID.toString())
            .setMemberEpoch(5);
    say("beat of an unknown member", ApiKeys.CONSUMER_GROUP_HEARTBEAT, 1, stranger);
    say(
        "join the new way without topics",
        ApiKeys.CONSUMER_GROUP_HEARTBEAT,
        1,
        stranger.duplicate().setMemberEpoch(0).setRebalanceTimeoutMs(10_000));
    say(
        "join the new way with an unknown assignor",
        ApiKeys.CONSUMER_GROUP_HEARTBEAT,
        1,
        stranger
            .duplicate()
            .setMemberEpoch(0)
            .setRebalanceTimeoutMs(10_000)
            .setSubscribedTopicNames(List.of("data"))
            .setTopicPartitions(List.of())
            .setServerAssignor("none"));
    say(
        "describe an unknown group the new way",
        ApiKeys.CONSUMER_GROUP_DESCRIBE,
        1,
        new ConsumerGroupDescribeRequestData().setGroupIds(List.of("none")));
    say(
        "beat of an unknown member of a share group",
        ApiKeys.SHARE_GROUP_HEARTBEAT,
        1,
        new ShareGroupHeartbeatRequestData()
            .setGroupId("queue")
            .setMemberId(Uuid.ONE_UUID.toString())
            .setMemberEpoch(5));
    say(
        "describe an unknown share group",
        ApiKeys.SHARE_GROUP_DESCRIBE,
        1,
        new ShareGroupDescribeRequestData().setGroupIds(List.of("none")));
  }

  private static OffsetCommitRequestData commit(String group, String topic, int partition) {
    return new OffsetCommitRequestData()
        .setGroupId(group)
        .setTopics(
            List.of(
                new OffsetCommitRequestData.OffsetCommitRequestTopic()
                    .setName(topic)
                    .setPartitions(
                        List.of(
                            new OffsetCommitRequestData.OffsetCommitRequestPartition()
                                .setPartitionIndex(partition)
                                .setCommittedOffset(3)
                                .setCommittedMetadata("m")))));
  }

  private void offsets() throws Exception {
    say("commit without a member", ApiKeys.OFFSET_COMMIT, 9, commit("alone", "data", 0));
    say("commit of nothing", ApiKeys.OFFSET_COMMIT, 9, commit("alone", "missing", 0));
    say("commit of an unknown partition", ApiKeys.OFFSET_COMMIT, 9, commit("alone", "data", 77));
    say(
        "commit as an unknown member",
        ApiKeys.OFFSET_COMMIT,
        9,
        commit("alone", "data", 0).setMemberId("who").setGenerationIdOrMemberEpoch(4));
    OffsetCommitRequestData big = commit("alone", "data", 0);
    big.topics().getFirst().partitions().getFirst().setCommittedMetadata("x".repeat(5000));
    say("commit with much metadata", ApiKeys.OFFSET_COMMIT, 9, big);
    say(
        "offsets of an unknown group",
        ApiKeys.OFFSET_FETCH,
        9,
        new OffsetFetchRequestData()
            .setGroups(
                List.of(
                    new OffsetFetchRequestData.OffsetFetchRequestGroup()
                        .setGroupId("none")
                        .setTopics(null))));
    say(
        "delete offsets of an unknown group",
        ApiKeys.OFFSET_DELETE,
        0,
        new OffsetDeleteRequestData().setGroupId("none"));
    say(
        "delete a group that has offsets only",
        ApiKeys.DELETE_GROUPS,
        2,
        new DeleteGroupsRequestData().setGroupsNames(List.of("alone")));
  }

  private void transactions() throws Exception {
    InitProducerIdRequestData init =
        new InitProducerIdRequestData().setTransactionalId("shop").setTransactionTimeoutMs(10_000);
    say("begin to produce", ApiKeys.INIT_PRODUCER_ID, 5, init);
    say(
        "with too long a timeout",
        ApiKeys.INIT_PRODUCER_ID,
        5,
        init.duplicate().setTransactionTimeoutMs(Integer.MAX_VALUE));
    say("with none", ApiKeys.INIT_PRODUCER_ID, 5, init.duplicate().setTransactionTimeoutMs(0));
    say("without a name", ApiKeys.INIT_PRODUCER_ID, 5, init.duplicate().setTransactionalId(""));
    say(
        "as another producer",
        ApiKeys.INIT_PRODUCER_ID,
        5,
        init.duplicate().setProducerId(77).setProducerEpoch((short) 1));
    EndTxnRequestData end =
        new EndTxnRequestData().setTransactionalId("none").setProducerId(77).setCommitted(true);
    say("end of an unknown transaction", ApiKeys.END_TXN, 5, end);
    say("end by another producer", ApiKeys.END_TXN, 5, end.duplicate().setTransactionalId("shop"));
    AddPartitionsToTxnTopicCollection topics = new AddPartitionsToTxnTopicCollection();
    topics.add(new AddPartitionsToTxnTopic().setName("data").setPartitions(List.of(0)));
    say(
        "add to an unknown transaction",
        ApiKeys.ADD_PARTITIONS_TO_TXN,
        3,
        new AddPartitionsToTxnRequestData()
            .setV3AndBelowTransactionalId("none")
            .setV3AndBelowProducerId(77)
            .setV3AndBelowTopics(topics));
    say(
        "add offsets to an unknown transaction",
        ApiKeys.ADD_OFFSETS_TO_TXN,
        4,
        new AddOffsetsToTxnRequestData()
            .setTransactionalId("none")
            .setProducerId(77)
            .setGroupId("shop"));
    say(
        "offsets of a transaction by an unknown member",
        ApiKeys.TXN_OFFSET_COMMIT,
        5,
        offsetsOf("none"));
    say(
        "describe an unknown transaction",
        ApiKeys.DESCRIBE_TRANSACTIONS,
        0,
        new DescribeTransactionsRequestData().setTransactionalIds(List.of("none")));
    say("producers of nothing", ApiKeys.DESCRIBE_PRODUCERS, 0, producersOf("missing"));
  }

  private static DescribeProducersRequestData producersOf(String topic) {
    DescribeProducersRequestData.TopicRequestCollection topics =
        new DescribeProducersRequestData.TopicRequestCollection();
    topics.add(
        new DescribeProducersRequestData.TopicRequest()
            .setName(topic)
            .setPartitionIndexes(List.of(0)));
    return new DescribeProducersRequestData().setTopics(topics);
  }

  private static TxnOffsetCommitRequestData offsetsOf(String transactionalId) {
    return new TxnOffsetCommitRequestData()
        .setTransactionalId(transactionalId)
        .setGroupId("shop")
        .setProducerId(77)
        .setMemberId("who")
        .setGenerationIdOrMemberEpoch(3)
        .setTopics(
            List.of(
                new TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic()
                    .setName("data")
                    .setPartitions(
                        List.of(
                            new TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition()
                                .setPartitionIndex(0)
                                .setCommittedOffset(1)))));
  }
}

package dev.leat.kafka.coordinator.group;

import static dev.leat.kafka.dispatch.ApiHandler.later;

import dev.leat.broker.runtime.BrokerApi;
import dev.leat.kafka.KafkaContext;
import dev.leat.kafka.admin.TopicCreation;
import dev.leat.kafka.coordinator.Coordinators;
import dev.leat.kafka.dispatch.ApiModule;
import dev.leat.kafka.dispatch.ApiRegistry;
import dev.leat.kafka.view.KafkaNodes;
import dev.leat.kafka.view.TopicFinder;
import java.util.function.Consumer;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.FindCoordinatorRequest;
import org.apache.kafka.common.requests.OffsetCommitRequest;
import org.apache.kafka.common.requests.OffsetDeleteRequest;
import org.apache.kafka.common.requests.OffsetFetchRequest;
import org.apache.kafka.common.requests.TxnOffsetCommitRequest;

/** Groups, their members and offsets. */
public final class GroupModule implements ApiModule {
  private final MembershipHandlers membership;
  private final AdminHandlers admin;
  private final FindCoordinatorHandler find;
  private final OffsetCommitHandler commit;
  private final TxnOffsetCommitHandler commitInTransaction;
  private final OffsetFetchHandler fetch;
  private final OffsetDeleteHandler delete;
  private final ShareOffsetsHandlers shareOffsets;

  /**
   * Answered by the group coordinator of this broker.
   *
   * @param endpoints where brokers are reached
   * @param topicMaker makes a topic that a topology of Kafka Streams needs, in the background
   */
  public GroupModule(
      BrokerApi broker,
      Coordinators coordinators,
      Endpoints endpoints,
      Consumer<CreatableTopic> topicMaker) {
    GroupCalls calls = new GroupCalls(coordinators.groups());
    TopicFinder topics = new TopicFinder(broker.topics());
    membership = new MembershipHandlers(calls, topicMaker);
    admin = new AdminHandlers(calls);
    find = new FindCoordinatorHandler(coordinators.topics(), endpoints);
    commit = new OffsetCommitHandler(calls, topics);
    commitInTransaction = new TxnOffsetCommitHandler(calls, topics);
    fetch = new OffsetFetchHandler(calls, topics);
    delete = new OffsetDeleteHandler(calls, topics);
    shareOffsets = new ShareOffsetsHandlers(calls, topics);
  }

  /** The module of this broker. */
  public static GroupModule of(KafkaContext context) {
    TopicCreation creation = new TopicCreation(context.broker());
    return new GroupModule(
        context.broker(),
        context.coordinators().get(),
        (client, id) -> new KafkaNodes(context.broker().metadata().current()).find(id),
        topic -> creation.create(topic, false));
  }

  @Override
  public void register(ApiRegistry registry) {
    membership.register(registry);
    admin.register(registry);
    shareOffsets.register(registry);
    registry.add(ApiKeys.FIND_COORDINATOR, later(FindCoordinatorRequest.class, find::handle));
    registry.add(ApiKeys.OFFSET_COMMIT, later(OffsetCommitRequest.class, commit::handle));
    registry.add(
        ApiKeys.TXN_OFFSET_COMMIT,
        later(TxnOffsetCommitRequest.class, commitInTransaction::handle));
    registry.add(ApiKeys.OFFSET_FETCH, later(OffsetFetchRequest.class, fetch::handle));
    registry.add(ApiKeys.OFFSET_DELETE, later(OffsetDeleteRequest.class, delete::handle));
  }
}

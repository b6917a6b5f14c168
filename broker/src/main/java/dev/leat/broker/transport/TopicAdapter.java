package dev.leat.broker.transport;

import com.google.protobuf.ByteString;
import dev.leat.broker.log.TopicId;
import dev.leat.broker.runtime.Answer;
import dev.leat.broker.runtime.Authorizer;
import dev.leat.broker.runtime.Authorizer.Operation;
import dev.leat.broker.runtime.BrokerApi;
import dev.leat.broker.runtime.LivePartition;
import dev.leat.broker.runtime.Principal;
import dev.leat.broker.runtime.RequestError;
import dev.leat.broker.runtime.TopicDirectory;
import dev.leat.broker.runtime.view.GroupView;
import dev.leat.crds.Topic;
import dev.leat.crds.value.InvalidValueException;
import dev.leat.v1.AlterTopicRequest;
import dev.leat.v1.AlterTopicResponse;
import dev.leat.v1.CreateTopicRequest;
import dev.leat.v1.CreateTopicResponse;
import dev.leat.v1.DeleteRecordsRequest;
import dev.leat.v1.DeleteRecordsResponse;
import dev.leat.v1.DeleteTopicRequest;
import dev.leat.v1.DeleteTopicResponse;
import dev.leat.v1.DescribeTopicRequest;
import dev.leat.v1.DescribeTopicResponse;
import dev.leat.v1.ListTopicsRequest;
import dev.leat.v1.ListTopicsResponse;
import dev.leat.v1.PartitionDescription;
import dev.leat.v1.TopicServiceGrpc;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;

/** {@code leat.v1.TopicService}. */
public final class TopicAdapter extends TopicServiceGrpc.TopicServiceImplBase {
  private final BrokerApi broker;

  /** The service. */
  public TopicAdapter(BrokerApi broker) {
    this.broker = broker;
  }

  @Override
  public void createTopic(
      CreateTopicRequest request, StreamObserver<CreateTopicResponse> responses) {
    String name = request.getTopic().getName();
    if (!permitted(Operation.CREATE, name, responses)) {
      return;
    }
    try {
      Responses.send(
          broker
              .topicAdmin()
              .create(name, TopicSpecs.of(request.getTopic()), request.getValidateOnly()),
          topic ->
              CreateTopicResponse.newBuilder()
                  .setTopic(TopicSpecs.of(topic))
                  .setTopicId(id(topic))
                  .build(),
          responses);
    } catch (InvalidValueException e) {
      responses.onError(Errors.status(TopicSpecs.error(e)));
    }
  }

  @Override
  public void alterTopic(AlterTopicRequest request, StreamObserver<AlterTopicResponse> responses) {
    if (permitted(Operation.ALTER, request.getName(), responses)) {
      Responses.send(
          broker.topicAdmin().alter(request.getName(), spec -> TopicSpecs.alter(spec, request)),
          topic -> AlterTopicResponse.newBuilder().setTopic(TopicSpecs.of(topic)).build(),
          responses);
    }
  }

  @Override
  public void deleteTopic(
      DeleteTopicRequest request, StreamObserver<DeleteTopicResponse> responses) {
    if (permitted(Operation.DELETE, request.getName(), responses)) {
      Responses.send(
          broker.topicAdmin().delete(request.getName()),
          topic -> DeleteTopicResponse.getDefaultInstance(),
          responses);
    }
  }

  @Override
  public void deleteRecords(
      DeleteRecordsRequest request, StreamObserver<DeleteRecordsResponse> responses) {
    if (permitted(Operation.DELETE, request.getTopic(), responses)) {
      Responses.send(
          broker
              .deletions()
              .delete(request.getTopic(), request.getPartition(), request.getBeforeOffset()),
          start -> DeleteRecordsResponse.newBuilder().setLogStartOffset(start).build(),
          responses);
    }
  }

  @Override
  public void describeTopic(
      DescribeTopicRequest request, StreamObserver<DescribeTopicResponse> responses) {
    if (!permitted(Operation.DESCRIBE, request.getName(), responses)) {
      return;
    }
    switch (broker.topicAdmin().find(request.getName())) {
      case Answer.Ok<Topic>(Topic topic) -> {
        responses.onNext(describe(topic));
        responses.onCompleted();
      }
      case Answer.Refused<Topic>(RequestError error) -> responses.onError(Errors.status(error));
    }
  }

  @Override
  public void listTopics(ListTopicsRequest request, StreamObserver<ListTopicsResponse> responses) {
    Principal principal = PrincipalInterceptor.current();
    Authorizer authorizer = broker.authorizer();
    ListTopicsResponse.Builder response = ListTopicsResponse.newBuilder();
    broker.topicAdmin().list().stream()
        .filter(topic -> authorizer.allows(principal, Operation.DESCRIBE, topic.topicName()))
        .forEach(topic -> response.addTopics(TopicSpecs.of(topic)));
    responses.onNext(response.build());
    responses.onCompleted();
  }

  private boolean permitted(Operation operation, String topic, StreamObserver<?> responses) {
    Principal principal = PrincipalInterceptor.current();
    if (broker.authorizer().allows(principal, operation, topic)) {
      return true;
    }
    responses.onError(Errors.status(RequestError.notAuthorized(principal, operation, topic)));
    return false;
  }

  private DescribeTopicResponse describe(Topic topic) {
    DescribeTopicResponse.Builder response =
        DescribeTopicResponse.newBuilder().setTopic(TopicSpecs.of(topic)).setTopicId(id(topic));
    TopicDirectory.Topic live = broker.topics().find(topic.topicName());
    if (live != null) {
      live.live().forEach(partition -> response.addPartitions(describe(partition)));
    }
    return response.build();
  }

  private PartitionDescription describe(LivePartition partition) {
    GroupView.Leadership leadership = partition.group().leadership();
    return PartitionDescription.newBuilder()
        .setPartition(partition.index())
        .setGroup(partition.group().id().value())
        .setLeader(leadership.leader())
        .setLeaderEpoch(leadership.epoch())
        .addAllVoters(leadership.voters())
        .setLogStartOffset(leadership.here() ? partition.logStart() : -1)
        .setHighWatermark(leadership.here() ? partition.highWatermark() : -1)
        .setSizeBytes(leadership.here() ? broker.sizeBytes(partition) : -1)
        .build();
  }

  private static ByteString id(Topic topic) {
    return topic
        .status()
        .topicId()
        .map(TopicId::parse)
        .map(TopicAdapter::bytes)
        .orElse(ByteString.EMPTY);
  }

  private static ByteString bytes(TopicId id) {
    ByteBuffer bytes = ByteBuffer.allocate(TopicId.SIZE_BYTES);
    id.write(bytes);
    return ByteString.copyFrom(bytes.flip());
  }
}

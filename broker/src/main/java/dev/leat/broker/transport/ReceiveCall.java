package dev.leat.broker.transport;

import dev.leat.broker.runtime.Principal;
import dev.leat.broker.runtime.RequestError;
import dev.leat.broker.runtime.groups.GroupCoordination;
import dev.leat.broker.runtime.groups.GroupCoordination.MemberEpoch;
import dev.leat.broker.runtime.groups.GroupCoordination.Slot;
import dev.leat.broker.runtime.groups.GroupMembership;
import dev.leat.broker.runtime.groups.QueueCoordination;
import dev.leat.broker.runtime.groups.QueueCoordination.Handout;
import dev.leat.broker.runtime.groups.QueueDelivery;
import dev.leat.v1.AcknowledgeProblem;
import dev.leat.v1.AcknowledgeRecords;
import dev.leat.v1.AttachQueue;
import dev.leat.v1.JoinQueue;
import dev.leat.v1.NamedOffset;
import dev.leat.v1.QueueAssignment;
import dev.leat.v1.QueuePartition;
import dev.leat.v1.QueuePartitionEnded;
import dev.leat.v1.QueueRecords;
import dev.leat.v1.ReceiveRequest;
import dev.leat.v1.ReceiveResponse;
import dev.leat.v1.RecordsAcknowledged;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a queue's member: joins or attaches, hands records out, takes acknowledgements.
 * Locks end with it.
 *
 * <p>The lock is never held while the delivery is called, which calls back.
 */
final class ReceiveCall extends MemberCall<ReceiveRequest, ReceiveResponse>
    implements QueueDelivery.Sink {
  private static final int DEFAULT_RECORDS = 500;
  private static final int MAX_RECORDS = 2_000;
  private static final int MAX_PARTITIONS = 10_000;

  private final QueueAdapter.Surroundings around;
  private JoinQueue join = JoinQueue.getDefaultInstance();
  private @Nullable QueueDelivery delivery;
  private Collection<Slot> wanted = Set.of();
  private boolean begun;
  private boolean attached;

  ReceiveCall(
      ServerCallStreamObserver<ReceiveResponse> responses,
      QueueAdapter.Surroundings around,
      Principal principal) {
    super(responses, around.broker(), principal);
    this.around = around;
  }

  @Override
  void onReady() {
    withDelivery(QueueDelivery::pump);
  }

  @Override
  void endDelivery() {
    withDelivery(QueueDelivery::end);
  }

  @Override
  CompletionStage<?> take(ReceiveRequest request) {
    switch (request.getRequestCase()) {
      case JOIN -> join(request.getJoin());
      case ATTACH -> attach(request.getAttach());
      case ACKNOWLEDGE -> {
        return acknowledge(request.getAcknowledge());
      }
      case REQUEST_NOT_SET -> refuse("a message without content");
    }
    return DONE;
  }

  /** False if it has begun before. */
  private synchronized boolean begin() {
    boolean first = !begun;
    begun = true;
    return first;
  }

  private void join(JoinQueue request) {
    if (!begin()) {
      refuse("this stream has begun already: use one stream for each membership");
      return;
    }
    if (request.getGroup().isEmpty() || request.getTopicsCount() == 0) {
      refuse("a member names its group and one topic or more");
      return;
    }
    if (!mayRead(request.getTopicsList())) {
      return;
    }
    String id = around.roster().newMemberId();
    GroupMembership.Wish wish =
        new GroupMembership.Wish(
            GroupCoordination.Kind.QUEUE,
            request.getGroup(),
            id,
            request.getTopicsList(),
            new GroupCoordination.Identity("", request.getClientId(), host()));
    QueueDelivery.Terms terms =
        terms(request.getGroup(), id, request.getStart(), request.getMaxRecords());
    synchronized (this) {
      join = request;
    }
    around
        .roster()
        .get()
        .thenAcceptBoth(
            around.queues().get(),
            (roster, queues) -> {
              GroupMembership member = new GroupMembership(roster, wish, this);
              if (open(queues, terms, member)) {
                roster.join(member);
              }
            })
        .exceptionally(this::defect);
  }

  private void attach(AttachQueue request) {
    Set<Slot> slots = new HashSet<>();
    request
        .getPartitionsList()
        .forEach(partition -> slots.add(new Slot(partition.getTopic(), partition.getPartition())));
    if (!mayRead(slots.stream().map(Slot::topic).distinct().toList())) {
      return;
    }
    boolean first = begin();
    boolean ofMembership;
    synchronized (this) {
      ofMembership = !first && !attached;
      attached |= first;
      wanted = slots;
    }
    if (ofMembership) {
      refuse("this stream is that of a membership: attach on another one");
    } else if (request.getGroup().isEmpty()
        || request.getMemberId().isEmpty()
        || request.getPartitionsCount() > MAX_PARTITIONS) {
      refuse("a stream is attached to a group and a member, with up to 10,000 partitions");
    } else if (first) {
      QueueDelivery.Terms terms =
          terms(
              request.getGroup(),
              request.getMemberId(),
              request.getStart(),
              request.getMaxRecords());
      around
          .queues()
          .get()
          .thenAccept(queues -> open(queues, terms, null))
          .exceptionally(this::defect);
    } else {
      withDelivery(open -> open.partitions(slots));
    }
  }

  private static QueueDelivery.Terms terms(
      String group, String member, NamedOffset start, int maxRecords) {
    return new QueueDelivery.Terms(
        new QueueCoordination.Member(group, member),
        start == NamedOffset.NAMED_OFFSET_EARLIEST,
        maxRecords <= 0 ? DEFAULT_RECORDS : Math.min(maxRecords, MAX_RECORDS));
  }

  /** False if the stream has ended meanwhile. */
  private boolean open(
      QueueCoordination queues, QueueDelivery.Terms terms, @Nullable GroupMembership member) {
    QueueDelivery opened =
        new QueueDelivery(queues, broker().clock(), broker().readers(), terms, this);
    Collection<Slot> first;
    synchronized (this) {
      if (member == null ? hasEnded() : !enter(member)) {
        return false;
      }
      delivery = opened;
      first = wanted;
    }
    opened.partitions(first);
    return true;
  }

  private void withDelivery(Consumer<QueueDelivery> action) {
    QueueDelivery open;
    synchronized (this) {
      open = delivery;
    }
    if (open != null) {
      action.accept(open);
    }
  }

  @Override
  public void assigned(MemberEpoch member, Set<Slot> partitions) {
    QueueAssignment.Builder assignment = QueueAssignment.newBuilder().setMemberId(member.id());
    Set<Slot> delivered = new HashSet<>();
    synchronized (this) {
      for (Slot slot : partitions) {
        boolean here = !join.getAssignmentOnly() && led(slot) != null;
        if (here) {
          delivered.add(slot);
        }
        assignment.addPartitions(
            QueuePartition.newBuilder()
                .setTopic(slot.topic())
                .setPartition(slot.partition())
                .setDelivered(here));
      }
      send(ReceiveResponse.newBuilder().setAssignment(assignment).build());
    }
    withDelivery(open -> open.partitions(delivered));
  }

  private CompletionStage<?> acknowledge(AcknowledgeRecords request) {
    QueueDelivery open;
    synchronized (this) {
      open = delivery;
    }
    if (open == null || request.getAcknowledgementsCount() > MAX_PARTITIONS) {
      refuse("up to 10,000 acknowledgements at a time, of records that were handed out");
      return DONE;
    }
    return open.acknowledge(QueueMessages.verdicts(request))
        .whenComplete(
            (problems, failure) -> {
              if (failure != null) {
                defect(failure);
              } else {
                acknowledged(request.getId(), problems);
              }
            });
  }

  private void acknowledged(long id, Map<Slot, RequestError> problems) {
    RecordsAcknowledged.Builder answer = RecordsAcknowledged.newBuilder().setId(id);
    problems.forEach(
        (slot, error) ->
            answer.addProblems(
                AcknowledgeProblem.newBuilder()
                    .setTopic(slot.topic())
                    .setPartition(slot.partition())
                    .setError(around.errors().of(error))));
    send(ReceiveResponse.newBuilder().setAcknowledged(answer).build());
  }

  @Override
  public Map<Slot, List<Long>> deliver(Handout handout) {
    QueueRecords.Builder records = QueueRecords.newBuilder().setLockTimeoutMs(handout.lockMs());
    try {
      Map<Slot, List<Long>> offsets = QueueMessages.add(handout, records);
      if (records.getRecordsCount() > 0) {
        send(ReceiveResponse.newBuilder().setRecords(records).build());
      }
      handout.failed().forEach(this::tellEnded);
      return offsets;
    } catch (StatusRuntimeException undecodable) {
      fail(undecodable);
      return Map.of();
    }
  }

  private void tellEnded(Slot slot, RequestError error) {
    send(
        ReceiveResponse.newBuilder()
            .setEnded(
                QueuePartitionEnded.newBuilder()
                    .setTopic(slot.topic())
                    .setPartition(slot.partition())
                    .setError(around.errors().of(error)))
            .build());
  }
}

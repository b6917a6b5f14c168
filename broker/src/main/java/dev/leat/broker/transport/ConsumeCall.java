package dev.leat.broker.transport;

import dev.leat.broker.runtime.Answer;
import dev.leat.broker.runtime.BrokerApi;
import dev.leat.broker.runtime.Isolation;
import dev.leat.broker.runtime.LivePartition;
import dev.leat.broker.runtime.Principal;
import dev.leat.broker.runtime.RequestError;
import dev.leat.broker.runtime.groups.GroupCoordination;
import dev.leat.broker.runtime.groups.GroupCoordination.MemberEpoch;
import dev.leat.broker.runtime.groups.GroupCoordination.Offset;
import dev.leat.broker.runtime.groups.GroupCoordination.Slot;
import dev.leat.broker.runtime.groups.GroupMembership;
import dev.leat.broker.runtime.groups.GroupRoster;
import dev.leat.broker.runtime.groups.LazyRoster;
import dev.leat.v1.AssignedPartition;
import dev.leat.v1.CommitOffsets;
import dev.leat.v1.ConsumeRequest;
import dev.leat.v1.ConsumeResponse;
import dev.leat.v1.FetchForm;
import dev.leat.v1.GroupAssignment;
import dev.leat.v1.JoinGroup;
import dev.leat.v1.OffsetsCommitted;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The stream of a consumer group's member: joins, passes assignments on, delivers records of what
 * the client has accepted, commits.
 */
final class ConsumeCall extends MemberCall<ConsumeRequest, ConsumeResponse> {
  private static final int MAX_ID_BYTES = 64;

  private final Errors errors;
  private final LazyRoster rosters;
  private final Map<Slot, Long> positions = new HashMap<>();
  private JoinGroup join = JoinGroup.getDefaultInstance();
  private @Nullable GroupRoster roster;
  private @Nullable GroupDelivery delivery;
  private Set<Slot> assigned = Set.of();
  private long number;
  private boolean joining;

  ConsumeCall(
      ServerCallStreamObserver<ConsumeResponse> responses,
      BrokerApi broker,
      Errors errors,
      LazyRoster rosters,
      Principal principal) {
    super(responses, broker, principal);
    this.errors = errors;
    this.rosters = rosters;
  }

  @Override
  CompletionStage<?> take(ConsumeRequest request) {
    switch (request.getRequestCase()) {
      case JOIN -> join(request.getJoin());
      case ACCEPT -> accept(request.getAccept().getNumber());
      case COMMIT -> {
        return commit(request.getCommit());
      }
      case REQUEST_NOT_SET -> refuse("a message without content");
    }
    return DONE;
  }

  private void join(JoinGroup request) {
    if (!begin(request)) {
      refuse("this stream has joined group \"" + join.getGroup() + "\": use one stream for each");
      return;
    }
    if (request.getGroup().isEmpty() || request.getTopicsCount() == 0) {
      refuse("a member names its group and one topic or more");
      return;
    }
    if (request.getMemberId().length() > MAX_ID_BYTES) {
      refuse("a member's id is one that a broker gave");
      return;
    }
    if (mayRead(request.getTopicsList())) {
      rosters.get().thenAccept(this::join).exceptionally(this::defect);
    }
  }

  /** False if it has begun before. */
  private synchronized boolean begin(JoinGroup request) {
    boolean first = !joining;
    if (first) {
      joining = true;
      join = request;
    }
    return first;
  }

  private void join(GroupRoster all) {
    GroupMembership member;
    synchronized (this) {
      member =
          new GroupMembership(
              all,
              new GroupMembership.Wish(
                  GroupCoordination.Kind.CONSUMER,
                  join.getGroup(),
                  join.getMemberId().isEmpty() ? rosters.newMemberId() : join.getMemberId(),
                  join.getTopicsList(),
                  new GroupCoordination.Identity(join.getInstanceId(), join.getClientId(), host())),
              this);
      if (!enter(member)) {
        return;
      }
      roster = all;
    }
    all.join(member);
  }

  @Override
  public void assigned(MemberEpoch member, Set<Slot> partitions) {
    Set<Slot> unknown;
    GroupRoster all;
    long mine;
    synchronized (this) {
      all = roster;
      if (hasEnded() || all == null) {
        return;
      }
      mine = ++number;
      stopDelivery();
      assigned = partitions;
      positions.keySet().retainAll(partitions);
      unknown = new HashSet<>(partitions);
      unknown.removeAll(positions.keySet());
    }
    if (unknown.isEmpty()) {
      tell(member, mine, Map.of());
      return;
    }
    all.groups()
        .committed(join.getGroup(), unknown)
        .whenComplete(
            (answer, failure) -> {
              if (failure != null) {
                defect(failure);
                return;
              }
              switch (answer) {
                case Answer.Ok<Map<Slot, Offset>>(var committed) -> tell(member, mine, committed);
                case Answer.Refused<Map<Slot, Offset>>(RequestError error) -> failed(error);
              }
            });
  }

  private synchronized void tell(MemberEpoch member, long mine, Map<Slot, Offset> committed) {
    if (hasEnded() || mine != number) {
      return;
    }
    GroupAssignment.Builder assignment =
        GroupAssignment.newBuilder()
            .setNumber(mine)
            .setMemberId(member.id())
            .setEpoch(member.epoch());
    for (Slot slot : assigned) {
      Offset known = committed.get(slot);
      long offset = known == null ? positions.getOrDefault(slot, -1L) : known.offset();
      if (offset >= 0) {
        positions.put(slot, offset);
      }
      assignment.addPartitions(
          AssignedPartition.newBuilder()
              .setTopic(slot.topic())
              .setPartition(slot.partition())
              .setCommittedOffset(offset)
              .setDelivered(!join.getAssignmentOnly() && led(slot) != null));
    }
    send(ConsumeResponse.newBuilder().setAssignment(assignment).build());
  }

  private void accept(long accepted) {
    GroupMembership member;
    synchronized (this) {
      member = membership();
      // An older one: a newer assignment is on its way to the client.
      if (hasEnded() || member == null || accepted != number) {
        return;
      }
      if (!join.getAssignmentOnly()) {
        startDelivery();
      }
    }
    member.accept();
  }

  private void startDelivery() {
    stopDelivery();
    Map<LivePartition, Long> from = new HashMap<>();
    for (Slot slot : assigned) {
      LivePartition partition = led(slot);
      if (partition != null) {
        from.put(partition, start(slot, partition));
      }
    }
    boolean asRecords = join.getForm() == FetchForm.FETCH_FORM_RECORDS;
    GroupDelivery begun = new GroupDelivery(this, errors, asRecords);
    delivery = begun;
    int responseBytes = RecordAdapter.responseBytes(join.getMaxResponseBytes());
    begun.start(broker(), from, responseBytes, isolation());
  }

  private long start(Slot slot, LivePartition partition) {
    Long known = positions.get(slot);
    if (known == null) {
      return switch (join.getStart()) {
        case NAMED_OFFSET_EARLIEST -> partition.logStart();
        case NAMED_OFFSET_UNSPECIFIED, UNRECOGNIZED -> partition.readableEnd(isolation());
      };
    }
    // What retention has let go is passed over, as with a consumer that has fallen behind.
    return Math.clamp(known, partition.logStart(), partition.highWatermark());
  }

  private Isolation isolation() {
    return RecordAdapter.isolation(join.getIsolation());
  }

  private void stopDelivery() {
    GroupDelivery running = delivery;
    delivery = null;
    if (running != null) {
      running.stop();
    }
  }

  private CompletionStage<?> commit(CommitOffsets commit) {
    GroupMembership member;
    GroupRoster all;
    synchronized (this) {
      member = membership();
      all = roster;
    }
    if (member == null || all == null) {
      refuse("join the group before you commit");
      return DONE;
    }
    return commit(all.groups(), member.current(), commit)
        .whenComplete(
            (answer, failure) -> {
              if (failure != null) {
                defect(failure);
              } else {
                committed(commit.getId(), answer);
              }
            });
  }

  private CompletionStage<Answer<Map<Slot, String>>> commit(
      GroupCoordination groups, MemberEpoch member, CommitOffsets commit) {
    Map<Slot, Offset> offsets = GroupAdapter.offsets(commit.getOffsetsList());
    return commit.hasTransaction()
        ? groups.commit(
            join.getGroup(), member, offsets, TransactionAdapter.producer(commit.getTransaction()))
        : groups.commit(join.getGroup(), Optional.of(member), offsets);
  }

  private synchronized void committed(long id, Answer<Map<Slot, String>> answer) {
    OffsetsCommitted.Builder result = OffsetsCommitted.newBuilder().setId(id);
    switch (answer) {
      case Answer.Refused<Map<Slot, String>>(RequestError error) ->
          result.setError(errors.of(error));
      case Answer.Ok<Map<Slot, String>>(var refused) -> {
        if (!refused.isEmpty()) {
          result.setError(
              errors.of(
                  RequestError.of(RequestError.Code.INVALID_REQUEST, "not committed: " + refused)));
        }
      }
    }
    send(ConsumeResponse.newBuilder().setCommitted(result).build());
  }

  /** Sends what was read, unless other partitions are read by now; moves the positions. */
  synchronized void deliver(
      GroupDelivery from, ConsumeResponse response, Map<Slot, Long> nextOffsets) {
    if (from == delivery) {
      positions.putAll(nextOffsets);
      send(response);
    }
  }

  @Override
  synchronized void endDelivery() {
    stopDelivery();
  }

  @Override
  void onReady() {
    GroupDelivery running;
    synchronized (this) {
      running = delivery;
    }
    if (running != null) {
      running.wake();
    }
  }
}

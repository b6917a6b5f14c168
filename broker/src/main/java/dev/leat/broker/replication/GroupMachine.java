package dev.leat.broker.replication;

import dev.leat.broker.log.EntryKind;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Invariant;
import dev.leat.broker.log.PartitionInfo;
import dev.leat.broker.log.PartitionView;
import dev.leat.broker.log.Promise;
import dev.leat.broker.log.TopicPartition;
import dev.leat.broker.log.group.EntryBodies;
import dev.leat.broker.log.group.GroupCheckpoint;
import dev.leat.broker.log.group.GroupIdentity;
import dev.leat.broker.log.group.GroupState;
import dev.leat.broker.log.group.PartitionState;
import dev.leat.broker.log.group.ProducerState;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One replica of one replica group: Raft's log, terms and votes, with leaders that are appointed
 * from outside. docs/protocol/PROTOCOL.md has the rules; each is named, in capitals, where it is
 * implemented.
 *
 * <p>Pure: {@link #step} is the only way in, the effects that it returns the only way out. The same
 * events at the same times give the same effects. Belongs to one thread.
 *
 * <p>Made by {@link GroupRecovery}. A replica that starts follows; to lead, it must be appointed.
 * With one voter, appointment, barrier and appends complete as soon as they are on disk.
 */
public final class GroupMachine {
  private final GroupId group;
  private final GroupOptions options;
  private final Set<Rule> dropped;
  private @Nullable GroupReplica replica;
  private boolean halted;
  private long writesBefore;

  /** A group as recovered; without a log, the group is not on this disk. */
  GroupMachine(GroupId group, @Nullable GroupLog log, GroupOptions options, Set<Rule> dropped) {
    this.group = group;
    this.options = options;
    this.dropped = dropped;
    this.replica = log == null ? null : new GroupReplica(new GroupCore(log, options, dropped));
  }

  /** Which group. */
  public GroupId group() {
    return group;
  }

  /**
   * Takes in what happened.
   *
   * @param now monotonic time, ms; must not go back
   * @return what is to be done, in this order
   */
  public List<Effect> step(GroupEvent event, long now) {
    GroupReplica existing = replica;
    if (existing == null || halted) {
      return whenAbsent(event, now);
    }
    existing.core().begin(now);
    if (existing.isDropped()) {
      return afterDrop(existing, event, now);
    }
    existing.handle(event);
    if (existing.core().haltReason() != null) {
      halt(existing);
    }
    return existing.core().end();
  }

  /** Until its disk says that it is gone, the dropped replica is neither here nor away. */
  private List<Effect> afterDrop(GroupReplica dropped, GroupEvent event, long now) {
    if (event instanceof GroupEvent.Durable durable) {
      dropped.core().onDurable(durable.write());
      List<Effect> effects = dropped.core().end();
      if (!effects.isEmpty()) {
        replica = null;
        writesBefore = durable.write();
      }
      return effects;
    }
    return whenAbsent(event, now);
  }

  private void halt(GroupReplica existing) {
    halted = true;
    existing.role().close();
    existing.core().emit(new Effect.Halted(group + ": " + existing.core().haltReason()));
  }

  private List<Effect> whenAbsent(GroupEvent event, long now) {
    return switch (event) {
      case GroupEvent.Create create -> {
        Invariant.check(
            create.voters().contains(create.self()), "a group is created at one of its voters");
        yield begin(
            new GroupIdentity(create.history(), create.self(), create.voters()),
            create.token(),
            now);
      }
      case GroupEvent.Join join ->
          begin(new GroupIdentity(join.history(), join.self(), List.of()), join.token(), now);
      case GroupEvent.Appoint appoint ->
          List.of(new Effect.Reply(appoint.token(), new Outcome.Appointment.NoGroup()));
      case GroupEvent.Request request -> {
        List<Effect> replies = new ArrayList<>();
        request.tokens().forEach(token -> replies.add(refuse(token)));
        yield replies;
      }
      case GroupEvent.Durable d -> List.of();
      case GroupEvent.Receive r -> List.of();
      case GroupEvent.LogMissing l -> List.of();
      case GroupEvent.Space s -> List.of();
      case GroupEvent.Tick t -> List.of();
    };
  }

  private Effect refuse(Object token) {
    String detail =
        halted
            ? "the replica has stopped: see the broker's log"
            : "the group is not on this broker's disk";
    return new Effect.Reply(
        token, new Outcome.Refused(Refusal.LEADER_NOT_AVAILABLE, 0, null, detail));
  }

  /** CREATE, at one of the first voters; or a replica that joins, with nothing. */
  private List<Effect> begin(GroupIdentity identity, Object token, long now) {
    if (halted || replica != null) {
      return List.of(refuse(token));
    }
    GroupLog log = new GroupLog(group, new GroupState(identity), Promise.NONE, List.of());
    log.continueWrites(writesBefore);
    GroupCore core = new GroupCore(log, options, dropped);
    replica = new GroupReplica(core);
    core.begin(now);
    log.writeAside(EntryKind.REPLICA, 0, EntryBodies.identity(identity));
    core.emitWhenDurable(new Effect.Reply(token, new Outcome.Done()));
    return core.end();
  }

  /** Whether the group is on this broker's disk. */
  public boolean exists() {
    return replica != null;
  }

  /** What this replica is and has; empty if the group is not on this disk. */
  public Optional<GroupStatus> status() {
    return Optional.ofNullable(replica).map(GroupStatus::of);
  }

  /** All partitions, in order of number; committed ones only. */
  public List<PartitionInfo> partitions() {
    return replica == null
        ? List.of()
        : replica.core().log.state().partitions().stream().map(PartitionState::info).toList();
  }

  /** The partition of this number as readers may see it. */
  public Optional<PartitionView> view(int partition) {
    GroupReplica existing = replica;
    return existing == null
        ? Optional.empty()
        : Optional.ofNullable(existing.core().log.state().partition(partition))
            .map(state -> view(existing, state));
  }

  /** The partition of this name as readers may see it. */
  public Optional<PartitionView> view(TopicPartition id) {
    GroupReplica existing = replica;
    return existing == null
        ? Optional.empty()
        : Optional.ofNullable(existing.core().log.state().find(id))
            .map(state -> view(existing, state));
  }

  private static PartitionView view(GroupReplica replica, PartitionState state) {
    long end =
        replica.role() instanceof Leader leader
            ? leader.proposals().endOffset(state.info().number())
            : state.endOffset();
    return state.view(Math.max(end, state.endOffset()));
  }

  /** Producers of a partition, as of the committed log. */
  public List<ProducerState> producers(int partition) {
    GroupReplica existing = replica;
    PartitionState state =
        existing == null ? null : existing.core().log.state().partition(partition);
    return state == null ? List.of() : state.producers();
  }

  /**
   * What the journal keeps in place of all entries up to {@link GroupStatus#appliedSeq}: committed,
   * and on this disk. Empty if the group is not on it.
   */
  public Optional<ByteBuffer> checkpoint() {
    return Optional.ofNullable(replica)
        .map(GroupReplica::core)
        .map(core -> new GroupCheckpoint(core.log.state(), core.log.promise()).encode());
  }
}

package dev.leat.broker.replication;

import dev.leat.broker.log.EntryKind;
import dev.leat.broker.log.FormatRange;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Invariant;
import dev.leat.broker.log.PartitionInfo;
import dev.leat.broker.log.PartitionView;
import dev.leat.broker.log.Promise;
import dev.leat.broker.log.TopicPartition;
import dev.leat.broker.log.Withdrawal;
import dev.leat.broker.log.group.EntryBodies;
import dev.leat.broker.log.group.GroupCheckpoint;
import dev.leat.broker.log.group.GroupIdentity;
import dev.leat.broker.log.group.GroupState;
import dev.leat.broker.log.group.HistoryFork;
import dev.leat.broker.log.group.PartitionState;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
  private @Nullable LastResort lastResort;
  private boolean halted;
  private long writesBefore;
  private FormatRange formats = FormatRange.CURRENT;
  private int format = FormatRange.CURRENT.oldest();

  /** A group as recovered; without a log, the group is not on this disk. */
  GroupMachine(GroupId group, @Nullable GroupLog log, GroupOptions options, Set<Rule> dropped) {
    this.group = group;
    this.options = options;
    this.dropped = dropped;
    this.replica = log == null ? null : new GroupReplica(new GroupCore(log, options, dropped));
  }

  /** A replica that has withdrawn. */
  GroupMachine(GroupId group, LastResort lastResort, GroupOptions options, Set<Rule> dropped) {
    this(group, (GroupLog) null, options, dropped);
    this.lastResort = lastResort;
  }

  /** What this release knows. */
  void setFormats(FormatRange known) {
    formats = known;
    format = known.oldest();
    if (replica != null) {
      replica.core().setFormats(known, format);
    }
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
    if (event instanceof GroupEvent.WriteFormat written) {
      Invariant.check(formats.knows(written.version()), "a format that this release does not know");
      format = written.version();
    }
    GroupReplica existing = replica;
    if (existing == null || halted) {
      return whenAbsent(event, now);
    }
    existing.core().begin(now);
    if (existing.ending() != null) {
      return whileEnding(existing, event, now);
    }
    existing.handle(event);
    if (existing.core().haltReason() != null) {
      halt(existing);
    }
    return existing.core().end();
  }

  /** Until its disk says what becomes of it, a replica that ends is neither here nor away. */
  private List<Effect> whileEnding(GroupReplica ended, GroupEvent event, long now) {
    if (!(event instanceof GroupEvent.Durable durable)) {
      return whenAbsent(event, now);
    }
    boolean over = ended.core().isDurable(durable.write());
    if (over) {
      replica = null;
      writesBefore = durable.write();
      switch (Objects.requireNonNull(ended.ending())) {
        case Ending.Dropped d -> {}
        case Ending.Withdrawn withdrawn ->
            lastResort = new LastResort(ended.core().log.foldAll(), withdrawn.reason());
        case Ending.Replaced replaced ->
            replica = fresh(new GroupState(replaced.by().identity()), Promise.NONE);
        case Ending.Forked forked -> fork(ended, forked);
      }
    }
    ended.core().onDurable(durable.write());
    return ended.core().end();
  }

  /** A replica whose disk has nothing after this state. */
  private GroupReplica fresh(GroupState state, Promise promise) {
    GroupLog log = new GroupLog(group, state, promise, List.of());
    log.continueWrites(writesBefore);
    GroupCore core = new GroupCore(log, options, dropped);
    core.setFormats(formats, format);
    return new GroupReplica(core);
  }

  /** UNCLEAN: the new history has begun on this disk. */
  private void fork(GroupReplica ended, Ending.Forked forked) {
    GroupState after = forked.base().state();
    replica = fresh(after, forked.base().promise());
    HistoryFork point = after.identity().forks().getLast();
    GroupCore core = ended.core();
    core.emit(
        new Effect.PossibleDataLoss(
            point,
            "%s goes on with what %s had, up to %d: what only other replicas had is given up"
                .formatted(group, core.self(), point.seq())));
    core.tell(forked.shown(), after);
    core.reply(forked.token(), new Outcome.Done());
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
        yield begin(create.identity(), create.token(), now);
      }
      case GroupEvent.Join join ->
          begin(new GroupIdentity(join.history(), join.self(), List.of()), join.token(), now);
      case GroupEvent.Withdraw withdraw ->
          List.of(new Effect.Reply(withdraw.token(), new Outcome.Done()));
      case GroupEvent.Fork fork -> forkLastResort(fork, now);
      case GroupEvent.Appoint appoint ->
          List.of(new Effect.Reply(appoint.token(), new Outcome.Appointment.NoGroup()));
      case GroupEvent.Request request -> {
        List<Effect> replies = new ArrayList<>();
        request.tokens().forEach(token -> replies.add(refuse(token)));
        yield replies;
      }
      case GroupEvent.Damaged d -> List.of();
      case GroupEvent.Heard h -> List.of();
      case GroupEvent.WriteFormat w -> List.of();
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
            : lastResort != null
                ? "the replica has withdrawn: " + lastResort.reason().reason()
                : "the group is not on this broker's disk";
    return new Effect.Reply(
        token, new Outcome.Refused(Refusal.LEADER_NOT_AVAILABLE, 0, null, detail));
  }

  /** UNCLEAN, from what a replica had when it withdrew. */
  private List<Effect> forkLastResort(GroupEvent.Fork fork, long now) {
    LastResort had = lastResort;
    if (had == null || halted || replica != null) {
      return List.of(refuse(fork.token()));
    }
    GroupReplica again = fresh(had.state(), Promise.withdrawn(had.reason()));
    again.core().begin(now);
    again.fork(fork, new GroupState(GroupIdentity.NONE));
    replica = again;
    return again.core().end();
  }

  /** CREATE, at one of the first voters; or a replica that joins, with nothing. */
  private List<Effect> begin(GroupIdentity identity, Object token, long now) {
    if (halted || replica != null) {
      return List.of(refuse(token));
    }
    if (lastResort != null && !identity.firstVoters().isEmpty()) {
      // CREATE: who has had something of the group must not help to begin it anew.
      return List.of(refuse(token));
    }
    lastResort = null;
    GroupReplica begun = fresh(new GroupState(identity), Promise.NONE);
    GroupCore core = begun.core();
    replica = begun;
    core.begin(now);
    core.log.writeAside(EntryKind.REPLICA, 0, EntryBodies.identity(identity));
    core.emitWhenDurable(new Effect.Reply(token, new Outcome.Done()));
    return core.end();
  }

  /** Whether this broker has a replica of the group; one that has withdrawn is none. */
  public boolean exists() {
    return replica != null;
  }

  /** DISK, UNCLEAN: why this broker's replica has withdrawn; empty if it has not. */
  public Optional<Withdrawal> withdrawal() {
    return Optional.ofNullable(lastResort).map(LastResort::reason);
  }

  /**
   * What a replica that has withdrawn had: for the choice of a last resort, and so that nobody
   * takes the group for one that never was. Nothing in it counts for anything else.
   */
  public Optional<GroupStatus> lastResort() {
    return Optional.ofNullable(lastResort).map(LastResort::status);
  }

  /** UNCLEAN: the histories that this replica's history comes from, oldest first. */
  public List<HistoryFork> forks() {
    return replica == null ? List.of() : replica.core().log.state().identity().forks();
  }

  /**
   * Up to which seq {@link #checkpoint} speaks for the log: what is in a segment up to there needs
   * not be read again by a recovery.
   */
  public long coveredSeq() {
    GroupReplica existing = replica;
    return existing == null ? Long.MAX_VALUE : existing.core().log.state().seq();
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

  /**
   * What the journal keeps in place of all entries up to {@link GroupStatus#appliedSeq}: committed,
   * and on this disk. Empty if the group is not on it.
   */
  public Optional<ByteBuffer> checkpoint() {
    if (replica == null) {
      return Optional.ofNullable(lastResort).map(had -> had.checkpoint().encode());
    }
    GroupLog log = replica.core().log;
    return Optional.of(new GroupCheckpoint(log.state(), log.promise()).encode());
  }
}

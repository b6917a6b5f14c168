package dev.leat.broker.replication;

import dev.leat.broker.log.CorruptEntryException;
import dev.leat.broker.log.Entry;
import dev.leat.broker.log.EntryHeader;
import dev.leat.broker.log.EntryKind;
import dev.leat.broker.log.FormatRange;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Promise;
import dev.leat.broker.log.Withdrawal;
import dev.leat.broker.log.group.EntryBodies;
import dev.leat.broker.log.group.GroupCheckpoint;
import dev.leat.broker.log.group.GroupIdentity;
import dev.leat.broker.log.group.GroupState;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the machine of a group from what its disk holds: the newest checkpoint, then all entries in
 * the order in which they were appended (batches without their body).
 *
 * <p>The checkpoint may be newer than the first of these entries: what it covers is skipped. An
 * entry replaces an earlier one of its seq and all after that.
 */
public final class GroupRecovery {
  private final GroupId group;
  private final GroupOptions options;
  private final Set<Rule> dropped;
  private @Nullable GroupState state;
  private Promise promise = Promise.NONE;
  private final List<Entry> tail = new ArrayList<>();
  private @Nullable String gap;
  private boolean lost;
  private FormatRange formats = FormatRange.CURRENT;

  /** Nothing found yet. */
  public GroupRecovery(GroupId group, GroupOptions options) {
    this(group, options, Set.of());
  }

  GroupRecovery(GroupId group, GroupOptions options, Set<Rule> dropped) {
    this.group = group;
    this.options = options;
    this.dropped = dropped;
  }

  /** What this release knows; comes before everything else. */
  GroupRecovery formats(FormatRange known) {
    formats = known;
    return this;
  }

  /**
   * The newest checkpoint; comes before all entries.
   *
   * @throws CorruptEntryException if it is damaged
   */
  public GroupRecovery checkpoint(ByteBuffer bytes) {
    GroupCheckpoint checkpoint = GroupCheckpoint.decode(bytes);
    state = checkpoint.state();
    promise = checkpoint.promise();
    return this;
  }

  /**
   * The next entry.
   *
   * @throws CorruptEntryException if it is damaged, or of a newer release
   */
  public GroupRecovery entry(Entry entry) {
    int version = EntryBodies.version(entry);
    if (version > formats.newest()) {
      throw new CorruptEntryException(
          "%s holds entries of format %d, this release knows %s: start the release that wrote them"
              .formatted(group, version, formats));
    }
    switch (entry.header().kind()) {
      case REPLICA -> identity(EntryBodies.identity(EntryBodies.join(entry.body())));
      case PROMISE -> {
        Promise found = EntryBodies.promise(EntryBodies.join(entry.body()));
        promise = found.epoch() > promise.epoch() ? found : promise;
      }
      case BASE -> base(EntryBodies.join(entry.body()));
      case MOVED -> {}
      case BATCHES, TOPIC, CONFIG, BARRIER, START, CLOCK -> inLog(entry);
    }
    return this;
  }

  /**
   * DISK: an entry of this group is lost at this place of the journal.
   *
   * @param header which one
   * @param what one line
   */
  public GroupRecovery lost(EntryHeader header, String what) {
    boolean covered = header.kind().inLog() && state != null && header.seq() <= state.seq();
    if (!covered && header.kind() != EntryKind.MOVED) {
      gap = group + ": " + what;
      lost = true;
    }
    return this;
  }

  private void identity(GroupIdentity found) {
    tail.clear();
    gap = null;
    lost = false;
    if (found.equals(GroupIdentity.NONE)) {
      state = null;
      promise = Promise.NONE;
    } else if (state == null || !state.identity().equals(found)) {
      state = new GroupState(found);
      promise = Promise.NONE;
    }
  }

  /** UNCLEAN: the base of a history that comes from this one takes its place. */
  private static boolean isFork(GroupIdentity before, GroupIdentity after) {
    return before.history() != after.history() && after.comesFrom(before.history());
  }

  private void base(ByteBuffer body) {
    GroupCheckpoint base = GroupCheckpoint.decode(body);
    if (state != null && isFork(state.identity(), base.state().identity())) {
      tail.clear();
      gap = null;
      lost = false;
      state = base.state();
      promise = base.promise();
      return;
    }
    tail.clear();
    gap = lost ? gap : null;
    boolean known =
        state != null
            && (!state.identity().equals(base.state().identity())
                || state.seq() >= base.state().seq());
    if (!known) {
      state = base.state();
    }
    promise = base.promise().epoch() > promise.epoch() ? base.promise() : promise;
  }

  private void inLog(Entry entry) {
    long seq = entry.header().seq();
    long applied = state == null ? 0 : state.seq();
    if (lost) {
      return;
    }
    if (seq <= applied) {
      tail.clear();
      gap = null;
      return;
    }
    int at = (int) Math.min(seq - applied - 1, Integer.MAX_VALUE);
    if (at > tail.size() || state == null) {
      gap = String.format("%s: entry %d after %d", group, seq, applied + tail.size());
      return;
    }
    tail.subList(at, tail.size()).clear();
    tail.add(entry);
  }

  /**
   * The machine. A replica whose log has a gap has withdrawn: what it had before the gap is a last
   * resort.
   */
  public GroupMachine finish() {
    GroupMachine machine = machine();
    machine.setFormats(formats);
    return machine;
  }

  private GroupMachine machine() {
    GroupState recovered = state;
    if (recovered == null) {
      return new GroupMachine(group, (GroupLog) null, options, dropped);
    }
    Optional<Withdrawal> withdrawn = promise.withdrawal();
    GroupLog log = new GroupLog(group, recovered, promise, tail);
    if (withdrawn.isEmpty() && (gap == null || dropped.contains(Rule.DAMAGE))) {
      return new GroupMachine(group, log, options, dropped);
    }
    Withdrawal reason = withdrawn.orElse(Withdrawal.DAMAGED);
    return new GroupMachine(group, new LastResort(log.foldAll(), reason), options, dropped);
  }

  /** What is lost, one line; null if nothing is. */
  public @Nullable String gap() {
    return gap;
  }

  /** Kinds whose body recovery needs; all but batches. */
  public static boolean needsBody(EntryKind kind) {
    return kind != EntryKind.BATCHES && kind != EntryKind.MOVED;
  }
}

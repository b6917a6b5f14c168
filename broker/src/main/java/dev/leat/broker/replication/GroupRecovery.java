package dev.leat.broker.replication;

import dev.leat.broker.log.CorruptEntryException;
import dev.leat.broker.log.Entry;
import dev.leat.broker.log.EntryKind;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Promise;
import dev.leat.broker.log.group.EntryBodies;
import dev.leat.broker.log.group.GroupCheckpoint;
import dev.leat.broker.log.group.GroupIdentity;
import dev.leat.broker.log.group.GroupState;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
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

  /** Nothing found yet. */
  public GroupRecovery(GroupId group, GroupOptions options) {
    this(group, options, Set.of());
  }

  GroupRecovery(GroupId group, GroupOptions options, Set<Rule> dropped) {
    this.group = group;
    this.options = options;
    this.dropped = dropped;
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
   * @throws CorruptEntryException if it is damaged
   */
  public GroupRecovery entry(Entry entry) {
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

  private void identity(GroupIdentity found) {
    tail.clear();
    gap = null;
    if (found.equals(GroupIdentity.NONE)) {
      state = null;
      promise = Promise.NONE;
    } else if (state == null || !state.identity().equals(found)) {
      state = new GroupState(found);
      promise = Promise.NONE;
    }
  }

  private void base(ByteBuffer body) {
    tail.clear();
    gap = null;
    GroupCheckpoint base = GroupCheckpoint.decode(body);
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
   * The machine.
   *
   * @throws CorruptEntryException if entries are missing
   */
  public GroupMachine finish() {
    if (gap != null) {
      throw new CorruptEntryException(gap + "; the entries between are missing");
    }
    GroupLog log = state == null ? null : new GroupLog(group, state, promise, tail);
    return new GroupMachine(group, log, options, dropped);
  }

  /** Kinds whose body recovery needs; all but batches. */
  public static boolean needsBody(EntryKind kind) {
    return kind != EntryKind.BATCHES && kind != EntryKind.MOVED;
  }
}

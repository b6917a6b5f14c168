package dev.leat.client.internal.group;

import dev.leat.client.ConsumerRecord;
import dev.leat.client.GroupConfig;
import dev.leat.client.GroupConsumer;
import dev.leat.client.Position;
import dev.leat.client.TopicPartition;
import dev.leat.client.error.LeatErrorCode;
import dev.leat.client.error.LeatException;
import dev.leat.client.internal.admin.GroupCalls;
import dev.leat.client.internal.consume.ConsumerCore;
import dev.leat.client.internal.net.Backoff;
import dev.leat.client.internal.net.Session;
import dev.leat.client.internal.net.Waiting;
import dev.leat.v1.AssignedPartition;
import dev.leat.v1.GroupAssignment;
import dev.leat.v1.ProducerIdentity;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Membership and reading put together: the stream to the coordinator says which partitions, a
 * consumer reads them at their leaders. Everything happens on the program's thread, during its
 * calls.
 */
public final class GroupCore implements GroupConsumer {
  private final Session session;
  private final GroupConfig config;
  private final Runnable onClosed;
  private final GroupCalls groups;
  private final ConsumerCore consumer;
  private final Backoff backoff;
  private final Uncommitted uncommitted = new Uncommitted();
  private final Map<TopicPartition, Position> reading = new HashMap<>();
  private Map<TopicPartition, Long> committed = Map.of();
  private @Nullable MemberStream stream;
  private String memberId = "";
  private long nextCommitNanos;
  private long nextJoinNanos;
  private boolean closed;

  /**
   * A member that joins with its first poll.
   *
   * @param onClosed hears when it is closed
   */
  public GroupCore(Session session, GroupConfig config, Runnable onClosed) {
    this.session = session;
    this.config = config;
    this.onClosed = onClosed;
    this.groups = new GroupCalls(session);
    this.consumer = new ConsumerCore(session, config.consumer(), () -> {});
    this.backoff = new Backoff(session.config());
    this.nextJoinNanos = System.nanoTime();
  }

  @Override
  public List<ConsumerRecord> poll(Duration timeout) {
    checkOpen();
    long endNanos = System.nanoTime() + timeout.toNanos();
    commitWhenDue();
    while (true) {
      boolean joined = keepJoined();
      long leftNanos = endNanos - System.nanoTime();
      long waitNanos = joined ? leftNanos : Math.min(leftNanos, nextJoinNanos - System.nanoTime());
      List<ConsumerRecord> records = consumer.poll(Duration.ofNanos(Math.max(0, waitNanos)));
      uncommitted.given(records);
      // A wakeup without a new assignment comes from the program.
      boolean woken = joined && !hasNews();
      if (!records.isEmpty() || woken || System.nanoTime() >= endNanos) {
        return records;
      }
    }
  }

  private boolean hasNews() {
    MemberStream present = stream;
    return present == null || present.failure() != null || present.hasAssignment();
  }

  /** Joins if need be, and follows a new assignment; false if that is not possible just now. */
  private boolean keepJoined() {
    MemberStream present = stream;
    if (present != null) {
      LeatException failure = present.failure();
      if (failure != null) {
        stream = null;
        backOff(failure);
        present = null;
      }
    }
    if (present == null) {
      if (System.nanoTime() < nextJoinNanos) {
        return false;
      }
      present = join();
      if (present == null) {
        return false;
      }
    }
    GroupAssignment assignment = present.takeAssignment();
    if (assignment != null) {
      follow(present, assignment);
    }
    return true;
  }

  private @Nullable MemberStream join() {
    try {
      String address = groups.locate(config.group());
      MemberStream begun =
          new MemberStream(session.channels().to(address), address, consumer::wakeup);
      begun.join(config, memberId);
      if (!commitsItself()) {
        beginAnew();
      }
      stream = begun;
      return begun;
    } catch (LeatException e) {
      backOff(e);
      return null;
    }
  }

  /**
   * Others may have read on since the last membership: what was not committed is given again, from
   * where the group is by now.
   */
  private void beginAnew() {
    uncommitted.retain(Set.of());
    reading.clear();
    consumer.assign(reading);
  }

  private void backOff(LeatException failure) {
    if (!isPassing(failure)) {
      throw failure;
    }
    nextJoinNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(backoff.nextMs());
  }

  private static boolean isPassing(LeatException failure) {
    return failure.isRetriable() || failure.code() == LeatErrorCode.NOT_LEADER;
  }

  /** Gives up and takes over partitions; what was given of those that go is committed before. */
  private void follow(MemberStream member, GroupAssignment assignment) {
    backoff.reset();
    memberId = assignment.getMemberId();
    Map<TopicPartition, AssignedPartition> wanted = new HashMap<>();
    for (AssignedPartition partition : assignment.getPartitionsList()) {
      wanted.put(new TopicPartition(partition.getTopic(), partition.getPartition()), partition);
    }
    if (commitsItself() && !wanted.keySet().containsAll(reading.keySet())) {
      tryCommit(member);
    }
    reading.keySet().retainAll(wanted.keySet());
    uncommitted.retain(wanted.keySet());
    wanted.forEach(
        (partition, said) ->
            reading.computeIfAbsent(partition, added -> start(said.getCommittedOffset())));
    keepInRange();
    consumer.assign(reading);
    member.accept(assignment);
  }

  private Position start(long committedOffset) {
    return committedOffset < 0 ? config.start() : Position.at(committedOffset);
  }

  /** What retention has let go since the last commit is passed over. */
  private void keepInRange() {
    Map<TopicPartition, Long> given = consumer.positions();
    Map<TopicPartition, Position> known = new HashMap<>();
    reading.forEach(
        (partition, position) -> {
          if (position instanceof Position.At && !given.containsKey(partition)) {
            known.put(partition, Position.earliest());
          }
        });
    if (known.isEmpty()) {
      return;
    }
    groups
        .firstOffsets(known)
        .forEach(
            (partition, first) ->
                reading.computeIfPresent(
                    partition,
                    (same, position) ->
                        position instanceof Position.At at && at.offset() < first
                            ? Position.at(first)
                            : position));
  }

  private boolean commitsItself() {
    return !config.autoCommit().isZero();
  }

  private void commitWhenDue() {
    MemberStream present = stream;
    long now = System.nanoTime();
    if (commitsItself() && present != null && now >= nextCommitNanos) {
      Map<TopicPartition, Long> offsets = consumer.positions();
      if (!offsets.equals(committed)) {
        nextCommitNanos = now + config.autoCommit().toNanos();
        committed = offsets;
        present.commit(offsets);
      }
    }
  }

  /** The last commit before partitions go; if it fails, their records are given again. */
  private void tryCommit(MemberStream member) {
    Map<TopicPartition, Long> given = consumer.positions();
    if (!given.isEmpty() && !given.equals(committed)) {
      try {
        commit(member, given);
      } catch (LeatException e) {
        if (!e.isRetriable()) {
          throw e;
        }
      }
    }
  }

  @Override
  public void commit() {
    checkOpen();
    Map<TopicPartition, Long> given = consumer.positions();
    if (!given.equals(committed)) {
      commit(given);
    }
  }

  @Override
  public void commit(Map<TopicPartition, Long> offsets) {
    checkOpen();
    MemberStream present = stream;
    if (present == null) {
      throw LeatException.of(
          LeatErrorCode.MEMBER_FENCED, "not a member of " + config.group() + " now: poll again");
    }
    if (!offsets.isEmpty()) {
      commit(present, offsets);
    }
  }

  private void commit(MemberStream member, Map<TopicPartition, Long> offsets) {
    Waiting.on(
        member.commit(offsets),
        session.config().requestTimeout(),
        "the commit of group " + config.group(),
        session);
    onCommitted(offsets);
  }

  private void onCommitted(Map<TopicPartition, Long> offsets) {
    committed = offsets;
    uncommitted.committed(offsets, consumer.positions());
  }

  /**
   * Commits everything that was given as part of a transaction.
   *
   * @return the offsets, for {@link #onTransactionCommitted}
   */
  public Map<TopicPartition, Long> commitIn(ProducerIdentity transaction) {
    checkOpen();
    if (commitsItself()) {
      throw LeatException.of(
          LeatErrorCode.INVALID_REQUEST,
          "the member commits by itself, its offsets cannot be part of a transaction: "
              + "set autoCommit to zero");
    }
    MemberStream present = stream;
    if (present == null || uncommitted.isLost()) {
      throw LeatException.of(
          LeatErrorCode.MEMBER_FENCED,
          "group %s has given partitions to others since: abort, rewind, and poll again"
              .formatted(config.group()));
    }
    Map<TopicPartition, Long> offsets = new HashMap<>(consumer.positions());
    offsets.keySet().retainAll(uncommitted.partitions());
    if (!offsets.isEmpty()) {
      Waiting.on(
          present.commit(offsets, transaction),
          session.config().requestTimeout(),
          "the commit of group " + config.group(),
          session);
    }
    return offsets;
  }

  /** The transaction is committed that these offsets are part of. */
  public void onTransactionCommitted(Map<TopicPartition, Long> offsets) {
    if (!closed) {
      uncommitted.committed(offsets, consumer.positions());
    }
  }

  @Override
  public void rewind() {
    checkOpen();
    uncommitted
        .rewind()
        .forEach(
            (partition, offset) -> {
              if (reading.containsKey(partition)) {
                reading.put(partition, Position.at(offset));
                consumer.seek(partition, Position.at(offset));
              }
            });
  }

  @Override
  public Set<TopicPartition> assignment() {
    return Set.copyOf(reading.keySet());
  }

  @Override
  public void wakeup() {
    consumer.wakeup();
  }

  private void checkOpen() {
    if (closed) {
      throw LeatException.of(LeatErrorCode.CLOSED, "the member is closed");
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    MemberStream present = stream;
    if (present != null) {
      if (commitsItself() && present.failure() == null) {
        tryCommit(present);
      }
      present.leave();
    }
    closed = true;
    consumer.close();
    onClosed.run();
  }
}

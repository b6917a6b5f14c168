package dev.leat.broker.runtime.groups;

import dev.leat.broker.runtime.Answer;
import dev.leat.broker.runtime.RequestError;
import dev.leat.broker.runtime.groups.GroupCoordination.Beat;
import dev.leat.broker.runtime.groups.GroupCoordination.BeatAnswer;
import dev.leat.broker.runtime.groups.GroupCoordination.MemberEpoch;
import dev.leat.broker.runtime.groups.GroupCoordination.Slot;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One member of a group whose client is connected to this broker. It beats in the client's name as
 * long as the client's stream is there, one beat at a time, and reports what is assigned.
 *
 * <p>What the client reads counts as given up only once it has accepted the assignment without it.
 * Safe for use by any thread; the listener is called by one at a time.
 */
public final class GroupMembership {
  /** Beats cost no network, so they may be frequent: others' changes are heard of soon. */
  private static final int BEAT_MS = 1_000;

  private static final int SOON_MS = 50;

  private final GroupRoster roster;
  private final GroupCoordination.Kind kind;
  private final String group;
  private final String id;
  private final GroupCoordination.Identity identity;
  private final List<String> topics;
  private final Listener listener;
  private final Executor later;
  private final Executor soon;
  private int epoch = Beat.JOIN;
  private @Nullable Set<Slot> assigned;
  private Optional<Collection<Slot>> toTell = Optional.of(List.of());
  private long tellings;
  private boolean beating;
  private boolean again;
  private boolean soonDue;
  private boolean scheduled;
  private boolean ended;

  /** Who reads for the member. */
  public interface Listener {
    /** From now on the member shall read these partitions, and no others. */
    void assigned(MemberEpoch member, Set<Slot> partitions);

    /** The membership has ended; it must not read any more. */
    void failed(RequestError error);
  }

  /**
   * A member that has not joined yet.
   *
   * @param wish which group and topics, and who it is
   */
  public GroupMembership(GroupRoster roster, Wish wish, Listener listener) {
    this.roster = roster;
    this.kind = wish.kind();
    this.group = wish.group();
    this.id = wish.memberId();
    this.identity = wish.identity();
    this.topics = wish.topics();
    this.listener = listener;
    this.later =
        CompletableFuture.delayedExecutor(BEAT_MS, TimeUnit.MILLISECONDS, roster.executor());
    this.soon =
        CompletableFuture.delayedExecutor(SOON_MS, TimeUnit.MILLISECONDS, roster.executor());
  }

  /**
   * What a member wants.
   *
   * @param kind kind of the group
   * @param group group to be in
   * @param memberId a new, random id
   * @param topics topics to read
   * @param identity who it is
   */
  public record Wish(
      GroupCoordination.Kind kind,
      String group,
      String memberId,
      List<String> topics,
      GroupCoordination.Identity identity) {
    /** Copies the list. */
    public Wish {
      topics = List.copyOf(topics);
    }
  }

  String group() {
    return group;
  }

  String id() {
    return id;
  }

  /** Its client has come back on another stream. */
  void replace() {
    fail(
        RequestError.of(
            RequestError.Code.MEMBER_FENCED, "member " + id + " has joined on another stream"));
  }

  /** The member as the coordinator knows it. */
  public synchronized MemberEpoch current() {
    return new MemberEpoch(id, epoch);
  }

  void start() {
    beat();
  }

  /** The client reads what was assigned last, and nothing else. */
  public void accept() {
    synchronized (this) {
      if (assigned == null) {
        return;
      }
      toTell = Optional.of(assigned);
      tellings++;
    }
    beat();
  }

  /** The client is gone. */
  public void leave() {
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
    }
    // A static member may come back: as with Kafka's clients, its partitions wait for it.
    int farewell = identity.instanceId().isEmpty() ? Beat.LEAVE : Beat.LEAVE_FOR_A_WHILE;
    roster
        .beat(
            new Beat(
                kind, group, new MemberEpoch(id, farewell), identity, topics, Optional.empty()))
        .whenComplete((answer, failure) -> roster.left(this));
  }

  /** Beats in a moment: several reasons within it are one. */
  void beatSoon() {
    synchronized (this) {
      if (soonDue || ended) {
        return;
      }
      soonDue = true;
    }
    soon.execute(
        () -> {
          synchronized (this) {
            soonDue = false;
          }
          beat();
        });
  }

  private void beat() {
    Beat beat;
    long told;
    synchronized (this) {
      if (ended) {
        return;
      }
      if (beating) {
        again = true;
        return;
      }
      beating = true;
      told = tellings;
      beat = new Beat(kind, group, new MemberEpoch(id, epoch), identity, topics, toTell);
    }
    roster
        .beat(beat)
        .whenComplete(
            (answer, failure) -> {
              if (failure != null) {
                fail(RequestError.of(RequestError.Code.INTERNAL, "a defect: " + failure));
              } else {
                switch (answer) {
                  case Answer.Ok<BeatAnswer>(BeatAnswer answered) -> answered(beat, told, answered);
                  case Answer.Refused<BeatAnswer>(RequestError error) -> fail(error);
                }
              }
            });
  }

  private void answered(Beat beat, long told, BeatAnswer answer) {
    Set<Slot> newer = null;
    boolean more;
    boolean moved;
    MemberEpoch member;
    synchronized (this) {
      if (ended) {
        return;
      }
      moved = answer.epoch() != epoch || beat.owned().isPresent();
      epoch = answer.epoch();
      // What was told need not be told again; what was accepted since then must.
      if (told == tellings) {
        toTell = Optional.empty();
      }
      Set<Slot> shall = answer.assignment().map(Set::copyOf).orElse(null);
      if (shall != null && !shall.equals(assigned)) {
        assigned = shall;
        newer = shall;
      }
      member = new MemberEpoch(id, epoch);
    }
    if (newer != null) {
      listener.assigned(member, newer);
    }
    synchronized (this) {
      beating = false;
      more = again;
      again = false;
    }
    if (moved) {
      roster.changed(this);
    }
    if (more) {
      beat();
    } else {
      scheduleNext();
    }
  }

  private void scheduleNext() {
    synchronized (this) {
      if (scheduled || ended) {
        return;
      }
      scheduled = true;
    }
    later.execute(
        () -> {
          synchronized (this) {
            scheduled = false;
          }
          beat();
        });
  }

  private void fail(RequestError error) {
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
    }
    roster.left(this);
    listener.failed(error);
  }
}

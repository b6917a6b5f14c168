package dev.leat.broker.runtime.groups;

import dev.leat.broker.runtime.thread.OnDemand;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** The roster, made when somebody asks for a group first: a broker without groups loads nothing. */
public final class LazyRoster {
  private final OnDemand<GroupRoster> roster;

  /**
   * Nothing is made yet.
   *
   * @param open makes the coordination; may take a while
   * @param executor runs it, and beats of members
   */
  public LazyRoster(Supplier<GroupCoordination> open, Executor executor) {
    roster = new OnDemand<>(() -> new GroupRoster(open.get(), executor), executor);
  }

  /** The roster. */
  public CompletionStage<GroupRoster> get() {
    return roster.get();
  }

  /** An id for a member. */
  public String newMemberId() {
    return UUID.randomUUID().toString();
  }
}

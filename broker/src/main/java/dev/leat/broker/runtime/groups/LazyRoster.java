package dev.leat.broker.runtime.groups;

import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The roster, made when somebody asks for a group first: a broker without groups loads nothing. */
public final class LazyRoster {
  private final Supplier<GroupCoordination> open;
  private final Executor executor;
  private @Nullable CompletionStage<GroupRoster> roster;

  /**
   * Nothing is made yet.
   *
   * @param open makes the coordination; may take a while
   * @param executor runs it, and beats of members
   */
  public LazyRoster(Supplier<GroupCoordination> open, Executor executor) {
    this.open = open;
    this.executor = executor;
  }

  /** The roster. */
  public synchronized CompletionStage<GroupRoster> get() {
    CompletionStage<GroupRoster> made = roster;
    if (made == null) {
      made = CompletableFuture.supplyAsync(() -> new GroupRoster(open.get(), executor), executor);
      roster = made;
    }
    return made;
  }

  /** An id for a member. */
  public String newMemberId() {
    return UUID.randomUUID().toString();
  }
}

package dev.leat.broker.runtime.groups;

import dev.leat.broker.runtime.Answer;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * The members of groups that have a stream at this broker. When one joins, leaves or gives
 * partitions up, the others ask at once what that means for them, instead of with their next beat.
 */
public final class GroupRoster {
  private final GroupCoordination groups;
  private final Executor executor;
  private final Map<String, Set<GroupMembership>> members = new ConcurrentHashMap<>();

  /**
   * No members yet.
   *
   * @param executor runs beats that are due later
   */
  public GroupRoster(GroupCoordination groups, Executor executor) {
    this.groups = groups;
    this.executor = executor;
  }

  /** Who coordinates. */
  public GroupCoordination groups() {
    return groups;
  }

  Executor executor() {
    return executor;
  }

  /**
   * Lets a member join; it is in the roster until it has left. If it comes back while the end of
   * its last stream is not known yet, that one does not count any more.
   */
  public void join(GroupMembership member) {
    Set<GroupMembership> all =
        members.compute(
            member.group(),
            (group, known) -> {
              Set<GroupMembership> some = known == null ? ConcurrentHashMap.newKeySet() : known;
              some.add(member);
              return some;
            });
    all.stream()
        .filter(other -> other != member && other.id().equals(member.id()))
        .forEach(GroupMembership::replace);
    member.start();
  }

  CompletionStage<Answer<GroupCoordination.BeatAnswer>> beat(GroupCoordination.Beat beat) {
    return groups.beat(beat);
  }

  /** Something about this member has changed that may let others have more, or less. */
  void changed(GroupMembership member) {
    Set<GroupMembership> all = members.get(member.group());
    if (all != null) {
      all.stream().filter(other -> other != member).forEach(GroupMembership::beatSoon);
    }
  }

  void left(GroupMembership member) {
    members.computeIfPresent(
        member.group(),
        (group, all) -> {
          all.remove(member);
          return all.isEmpty() ? null : all;
        });
    changed(member);
  }
}

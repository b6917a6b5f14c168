package dev.leat.broker.replication;

import java.util.ArrayDeque;

/** Who waits for a commit, in order of seq. */
final class Waiters {
  private final ArrayDeque<Waiter> queue = new ArrayDeque<>();
  private long lastSeq;

  private record Waiter(long seq, Effect.Reply reply) {}

  /** Replies once {@code seq} is committed (or later, when others in front wait for more). */
  void add(long seq, Object token, Outcome outcome) {
    lastSeq = Math.max(lastSeq, seq);
    queue.add(new Waiter(lastSeq, new Effect.Reply(token, outcome)));
  }

  void onCommitted(GroupCore core, long seq) {
    while (!queue.isEmpty() && queue.peek().seq <= seq) {
      core.emit(queue.remove().reply);
    }
  }

  /** Nobody can say any more what becomes of these. */
  void refuseAll(GroupCore core, Outcome.Refused refused) {
    queue.forEach(waiter -> core.reply(waiter.reply.token(), refused));
    queue.clear();
  }
}

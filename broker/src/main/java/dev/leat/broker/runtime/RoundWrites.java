package dev.leat.broker.runtime;

import dev.leat.broker.log.Entry;
import dev.leat.broker.log.Journal;
import dev.leat.broker.replication.Effect;
import dev.leat.broker.replication.GroupEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Collects what the groups want persisted in one round of the core loop, so that it goes to the
 * journal in one call, and remembers which group to tell when it is durable. Used on the core loop
 * only.
 */
final class RoundWrites {
  private final Journal journal;
  private final Deque<Round> inFlight = new ArrayDeque<>();
  private List<Entry> entries = new ArrayList<>();
  private List<GroupWrite> writes = new ArrayList<>();
  private final Deque<Written> waiting = new ArrayDeque<>();
  private final List<Runnable> waitingForFlush = new ArrayList<>();
  private long bytes;
  private long lastTicket;
  private long durableTicket;

  RoundWrites(Journal journal) {
    this.journal = journal;
  }

  private record GroupWrite(GroupRunner group, long write) {}

  private record Written(long ticket, Runnable action) {}

  private record Round(long ticket, List<GroupWrite> writes) {}

  void add(GroupRunner group, Effect.Persist persist) {
    entries.addAll(persist.entries());
    persist.entries().forEach(entry -> bytes += entry.sizeBytes());
    writes.add(new GroupWrite(group, persist.write()));
  }

  /** Bytes of what was added in the present round. */
  long bytes() {
    return bytes;
  }

  /** Ticket of what is added in the present round. */
  long ticket() {
    return lastTicket + 1;
  }

  /**
   * Runs {@code action} once the journal needs the bytes no more that were added under this ticket:
   * at once if they are durable, or if nothing was written under it. An answer does not say that: a
   * leader that loses its epoch answers at once, with its entries still on their way.
   */
  void whenWritten(long ticket, Runnable action) {
    if (ticket <= durableTicket) {
      action.run();
    } else if (ticket <= lastTicket) {
      waiting.add(new Written(ticket, action));
    } else {
      waitingForFlush.add(action);
    }
  }

  /** Hands the round's entries to the journal. */
  void flush() {
    if (writes.isEmpty()) {
      waitingForFlush.forEach(Runnable::run);
      waitingForFlush.clear();
      return;
    }
    long ticket = ticket();
    waitingForFlush.forEach(action -> waiting.add(new Written(ticket, action)));
    waitingForFlush.clear();
    inFlight.add(new Round(++lastTicket, writes));
    journal.append(entries, lastTicket);
    entries = new ArrayList<>();
    writes = new ArrayList<>();
    bytes = 0;
  }

  /** Everything up to this ticket is durable: tells each group its newest write. */
  void durable(long ticket, BiConsumer<GroupRunner, GroupEvent> step) {
    durableTicket = ticket;
    for (Written first; (first = waiting.peek()) != null && first.ticket() <= ticket; ) {
      waiting.remove().action().run();
    }
    for (Round round; (round = inFlight.peek()) != null && round.ticket() <= ticket; ) {
      inFlight.remove();
      for (GroupWrite write : round.writes()) {
        step.accept(write.group(), new GroupEvent.Durable(write.write()));
      }
    }
  }

  /** Whether nothing waits for the journal. */
  boolean isIdle() {
    return inFlight.isEmpty() && writes.isEmpty();
  }
}

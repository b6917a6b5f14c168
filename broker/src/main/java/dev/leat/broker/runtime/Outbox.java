package dev.leat.broker.runtime;

import dev.leat.broker.log.CorruptEntryException;
import dev.leat.broker.log.Entry;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Journal;
import dev.leat.broker.replication.Effect;
import dev.leat.broker.replication.GroupOptions;
import dev.leat.broker.replication.PeerEnvelope;
import dev.leat.broker.replication.PeerMessage;
import dev.leat.broker.runtime.thread.SerialTask;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records on their way to one broker. While the lane has room they leave at once, from memory. When
 * it has none, only what is to be sent is kept, at most one line for each group, and the bytes are
 * read from the journal later: so a slow broker holds no memory and delays nobody.
 *
 * <p>Threads: the core loop asks, readers send what waits.
 */
final class Outbox {
  private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);

  /** Records of one message. */
  private static final int MESSAGE_BYTES = GroupOptions.DEFAULT.maxCopyBytes();

  private final int broker;
  private final PeerLinks links;
  private final Journal journal;
  private final Reports reports;
  private final Map<GroupId, Waiting> waiting = new LinkedHashMap<>();
  private final SerialTask task;

  /** What an outbox reports, from a reader's thread. */
  interface Reports {
    /** Nothing is stored where a {@link Effect.SendLog} begins. */
    void logMissing(GroupRunner group, Effect.SendLog what);

    /** What was to be sent is damaged. */
    void damaged(GroupRunner group, String detail);

    /** So many bytes of records were sent. */
    void sent(int bytes);
  }

  Outbox(int broker, PeerLinks links, Journal journal, Executor readers, Reports reports) {
    this.broker = broker;
    this.links = links;
    this.journal = journal;
    this.reports = reports;
    this.task = new SerialTask(readers, this::run);
  }

  /** Something that waits for room on the lane. */
  private sealed interface Waiting {
    GroupRunner group();
  }

  /**
   * Entries {@code from} to {@code to}, in as many messages as they need.
   *
   * @param envelope a Copy with what is known before {@code from}
   */
  private record Entries(GroupRunner group, PeerEnvelope envelope, long from, long to)
      implements Waiting {
    PeerMessage.Copy copy() {
      return (PeerMessage.Copy) envelope.message();
    }

    /** The same with a later message that goes on where this ends; null if it does not. */
    @Nullable Entries with(PeerEnvelope later, PeerMessage.Copy next) {
      if (next.epoch() != copy().epoch()
          || next.prevSeq() != to
          || !later.to().equals(envelope.to())) {
        return null;
      }
      PeerMessage.Copy newest =
          new PeerMessage.Copy(
              next.epoch(),
              copy().prevSeq(),
              copy().prevEpoch(),
              next.committed(),
              List.of(),
              next.round());
      return new Entries(group, Outbox.with(envelope, newest), from, to + next.entries().size());
    }
  }

  /** One message with entries from the journal. */
  private record Log(GroupRunner group, PeerEnvelope envelope, Effect.SendLog what)
      implements Waiting {}

  /** One message of a snapshot. */
  private record Batches(GroupRunner group, PeerEnvelope envelope, Effect.SendBatches what)
      implements Waiting {}

  /** One message as it is: nothing in it lies in memory that is used again. */
  private record Ready(GroupRunner group, PeerEnvelope envelope) implements Waiting {}

  private static PeerEnvelope with(PeerEnvelope envelope, PeerMessage message) {
    return new PeerEnvelope(
        envelope.group(), envelope.history(), envelope.from(), envelope.to(), message);
  }

  /** Sends a message: now if there is room, else what it says later. On the core loop. */
  synchronized void send(GroupRunner group, PeerEnvelope envelope) {
    Waiting before = waiting.get(envelope.group());
    if (before == null && links.isOpen(broker)) {
      reports.sent(links.sendData(broker, envelope));
      return;
    }
    if (envelope.message() instanceof PeerMessage.Copy copy) {
      Entries joined = before instanceof Entries entries ? entries.with(envelope, copy) : null;
      put(joined == null ? entries(group, envelope, copy) : joined);
    } else {
      put(new Ready(group, envelope));
    }
  }

  private static Waiting entries(GroupRunner group, PeerEnvelope envelope, PeerMessage.Copy copy) {
    return copy.entries().isEmpty()
        ? new Ready(group, envelope)
        : new Entries(
            group,
            with(envelope, copy.withEntries(List.of())),
            copy.prevSeq() + 1,
            copy.prevSeq() + copy.entries().size());
  }

  /** Sends entries from the journal. On the core loop. */
  synchronized void send(GroupRunner group, PeerEnvelope envelope, Effect.SendLog what) {
    put(new Log(group, envelope, what));
  }

  /** Sends batches from the journal. On the core loop. */
  synchronized void send(GroupRunner group, PeerEnvelope envelope, Effect.SendBatches what) {
    put(new Batches(group, envelope, what));
  }

  private void put(Waiting next) {
    waiting.put(next.group().view().id(), next);
    if (links.isOpen(broker)) {
      task.wake();
    }
  }

  /** There may be room, or something in the journal that was not there. Any thread. */
  void wake() {
    task.wake();
  }

  /** Looks again whether what waits can be sent. */
  void wakeIfWaiting() {
    if (size() > 0) {
      task.wake();
    }
  }

  /** The link is gone: what is still wanted is asked for again. */
  synchronized void clear() {
    waiting.clear();
  }

  private void run() {
    int stuck = 0;
    for (Waiting next; links.isOpen(broker) && (next = first()) != null; ) {
      Waiting rest = next;
      try {
        rest = sendFrom(next);
      } catch (CorruptEntryException damaged) {
        LOG.error("group {}: {}", next.group().view().id(), damaged.getMessage());
        reports.damaged(next.group(), String.valueOf(damaged.getMessage()));
        rest = null;
      }
      replace(next, rest);
      // Entries that are not in the journal yet: others first.
      stuck = rest == next ? stuck + 1 : 0;
      if (stuck > size()) {
        return;
      }
    }
  }

  private synchronized @Nullable Waiting first() {
    return waiting.isEmpty() ? null : waiting.values().iterator().next();
  }

  private synchronized int size() {
    return waiting.size();
  }

  /** Puts what is left of {@code sent} at the end of the line. */
  private synchronized void replace(Waiting sent, @Nullable Waiting rest) {
    GroupId id = sent.group().view().id();
    Waiting now = waiting.get(id);
    Waiting left = rest;
    if (now != sent) {
      // Asked for more meanwhile, or for something else.
      left =
          now instanceof Entries more && sent instanceof Entries old && more.from() == old.from()
              ? after(more, old, rest)
              : now;
    }
    waiting.remove(id);
    if (left instanceof Entries entries && entries.from() > entries.to()) {
      left = null;
    }
    if (left != null) {
      waiting.put(id, left);
    }
  }

  /** What is left of {@code more} when of {@code old}, which it goes on from, {@code rest} is. */
  private static @Nullable Waiting after(Entries more, Entries old, @Nullable Waiting rest) {
    if (rest == old) {
      return more;
    }
    if (!(rest instanceof Entries entries) || entries.from() > more.to()) {
      return null;
    }
    return new Entries(
        more.group(),
        with(more.envelope(), withPrevious(more.copy(), entries.copy())),
        entries.from(),
        more.to());
  }

  private static PeerMessage.Copy withPrevious(PeerMessage.Copy newest, PeerMessage.Copy place) {
    return new PeerMessage.Copy(
        newest.epoch(),
        place.prevSeq(),
        place.prevEpoch(),
        newest.committed(),
        List.of(),
        newest.round());
  }

  /** Sends the next message of it; returns what is left, itself if nothing could be sent. */
  private @Nullable Waiting sendFrom(Waiting what) {
    return switch (what) {
      case Ready ready -> {
        reports.sent(links.sendData(broker, ready.envelope()));
        yield null;
      }
      case Entries entries -> sendEntries(entries);
      case Log log -> {
        sendLog(log);
        yield null;
      }
      case Batches batches -> {
        sendBatches(batches);
        yield null;
      }
    };
  }

  private @Nullable Waiting sendEntries(Entries what) {
    GroupId id = what.envelope().group();
    int bytes = MESSAGE_BYTES;
    try (Journal.LogSlice slice = journal.readLog(id, what.from(), what.to(), bytes)) {
      if (!isCurrent(what.group(), what.copy().epoch())) {
        return null;
      }
      if (slice == null) {
        return what;
      }
      List<Entry> entries = slice.entries();
      reports.sent(links.sendData(broker, with(what.envelope(), what.copy().withEntries(entries))));
      long last = what.from() + entries.size() - 1;
      PeerMessage.Copy copy = what.copy();
      PeerMessage.Copy rest =
          new PeerMessage.Copy(
              copy.epoch(),
              last,
              entries.getLast().header().epoch(),
              copy.committed(),
              List.of(),
              copy.round());
      return new Entries(what.group(), with(what.envelope(), rest), last + 1, what.to());
    }
  }

  private void sendLog(Log what) {
    Effect.SendLog ask = what.what();
    try (Journal.LogSlice slice =
        journal.readLog(what.envelope().group(), ask.fromSeq(), ask.toSeq(), ask.maxBytes())) {
      if (!isCurrent(what.group(), ask.message().epoch())) {
        return;
      }
      if (slice == null) {
        reports.logMissing(what.group(), ask);
      } else {
        PeerMessage.Copy message = ask.message().withEntries(slice.entries());
        reports.sent(links.sendData(broker, with(what.envelope(), message)));
      }
    }
  }

  private void sendBatches(Batches what) {
    Effect.SendBatches ask = what.what();
    PeerMessage.SnapshotPart part = ask.message();
    try (Journal.Slice slice =
        journal.readBatches(
            what.envelope().group(),
            part.partition(),
            part.offset(),
            ask.endOffset(),
            ask.maxBytes())) {
      PeerMessage.SnapshotPart full =
          slice == null
              ? part.withBatches(List.of(), ask.endOffset())
              : part.withBatches(slice.batches(), slice.nextOffset());
      reports.sent(links.sendData(broker, with(what.envelope(), full)));
    }
  }

  /**
   * Whether the log that was read is still the one that was meant: it is only cut after another
   * epoch was promised, and that shows here first.
   */
  private static boolean isCurrent(GroupRunner group, int epoch) {
    return group.promisedEpoch() == epoch;
  }
}

package dev.leat.broker.runtime;

import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Journal;
import dev.leat.broker.log.JournalListener;
import dev.leat.broker.log.JournalSpace;
import dev.leat.broker.replication.AppendPart;
import dev.leat.broker.replication.Effect;
import dev.leat.broker.replication.GroupEvent;
import dev.leat.broker.replication.Outcome;
import dev.leat.broker.replication.PeerEnvelope;
import dev.leat.broker.runtime.thread.Clock;
import dev.leat.broker.runtime.thread.RecordSpace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that owns all group machines of a broker.
 *
 * <p>A round takes everything that waits in the mailbox, stages the produce parts by group, steps
 * each touched group once, gives the journal all that is to be written in one call, and then
 * carries out the other effects. So under load the cost of a round is spread over many requests,
 * and without load a request does not wait for others.
 *
 * <p>Others reach it through the mailbox only. Memory: produce requests in it are bounded by
 * whoever submits them (their bytes are counted until they are complete); other events are few.
 */
public final class CoreLoop implements Runnable, JournalListener {
  private static final Logger LOG = LoggerFactory.getLogger(CoreLoop.class);

  /** Events handled before replies go out: bounds the time of a round. */
  private static final int MAX_ROUND_EVENTS = 2_048;

  private static final int TICK_MS = 100;

  private final BlockingQueue<Event> mailbox = new LinkedBlockingQueue<>();
  private final Clock clock;
  private final BrokerMetrics metrics;
  private final Consumer<Exception> onFatal;
  private final Map<GroupId, GroupRunner> groups;
  private final Function<GroupId, GroupRunner> absent;
  private final RoundWrites writes;
  private final SegmentSealer sealer;
  private final RecordSpace space;
  private final List<GroupRunner> staged = new ArrayList<>();
  private final List<Runnable> afterRound = new ArrayList<>();
  private final List<Consumer<GroupChange>> observers = new ArrayList<>();
  private final List<Runnable> tickers = new ArrayList<>();
  private final Map<Class<?>, BiConsumer<Object, Outcome>> replies = new HashMap<>();
  private @Nullable PeerSender sender;
  private LongSupplier wakeAtMs = () -> Long.MAX_VALUE;
  private Runnable onWake = () -> {};
  private long durableTicket;
  private long nextTickMs;
  private boolean stopping;

  /**
   * The loop of these groups.
   *
   * @param groups all that are on the disk; read by other threads, too
   * @param absent makes one that is not
   */
  CoreLoop(
      Journal journal,
      Map<GroupId, GroupRunner> groups,
      Function<GroupId, GroupRunner> absent,
      Clock clock,
      BrokerMetrics metrics,
      Consumer<Exception> onFatal) {
    this.groups = groups;
    this.absent = absent;
    this.clock = clock;
    this.metrics = metrics;
    this.onFatal = onFatal;
    this.writes = new RoundWrites(journal);
    this.sealer = new SegmentSealer(journal, groups);
    this.space = new RecordSpace(journal, this::tellSpace);
  }

  /** What waits in the mailbox. */
  private sealed interface Event {}

  private record Produce(ProduceRequest request) implements Event {}

  private record Call(Runnable action) implements Event {}

  private record Durable(long ticket) implements Event {}

  /**
   * A group did something that others may want to follow.
   *
   * @param group the group
   * @param effect PartitionsChanged, LeaderChanged, Halted, Dropped, DiskWentBack, or the Advanced
   *     by which it can lead
   */
  record GroupChange(GroupRunner group, Effect effect) {}

  /** Hands over a produce request. Any thread. */
  public void submit(ProduceRequest request) {
    mailbox.add(new Produce(request));
  }

  /** Runs something on this loop. Any thread. */
  public void call(Runnable action) {
    mailbox.add(new Call(action));
  }

  /**
   * Runs {@code action} when the bytes of a complete request are needed no more. On this loop only.
   */
  public void whenWritten(ProduceRequest request, Runnable action) {
    writes.whenWritten(request.ticket(), action);
  }

  /** Hears of changes of groups, on this loop. Before it starts only. */
  void observe(Consumer<GroupChange> observer) {
    observers.add(observer);
  }

  /** Runs something every 100 ms, on this loop. Before it starts only. */
  void everyTick(Runnable action) {
    tickers.add(action);
  }

  /** Who carries messages to other brokers. Before it starts only. */
  void connect(PeerSender peers) {
    sender = peers;
  }

  /**
   * Has a timer.
   *
   * @param atMs when it is due, in monotonic ms; asked for after each round
   * @param action what to do then, on this loop
   */
  void timer(LongSupplier atMs, Runnable action) {
    wakeAtMs = atMs;
    onWake = action;
  }

  /** Replies to tokens of this type go there, on this loop. Before it starts only. */
  <T> void replyTo(Class<T> token, BiConsumer<T, Outcome> receiver) {
    replies.put(token, (given, outcome) -> receiver.accept(token.cast(given), outcome));
  }

  /** The group of this number; made, absent, if this broker has none. On this loop only. */
  GroupRunner group(GroupId id) {
    return groups.computeIfAbsent(id, absent);
  }

  /**
   * A message for a group here, or for none.
   *
   * @param release to be called when its bytes are needed no more
   */
  void deliver(PeerEnvelope envelope, Runnable release) {
    call(
        () -> {
          GroupRunner group = groups.get(envelope.group());
          if (group != null) {
            space.expect(writes.bytes() + envelope.message().recordBytes());
            step(group, new GroupEvent.Receive(envelope));
          }
          writes.whenWritten(writes.ticket(), release);
        });
  }

  /** Runs something at the end of the present round. On this loop only. */
  void afterRound(Runnable action) {
    afterRound.add(action);
  }

  @Override
  public void onDurable(long ticket) {
    mailbox.add(new Durable(ticket));
  }

  @Override
  public void onFull(long segmentId, Map<GroupId, Long> lastSeqs) {
    call(() -> sealer.onFull(segmentId, lastSeqs));
  }

  @Override
  public void onSpace(JournalSpace newest) {
    call(() -> space.become(newest));
  }

  private void tellSpace(JournalSpace newest) {
    groups.values().forEach(group -> step(group, new GroupEvent.Space(newest)));
  }

  @Override
  public void onFailure(Exception cause) {
    onFatal.accept(cause);
  }

  /** Ends the loop once everything in the mailbox is done and durable. */
  public void stop() {
    call(() -> stopping = true);
  }

  @Override
  public void run() {
    List<Event> round = new ArrayList<>();
    try {
      while (!(stopping && mailbox.isEmpty() && writes.isIdle())) {
        Event first = mailbox.poll(idleMs(), TimeUnit.MILLISECONDS);
        if (first != null) {
          round.add(first);
          mailbox.drainTo(round, MAX_ROUND_EVENTS - 1);
        }
        handle(round);
        round.clear();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      // A defect: state may be half changed, so this broker must not go on with it.
      LOG.error("the core loop failed", e);
      onFatal.accept(new IllegalStateException("the core loop failed: " + e, e));
    }
  }

  private long idleMs() {
    return Math.clamp(wakeAtMs.getAsLong() - clock.monotonicMs(), 0, TICK_MS);
  }

  private void handle(List<Event> round) {
    long start = clock.monotonicNanos();
    round.forEach(this::dispatch);
    appendStaged();
    tick();
    // New entries go to the journal before old ones are acknowledged: it works while replies are
    // made.
    writes.flush();
    acknowledge();
    writes.flush();
    afterRound.forEach(Runnable::run);
    afterRound.clear();
    if (!round.isEmpty()) {
      metrics.coreRound(round.size(), clock.monotonicNanos() - start);
    }
  }

  private void dispatch(Event event) {
    switch (event) {
      case Produce produce -> stage(produce.request());
      case Durable durable -> durableTicket = durable.ticket();
      case Call call -> call.action().run();
    }
  }

  private void stage(ProduceRequest request) {
    if (request.isComplete()) {
      request.complete();
      return;
    }
    request.stagedUnder(writes.ticket());
    for (int i = 0; i < request.size(); i++) {
      ProduceRequest.Part part = request.part(i);
      AppendPart append = part.append();
      LivePartition partition = part.partition();
      if (append != null && partition != null) {
        GroupRunner group = groups.get(partition.group().id());
        if (group == null || !partition.isHere()) {
          part.refused(RequestError.notLeader(partition));
        } else if (group.stage(append)) {
          staged.add(group);
        }
      }
    }
  }

  private void appendStaged() {
    for (GroupRunner group : staged) {
      space.expect(writes.bytes() + group.stagedBytes());
      step(group, group.unstage());
    }
    staged.clear();
  }

  private void acknowledge() {
    if (durableTicket > 0) {
      writes.durable(durableTicket, this::step);
      durableTicket = 0;
      sealer.sealCommitted();
    }
  }

  private void tick() {
    long now = clock.monotonicMs();
    if (now >= nextTickMs) {
      nextTickMs = now + TICK_MS;
      GroupEvent.Tick tick = new GroupEvent.Tick(clock.wallMs());
      groups.values().forEach(group -> step(group, tick));
      tickers.forEach(Runnable::run);
    }
    if (now >= wakeAtMs.getAsLong()) {
      onWake.run();
    }
  }

  /** Steps one group and carries out its effects. On this loop only. */
  void step(GroupRunner group, GroupEvent event) {
    List<Effect> effects = group.machine().step(event, clock.monotonicMs());
    if (event instanceof GroupEvent.Create || event instanceof GroupEvent.Join) {
      group.replaced();
      step(group, new GroupEvent.Space(space.space()));
    }
    for (Effect effect : effects) {
      if (group.publish(effect)) {
        notifyObservers(group, effect);
      }
      apply(group, effect);
    }
  }

  private void apply(GroupRunner group, Effect effect) {
    switch (effect) {
      case Effect.Persist persist -> writes.add(group, persist);
      case Effect.Reply reply -> reply(group, reply);
      case Effect.PartitionsChanged changed -> notifyObservers(group, changed);
      case Effect.LeaderChanged changed -> notifyObservers(group, changed);
      case Effect.Halted halted -> {
        LOG.error("group {} stopped: {}", group.view().id(), halted.reason());
        notifyObservers(group, halted);
      }
      case Effect.Advanced advanced -> {}
      case Effect.StartsMoved moved -> {}
      case Effect.Send send -> sender(group).send(group, send);
      case Effect.SendLog sendLog -> sender(group).send(group, sendLog);
      case Effect.SendBatches sendBatches -> sender(group).send(group, sendBatches);
      case Effect.DiskWentBack wentBack -> {
        LOG.error(wentBack.detail());
        notifyObservers(group, wentBack);
      }
      case Effect.Dropped dropped -> notifyObservers(group, dropped);
      case Effect.Withdrawn withdrawn -> {
        LOG.error(withdrawn.detail());
        notifyObservers(group, withdrawn);
      }
      case Effect.PossibleDataLoss loss -> {
        LOG.error(loss.detail());
        notifyObservers(group, loss);
      }
    }
  }

  private PeerSender sender(GroupRunner group) {
    PeerSender peers = sender;
    if (peers == null) {
      throw new IllegalStateException("group " + group.view().id() + " has no peers");
    }
    return peers;
  }

  private void notifyObservers(GroupRunner group, Effect effect) {
    observers.forEach(observer -> observer.accept(new GroupChange(group, effect)));
  }

  private void reply(GroupRunner group, Effect.Reply reply) {
    switch (reply.token()) {
      case ProduceRequest.Part part -> answer(group, part, reply.outcome());
      case OutcomeListener listener -> listener.onOutcome(reply.outcome());
      case Object token -> {
        BiConsumer<Object, Outcome> receiver = replies.get(token.getClass());
        if (receiver == null) {
          throw new IllegalStateException("unknown token " + token);
        }
        receiver.accept(token, reply.outcome());
      }
    }
  }

  private static void answer(GroupRunner group, ProduceRequest.Part part, Outcome outcome) {
    switch (outcome) {
      case Outcome.Appended appended -> part.appended(appended.baseOffset());
      case Outcome.Refused refused -> part.refused(GroupErrors.of(group.view(), part, refused));
      case Outcome.PartitionsChanged other -> throw unexpected(other);
      case Outcome.Done other -> throw unexpected(other);
      case Outcome.Appointment other -> throw unexpected(other);
    }
  }

  private static IllegalStateException unexpected(Outcome outcome) {
    return new IllegalStateException("records were answered with " + outcome);
  }

  /** Token of everything but records: hears the outcome on the core loop. */
  @FunctionalInterface
  interface OutcomeListener {
    void onOutcome(Outcome outcome);
  }
}

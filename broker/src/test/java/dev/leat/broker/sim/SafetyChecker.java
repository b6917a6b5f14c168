package dev.leat.broker.sim;

import static dev.leat.broker.sim.SimFailure.check;

import dev.leat.broker.log.AbortedTransactions.Aborted;
import dev.leat.broker.log.Entry;
import dev.leat.broker.log.EntryHeader;
import dev.leat.broker.log.EntryKind;
import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.PartitionInfo;
import dev.leat.broker.log.PartitionView;
import dev.leat.broker.log.ProducerSpan;
import dev.leat.broker.log.Promise;
import dev.leat.broker.log.Replica;
import dev.leat.broker.log.group.EntryBodies;
import dev.leat.broker.log.group.HistoryFork;
import dev.leat.broker.replication.Effect;
import dev.leat.broker.replication.GroupStatus;
import dev.leat.broker.replication.PeerMessage;
import dev.leat.broker.replication.Role;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The invariants of PROTOCOL.md, checked after each event. */
final class SafetyChecker {
  private final SimCluster cluster;
  private final Map<Integer, Replica> leaders = new HashMap<>();
  private final Map<Place, Seen> seen = new HashMap<>();
  private final List<Entry> committed = new ArrayList<>();
  private final Map<Integer, Long> nextOffsets = new HashMap<>();
  private final Map<ProducerKey, Integer> nextSequences = new HashMap<>();
  private final Map<BatchId, RecordAt> records = new HashMap<>();
  private TransactionLedger transactions = new TransactionLedger();
  private final Map<Integer, Map<Integer, Long>> highWatermarks = new HashMap<>();
  private final Map<Integer, Integer> promised = new HashMap<>();
  private final Map<Integer, Long> applied = new HashMap<>();
  private final Map<Integer, GroupConfig> configs = new HashMap<>();
  private final GroupConfig first;
  private GroupConfig config;
  private int highestActive;

  private record Place(long history, int epoch, long seq) {}

  private record Seen(EntryHeader header, List<?> body, int prevEpoch) {}

  private record ProducerKey(int partition, long producer) {}

  /** A batch of a producer and epoch. */
  private record BatchId(long producer, int sequence) {}

  /** Where a batch of a producer is. */
  private record RecordAt(int partition, long offset) {}

  SafetyChecker(SimCluster cluster, GroupConfig first) {
    this.cluster = cluster;
    this.first = first;
    this.config = first;
  }

  /** UNCLEAN: from now on, what that node has is what is committed, and nothing else. */
  void onForked(SimNode node, HistoryFork fork) {
    SimDisk.LogView before = node.disk.parentLog(fork.parent());
    List<Entry> log = new ArrayList<>();
    for (long seq = 1; seq <= fork.seq(); seq++) {
      log.add(seq <= before.base() ? committed.get((int) seq - 1) : before.get(seq));
    }
    committed.clear();
    nextOffsets.clear();
    nextSequences.clear();
    records.clear();
    transactions = new TransactionLedger();
    leaders.clear();
    highestActive = 0;
    config = first;
    log.forEach(this::commit);
    GroupStatus status = node.status();
    config = status.config();
    configs.put(node.broker, config);
    applied.put(node.broker, fork.seq());
    highWatermarks.put(node.broker, new HashMap<>());
    cluster.forkedTo(status.history());
  }

  /** Of a replica of a history that was given up nothing is expected any more. */
  private boolean isOver(SimNode node) {
    GroupStatus status = node.status();
    return status != null && status.history() != cluster.history();
  }

  long committedSeq() {
    return committed.size();
  }

  void onStart(SimNode node) {
    highWatermarks.put(node.broker, new HashMap<>());
    applied.put(node.broker, 0L);
    GroupStatus status = node.status();
    if (status != null && !isOver(node)) {
      check(
          status.promised().epoch() >= node.disk.onDisk().promise().epoch()
              || cluster.plan().drops("VOLVOTE"),
          "I2",
          "broker %d has %s on disk and recovered %s",
          node.broker,
          node.disk.onDisk().promise(),
          status.promised());
      promised.put(node.broker, status.promised().epoch());
      checkApplied(node, status.appliedSeq());
    }
  }

  void onCrash(SimNode node) {
    promised.remove(node.broker);
  }

  /** The replica is gone: what comes next on that broker is another one, and begins anew. */
  void onEnded(SimNode node) {
    onCrash(node);
    highWatermarks.put(node.broker, new HashMap<>());
    applied.put(node.broker, 0L);
  }

  /** I4: an entry of this epoch and seq is the same everywhere, and so is what comes before it. */
  void onAppended(SimNode node, List<Entry> entries) {
    for (Entry entry : entries) {
      EntryHeader header = entry.header();
      if (!header.kind().inLog()) {
        continue;
      }
      Seen now = new Seen(header, entry.body(), node.disk.written().epochAt(header.seq() - 1));
      if (node.disk.written().get(header.seq()) != entry) {
        continue;
      }
      Place place = new Place(node.status().history(), header.epoch(), header.seq());
      Seen first = seen.putIfAbsent(place, now);
      check(
          first == null || first.equals(now),
          "I4",
          "broker %d has %s where another has %s",
          node.broker,
          now,
          first);
    }
  }

  /** I1 and I3: one leader per epoch, and it has all that was committed before. */
  void onLeaderChanged(SimNode node, Effect.LeaderChanged changed) {
    if (changed.role() != Role.ACTIVE || isOver(node)) {
      return;
    }
    cluster.sometimes().happened("leader active");
    Replica first = leaders.putIfAbsent(changed.epoch(), node.self());
    check(
        first == null || (first.equals(node.self()) && cluster.plan().drops("RESUME")),
        "I1",
        "epoch %d is led by %s and by %s",
        changed.epoch(),
        first,
        node.self());
    if (changed.epoch() >= highestActive) {
      highestActive = changed.epoch();
      long seq = committed.size();
      check(
          seq == 0 || node.disk.written().epochAt(seq) == committed.getLast().header().epoch(),
          "I3",
          "leader %d of epoch %d lacks %d",
          node.broker,
          changed.epoch(),
          seq);
    }
  }

  /** I2: an answer tells a promise that is on disk. */
  void onSend(SimNode node, PeerMessage message) {
    boolean answer =
        switch (message) {
          case PeerMessage.Collected c -> true;
          case PeerMessage.Copied c -> true;
          case PeerMessage.GoBack g -> g.round() != 0;
          default -> false;
        };
    Promise onDisk = node.disk.onDisk().promise();
    check(
        !answer || onDisk.epoch() >= message.epoch(),
        "I2",
        "broker %d answers in epoch %d and has %s on disk",
        node.broker,
        message.epoch(),
        onDisk);
    if (message instanceof PeerMessage.Copied copied) {
      check(
          node.disk.onDisk().lastSeq() >= copied.acked(),
          "I5",
          "broker %d acks %d and has %d on disk",
          node.broker,
          copied.acked(),
          node.disk.onDisk().lastSeq());
    }
  }

  void onAdvanced(SimNode node, Effect.Advanced advanced) {
    if (isOver(node)) {
      return;
    }
    if (node.status().role() == Role.ACTIVE) {
      checkDurable(node, advanced.committedSeq());
    }
    if (node.disk.written().base() == advanced.committedSeq()) {
      cluster.sometimes().happened("snapshot installed");
    }
    long seq = committed.size();
    while (seq < advanced.committedSeq()) {
      seq++;
      commit(node.disk.written().get(seq));
    }
    checkApplied(node, advanced.committedSeq());
    for (Effect.HighWatermark mark : advanced.partitions()) {
      Long before = highWatermarks.get(node.broker).put(mark.partition(), mark.offset());
      check(
          before == null || before <= mark.offset(),
          "I2",
          "high watermark of %d goes back from %d to %d",
          mark.partition(),
          before,
          mark.offset());
      check(
          mark.offset() <= nextOffsets.getOrDefault(mark.partition(), 0L),
          "I6",
          "high watermark %d is above what is committed",
          mark.offset());
      checkTransactions(node, mark);
    }
  }

  /**
   * I6, for readers of what is committed: nothing of an open transaction, nor of an aborted one.
   */
  private void checkTransactions(SimNode node, Effect.HighWatermark mark) {
    // The start may have moved since, in the same step: what is told then is of before.
    long start = node.machine().view(mark.partition()).map(PartitionView::startOffset).orElse(0L);
    long stable = transactions.lastStable(mark.partition(), mark.offset());
    check(
        mark.lastStableOffset() >= stable && mark.lastStableOffset() <= Math.max(start, stable),
        "I6",
        "last stable offset is %d where the log says %d",
        mark.lastStableOffset(),
        stable);
    List<Aborted> all = transactions.aborted(mark.partition(), 0, mark.offset());
    List<Aborted> told = mark.aborted().toList();
    int needed = transactions.aborted(mark.partition(), start, mark.offset()).size();
    check(
        told.size() >= needed
            && told.size() <= all.size()
            && told.equals(all.subList(all.size() - told.size(), all.size())),
        "I6",
        "aborted are %s where the log says %s",
        told,
        all);
  }

  /** I4, I6: what a broker shows is what is committed. */
  private void checkApplied(SimNode node, long seq) {
    for (long s = applied.get(node.broker) + 1; s <= seq; s++) {
      check(s <= committed.size(), "I3", "broker %d applied %d: never committed", node.broker, s);
      Entry entry = node.disk.onDisk().get(s);
      check(
          s <= node.disk.written().base()
              || entry != null && entry.header().equals(committed.get((int) s - 1).header()),
          "I3",
          "broker %d applied %s, committed is %s",
          node.broker,
          entry,
          committed.get((int) s - 1));
    }
    applied.merge(node.broker, seq, Math::max);
  }

  /**
   * I5: on the disks of quorums; of the config before or after the step, because a commit may begin
   * or end a change of voters.
   */
  private void checkDurable(SimNode leader, long seq) {
    GroupConfig before = configs.get(leader.broker);
    GroupConfig after = leader.status().config();
    check(
        isDurable(leader, before, seq)
            || isDurable(leader, after, seq)
            || cluster.disks().lostDisks() > 0,
        "I5",
        "leader %d commits %d, which no quorum of %s nor of %s has on disk",
        leader.broker,
        seq,
        before,
        after);
  }

  private boolean isDurable(SimNode leader, GroupConfig sets, long seq) {
    int epoch = leader.disk.written().epochAt(seq);
    return List.of(sets.voters(), sets.prev()).stream()
        .allMatch(
            set ->
                set.isEmpty()
                    || set.stream().filter(voter -> hasOnDisk(voter, seq, epoch)).count()
                        > set.size() / 2);
  }

  private boolean hasOnDisk(Replica replica, long seq, int epoch) {
    SimNode node = cluster.node(replica.broker());
    return replica.equals(node.self()) && node.disk.onDisk().epochAt(seq) == epoch;
  }

  private void commit(Entry entry) {
    committed.add(entry);
    EntryHeader header = entry.header();
    if (header.kind() == EntryKind.BATCHES) {
      commitBatches(entry);
    } else if (header.kind() == EntryKind.CONFIG) {
      commitConfig(EntryBodies.config(EntryBodies.join(entry.body())));
    }
  }

  /** I7: consecutive configs share a set. */
  private void commitConfig(GroupConfig next) {
    boolean opens = !config.isJoint() && next.isJoint() && next.prev().equals(config.voters());
    boolean closes = config.isJoint() && !next.isJoint() && next.voters().equals(config.voters());
    boolean back = config.isJoint() && !next.isJoint() && next.voters().equals(config.prev());
    check(
        opens || closes || back || next.equals(config),
        "I7",
        "config %s is followed by %s",
        config,
        next);
    cluster
        .sometimes()
        .happened(opens ? "change begun" : back ? "change taken back" : "change done");
    config = next;
  }

  /** I6: offsets without gap, producers in order and without duplicates. */
  private void commitBatches(Entry entry) {
    EntryHeader header = entry.header();
    long next = nextOffsets.getOrDefault(header.partition(), 0L);
    check(header.baseOffset() == next, "I6", "%s comes at offset %d", header, next);
    nextOffsets.put(header.partition(), header.lastOffset() + 1);
    transactions.commit(header);
    for (ProducerSpan span : header.producers()) {
      long producer = SimProducer.key(span.producerId(), span.producerEpoch());
      RecordAt at = new RecordAt(header.partition(), header.baseOffset() + span.offsetDelta());
      if (span.isMarker()) {
        records.put(new BatchId(producer, SimProducer.MARKER), at);
        continue;
      }
      ProducerKey key = new ProducerKey(header.partition(), producer);
      int expected = nextSequences.getOrDefault(key, 0);
      check(
          span.baseSequence() == expected,
          "I6",
          "producer %s: sequence %d committed where %d was expected",
          key,
          span.baseSequence(),
          expected);
      nextSequences.put(key, expected + span.count());
      records.put(new BatchId(producer, span.baseSequence()), at);
    }
  }

  /** I6: an acked batch is committed, at the offset that the producer was told. */
  void onAcked(int partition, long producer, int sequence, long offset) {
    RecordAt at = records.get(new BatchId(producer, sequence));
    check(
        new RecordAt(partition, offset).equals(at),
        "I6",
        "producer %d was told that %d is at %d of %d; it is at %s",
        producer,
        sequence,
        offset,
        partition,
        at);
  }

  /** I6 at the end: everything from the start offsets to the high watermarks is on that disk. */
  void checkReadable(SimNode node) {
    for (PartitionInfo info : node.machine().partitions()) {
      PartitionView view = node.machine().view(info.number()).orElseThrow();
      long offset = view.startOffset();
      while (offset < view.highWatermark()) {
        List<Entry> found =
            node.disk.onDisk().readBatches(info.number(), offset, view.highWatermark(), 1_000);
        check(
            !found.isEmpty() && found.getFirst().header().baseOffset() <= offset,
            "I6",
            "offset %d of %s is lost at broker %d",
            offset,
            view,
            node.broker);
        for (Entry entry : found) {
          checkContent(info.number(), entry);
        }
        offset = found.getLast().header().lastOffset() + 1;
      }
    }
  }

  private void checkContent(int partition, Entry entry) {
    for (ByteBuffer piece : entry.body()) {
      for (int at = 0; at < piece.remaining(); at += SimProducer.BATCH_BYTES) {
        RecordAt is = new RecordAt(partition, piece.getLong(at));
        BatchId id = new BatchId(piece.getLong(at + 70), piece.getInt(at + 80));
        // A marker may be there more than once: only the first one of them ends anything.
        check(
            id.sequence() == SimProducer.MARKER || is.equals(records.get(id)),
            "I6",
            "the batch at %s should be at %s",
            is,
            records.get(id));
      }
    }
  }

  /** I2: within a life, the promise goes up only. */
  void afterStep(SimNode node) {
    GroupStatus status = node.status();
    if (status != null && status.config() != null) {
      configs.put(node.broker, status.config());
      int before = promised.getOrDefault(node.broker, 0);
      check(status.promised().epoch() >= before, "I2", "promise of %d goes back", node.broker);
      promised.put(node.broker, status.promised().epoch());
    }
  }
}

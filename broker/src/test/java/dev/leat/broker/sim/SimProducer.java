package dev.leat.broker.sim;

import dev.leat.broker.log.AppendOrigin;
import dev.leat.broker.log.BatchInfo;
import dev.leat.broker.log.ProducerSpan;
import dev.leat.broker.replication.AppendPart;
import dev.leat.broker.replication.GroupEvent;
import dev.leat.broker.replication.Outcome;
import dev.leat.broker.replication.Refusal;
import dev.leat.broker.replication.Role;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/**
 * An idempotent producer of one partition: sends a batch again until it is acked. Every other one
 * works in transactions, and is its own coordinator: a few batches, then a marker that commits or
 * aborts and bumps the epoch.
 */
final class SimProducer {
  static final int BATCH_BYTES = 100;
  static final int MARKER = -1;
  private static final long TIMEOUT_US = 700_000;

  private final SimCluster cluster;
  private final SimClock clock;
  private long id;
  private final int partition;
  private final boolean transactional;
  private short epoch;
  private int left = 2;
  private long markerEnd;
  private int sequence;
  private int attempt;
  private long acked;

  SimProducer(SimCluster cluster, long id, int partition) {
    this.cluster = cluster;
    this.clock = cluster.clock();
    this.id = id;
    this.partition = partition;
    this.transactional = id % 2 == 1;
  }

  /** What tells batches of this producer and epoch from others: stands in their bytes. */
  static long key(long id, short epoch) {
    return id << 16 | epoch;
  }

  long acked() {
    return acked;
  }

  private boolean isEnding() {
    return transactional && left == 0;
  }

  void send() {
    int ofAttempt = ++attempt;
    clock.after(TIMEOUT_US, () -> again(ofAttempt));
    SimNode leader = cluster.leaderForClient();
    if (leader == null) {
      return;
    }
    int records = isEnding() ? 1 : 1 + (int) ((id + sequence) % 3);
    Consumer<Outcome> token = outcome -> onOutcome(ofAttempt, records, outcome);
    leader.step(new GroupEvent.Append(List.of(isEnding() ? marker(token) : data(records, token))));
  }

  private AppendPart data(int records, Consumer<Outcome> token) {
    byte flags = transactional ? ProducerSpan.TRANSACTIONAL : 0;
    BatchInfo info = new BatchInfo(BATCH_BYTES, records - 1, 1_000, id, epoch, sequence, flags);
    AppendOrigin origin = new AppendOrigin.Producer(markerEnd);
    return new AppendPart(partition, bytes(info, sequence), List.of(info), origin, token);
  }

  private AppendPart marker(Consumer<Outcome> token) {
    int flags = ProducerSpan.TRANSACTIONAL | ProducerSpan.CONTROL;
    flags |= epoch % 3 == 0 ? 0 : ProducerSpan.COMMIT;
    BatchInfo info = new BatchInfo(BATCH_BYTES, 0, 1_000, id, (short) (epoch + 1), 1, (byte) flags);
    AppendOrigin origin = new AppendOrigin.Marker(true);
    return new AppendPart(partition, bytes(info, MARKER), List.of(info), origin, token);
  }

  private static ByteBuffer bytes(BatchInfo info, int number) {
    return ByteBuffer.allocate(BATCH_BYTES)
        .putInt(23, info.lastOffsetDelta())
        .putLong(35, 1_000)
        .putLong(70, key(info.producerId(), info.producerEpoch()))
        .putInt(80, number);
  }

  private void again(int ofAttempt) {
    if (attempt == ofAttempt) {
      send();
    }
  }

  private void onOutcome(int ofAttempt, int records, Outcome outcome) {
    switch (outcome) {
      case Outcome.Appended appended -> {
        if (attempt != ofAttempt) {
          cluster.sometimes().happened("late ack");
          return;
        }
        onAcked(records, appended.baseOffset());
        acked++;
        attempt++;
        int next = attempt;
        clock.after(clock.between(100, 100_000), () -> again(next));
      }
      case Outcome.Refused refused when cluster.forked() && !refused.reason().isRetriable() -> {
        // What this producer knew of is given up: it begins anew.
        if (attempt == ofAttempt) {
          id += 1_000_000;
          sequence = 0;
          attempt++;
          int next = attempt;
          clock.after(clock.between(10_000, 100_000), () -> again(next));
        }
      }
      case Outcome.Refused refused -> {
        SimFailure.check(
            refused.reason().isRetriable() || refused.reason() == Refusal.UNKNOWN_PARTITION,
            "I6",
            "producer %d at %d was refused: %s",
            id,
            sequence,
            refused);
        cluster.sometimes().happened("refused " + refused.reason());
        clock.after(clock.between(10_000, 100_000), () -> again(ofAttempt));
      }
      default -> throw new SimFailure("REPLY", "%s", outcome);
    }
  }

  private void onAcked(int records, long offset) {
    if (!isEnding()) {
      cluster.checker().onAcked(partition, key(id, epoch), sequence, offset);
      sequence += records;
      left--;
      return;
    }
    epoch++;
    cluster.checker().onAcked(partition, key(id, epoch), MARKER, offset);
    cluster.sometimes().happened("transaction ended");
    markerEnd = offset + 1;
    sequence = 0;
    left = 1 + epoch % 3;
  }

  /** Whether the machine leads, as far as the client can know, and in what is not given up. */
  static boolean leads(SimNode node) {
    return node.isUp()
        && node.status() != null
        && node.status().role() == Role.ACTIVE
        && node.isOfHistory();
  }
}

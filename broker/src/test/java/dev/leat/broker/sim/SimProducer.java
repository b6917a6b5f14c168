package dev.leat.broker.sim;

import dev.leat.broker.log.BatchInfo;
import dev.leat.broker.replication.AppendPart;
import dev.leat.broker.replication.GroupEvent;
import dev.leat.broker.replication.Outcome;
import dev.leat.broker.replication.Refusal;
import dev.leat.broker.replication.Role;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/** An idempotent producer of one partition: sends a batch again until it is acked. */
final class SimProducer {
  static final int BATCH_BYTES = 100;
  private static final long TIMEOUT_US = 700_000;

  private final SimCluster cluster;
  private final SimClock clock;
  private long id;
  private final int partition;
  private int sequence;
  private int attempt;
  private long acked;

  SimProducer(SimCluster cluster, long id, int partition) {
    this.cluster = cluster;
    this.clock = cluster.clock();
    this.id = id;
    this.partition = partition;
  }

  long acked() {
    return acked;
  }

  void send() {
    int records = 1 + (int) ((id + sequence) % 3);
    int ofAttempt = ++attempt;
    clock.after(TIMEOUT_US, () -> again(ofAttempt));
    SimNode leader = cluster.leaderForClient();
    if (leader == null) {
      return;
    }
    BatchInfo info =
        new BatchInfo(BATCH_BYTES, records - 1, 1_000, id, (short) 0, sequence, (byte) 0);
    ByteBuffer bytes =
        ByteBuffer.allocate(BATCH_BYTES)
            .putInt(23, records - 1)
            .putLong(35, 1_000)
            .putLong(70, id)
            .putInt(80, sequence);
    Consumer<Outcome> token = outcome -> onOutcome(ofAttempt, records, outcome);
    leader.step(
        new GroupEvent.Append(List.of(new AppendPart(partition, bytes, List.of(info), token))));
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
          return;
        }
        cluster.checker().onAcked(partition, id, sequence, appended.baseOffset());
        acked++;
        sequence += records;
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

  /** Whether the machine leads, as far as the client can know. */
  static boolean leads(SimNode node) {
    return node.isUp() && node.status() != null && node.status().role() == Role.ACTIVE;
  }
}

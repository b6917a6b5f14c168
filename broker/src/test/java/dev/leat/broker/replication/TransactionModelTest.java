package dev.leat.broker.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.log.AppendOrigin;
import dev.leat.broker.log.BatchInfo;
import dev.leat.broker.log.PartitionView;
import dev.leat.broker.log.ProducerSpan;
import dev.leat.broker.log.group.GroupCheckpoint;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random producers, transactions, coordinators and restarts: what the leader takes and refuses, and
 * what it tells readers, is what {@link TransactionTwin} says.
 */
class TransactionModelTest {
  private static final int BATCH_BYTES = 80;
  private static final int STEPS = 400;

  private final OneVoter voter = OneVoter.leading(1);
  private final TransactionTwin twin = new TransactionTwin();
  private final Map<Refusal, Integer> refused = new EnumMap<>(Refusal.class);
  private Random random = new Random();
  private int durable;
  private int epoch = 1;
  private int taken;
  private int repeated;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
  void shouldDoAsItsTwin(long seed) {
    random = new Random(seed);
    for (int step = 0; step < STEPS; step++) {
      switch (random.nextInt(20)) {
        case 0 -> restart();
        case 1 -> moveStart();
        case 2, 3, 4, 5 -> syncAndCompare();
        default -> append(step);
      }
    }
    syncAndCompare();

    assertThat(taken).isGreaterThan(50);
    assertThat(repeated).isPositive();
    assertThat(refused)
        .containsKeys(
            Refusal.PRODUCER_FENCED, Refusal.INVALID_TXN_STATE, Refusal.OUT_OF_ORDER_SEQUENCE);
  }

  private void append(int step) {
    AppendOrigin origin = origin();
    BatchInfo batch = batch(origin);
    TransactionTwin.Stored duplicate =
        origin instanceof AppendOrigin.Producer ? twin.duplicate(batch) : null;
    Refusal expected = duplicate == null ? twin.refusal(batch, origin) : null;
    Object token = "step " + step;

    voter.append(
        new AppendPart(1, ByteBuffer.allocate(BATCH_BYTES), List.of(batch), origin, token));

    if (expected != null) {
      assertThat(voter.replies).as("%s by %s", batch, origin).containsKey(token);
      assertThat(voter.refusalOf(token)).as("%s by %s", batch, origin).isEqualTo(expected);
      refused.merge(expected, 1, Integer::sum);
    } else if (duplicate != null) {
      syncAndCompare();
      assertThat(voter.appendedAt(token)).isEqualTo(duplicate.offset());
      repeated++;
    } else {
      long offset = twin.end();
      twin.log.add(new TransactionTwin.Stored(batch, offset));
      if (random.nextBoolean()) {
        syncAndCompare();
        assertThat(voter.appendedAt(token)).as("%s by %s", batch, origin).isEqualTo(offset);
      }
      taken++;
    }
  }

  private AppendOrigin origin() {
    long verifiedFrom =
        switch (random.nextInt(3)) {
          case 0 -> AppendOrigin.UNVERIFIED;
          case 1 -> twin.end();
          default -> Math.max(0, twin.end() - random.nextInt(8));
        };
    return switch (random.nextInt(8)) {
      case 0, 1 -> new AppendOrigin.Marker(random.nextBoolean());
      case 2 -> new AppendOrigin.Coordinator(verifiedFrom);
      default -> new AppendOrigin.Producer(verifiedFrom);
    };
  }

  private BatchInfo batch(AppendOrigin origin) {
    long producer = 1 + random.nextInt(4);
    int epochDelta = random.nextInt(12) == 0 ? -1 : random.nextInt(8) == 0 ? 1 : 0;
    short producerEpoch = (short) Math.max(0, twin.epoch(producer) + epochDelta);
    if (origin instanceof AppendOrigin.Marker) {
      int flags = ProducerSpan.TRANSACTIONAL | ProducerSpan.CONTROL;
      flags |= random.nextBoolean() ? ProducerSpan.COMMIT : 0;
      int coordinator = random.nextInt(20) == 0 ? 1 : 2;
      return new BatchInfo(BATCH_BYTES, 0, 1, producer, producerEpoch, coordinator, (byte) flags);
    }
    int next = twin.nextSequence(producer, producerEpoch);
    int sequence = random.nextInt(6) == 0 ? Math.max(0, next - 2 + random.nextInt(5)) : next;
    byte flags = random.nextInt(4) == 0 ? 0 : ProducerSpan.TRANSACTIONAL;
    int count = 1 + random.nextInt(2);
    return new BatchInfo(BATCH_BYTES, count - 1, 1, producer, producerEpoch, sequence, flags);
  }

  /** What is not on disk is gone; the rest comes back from the log, or from a checkpoint and it. */
  private void restart() {
    ByteBuffer checkpoint = random.nextBoolean() ? voter.machine.checkpoint().orElseThrow() : null;
    voter.crash(checkpoint);
    twin.log.subList(durable, twin.log.size()).clear();
    voter.lead(++epoch);
    syncAndCompare();
  }

  private void moveStart() {
    syncAndCompare();
    twin.startOffset = Math.max(twin.startOffset, random.nextLong(twin.end() + 1) / 2);
    voter.step(
        new GroupEvent.MoveStarts(List.of(new GroupEvent.StartMove(1, twin.startOffset)), "start"));
    syncAndCompare();
  }

  private void syncAndCompare() {
    voter.sync();
    durable = twin.log.size();
    PartitionView view = voter.machine.view(1).orElseThrow();
    assertThat(view.highWatermark()).isEqualTo(twin.end());
    assertThat(view.lastStableOffset()).isEqualTo(twin.lastStableOffset());
    assertThat(view.aborted().toList()).isEqualTo(twin.aborted());
    ByteBuffer checkpoint = voter.machine.checkpoint().orElseThrow();
    assertThat(GroupCheckpoint.decode(checkpoint).encode()).isEqualTo(checkpoint);
  }
}

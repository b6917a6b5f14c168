package dev.leat.broker.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.log.Entry;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Replica;
import dev.leat.broker.log.TopicId;
import dev.leat.broker.log.TopicPartition;
import dev.leat.broker.replication.Effect;
import dev.leat.broker.replication.GroupEvent;
import dev.leat.broker.replication.GroupMachine;
import dev.leat.broker.replication.GroupOptions;
import dev.leat.broker.replication.GroupRecovery;
import dev.leat.broker.replication.Parts;
import dev.leat.broker.runtime.view.GroupViews;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * When readers hear that this broker leads: not before it shows all that the leader before it has
 * shown. The group has one voter and was killed after records had been committed.
 */
class GroupRunnerTest {
  private static final GroupId GROUP = GroupId.of(1, 3);
  private static final Replica SELF = new Replica(0, 77);
  private static final int RECORDS = 3;

  private final List<Entry> disk = new ArrayList<>();
  private GroupMachine machine = new GroupRecovery(GROUP, GroupOptions.DEFAULT).finish();
  private GroupRunner runner = new GroupRunner(machine, new GroupViews().of(GROUP));
  private long lastWrite;

  private void step(GroupEvent event) {
    for (Effect effect : machine.step(event, 0)) {
      if (effect instanceof Effect.Persist(List<Entry> entries, long write)) {
        disk.addAll(entries);
        lastWrite = write;
      }
      runner.publish(effect);
    }
  }

  private void sync() {
    step(new GroupEvent.Durable(lastWrite));
  }

  /** Comes back with its records in the log, and does not know yet that they are committed. */
  private LivePartition startAgainAfterRecords() {
    step(new GroupEvent.Create(5, SELF, List.of(SELF), "create"));
    sync();
    step(new GroupEvent.Appoint(1, "appoint"));
    sync();
    sync();
    TopicPartition click = new TopicPartition(new TopicId(1, 2), 0);
    step(
        new GroupEvent.ChangePartitions(
            List.of(new GroupEvent.NewPartition(click, "click")), List.of(), "partitions"));
    sync();
    ByteBuffer checkpoint = machine.checkpoint().orElseThrow();
    int number = machine.view(click).orElseThrow().info().number();
    step(new GroupEvent.Append(List.of(Parts.plain(number, RECORDS, "records"))));
    sync();

    GroupRecovery recovery = new GroupRecovery(GROUP, GroupOptions.DEFAULT).checkpoint(checkpoint);
    disk.forEach(recovery::entry);
    machine = recovery.finish();
    lastWrite = 0;
    runner = new GroupRunner(machine, new GroupViews().of(GROUP));
    runner.restore();
    LivePartition partition = runner.partition(number);
    assertThat(partition).isNotNull();
    assertThat(partition.highWatermark()).isZero();
    return partition;
  }

  @Test
  void shouldShowEverythingWhenItIsSaidToLead() {
    LivePartition partition = startAgainAfterRecords();
    List<Long> shown = new ArrayList<>();
    partition.subscribe(
        () -> {
          if (partition.group().leadership().here()) {
            shown.add(partition.highWatermark());
          }
        });

    step(new GroupEvent.Appoint(2, "appoint"));
    sync();
    sync();

    assertThat(shown).isNotEmpty().allMatch(offset -> offset == RECORDS);
  }

  /** As with a leader whose own disk is behind those of its followers. */
  @Test
  void shouldNotBeSaidToLeadBeforeItsBarrierIsShown() {
    LivePartition partition = startAgainAfterRecords();
    step(new GroupEvent.Appoint(2, "appoint"));
    sync();

    runner.publish(new Effect.Advanced(machine.status().orElseThrow().appliedSeq(), List.of()));
    assertThat(partition.group().leadership().here()).isFalse();
    sync();

    assertThat(partition.group().leadership().here()).isTrue();
    assertThat(partition.highWatermark()).isEqualTo(RECORDS);
  }
}

package dev.leat.broker.replication;

import dev.leat.broker.log.Entry;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Replica;
import dev.leat.broker.log.TopicId;
import dev.leat.broker.log.TopicPartition;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A group of one voter, with a disk that syncs when it is told to. */
final class OneVoter {
  static final GroupId GROUP = GroupId.of(1, 3);
  static final Replica SELF = new Replica(0, 77);
  static final TopicId TOPIC = new TopicId(1, 2);

  final GroupOptions options;
  final List<Entry> disk = new ArrayList<>();
  final List<Entry> unsynced = new ArrayList<>();
  final List<Effect> effects = new ArrayList<>();
  final Map<Object, Outcome> replies = new HashMap<>();
  GroupMachine machine;
  long now;
  private long lastWrite;

  OneVoter(GroupOptions options) {
    this.options = options;
    machine = new GroupRecovery(GROUP, options).finish();
  }

  /** Created, leading in epoch 1, with its partitions; everything on disk. */
  static OneVoter leading(int partitions) {
    OneVoter voter = new OneVoter(GroupOptions.DEFAULT);
    voter.step(new GroupEvent.Create(5, SELF, List.of(SELF), "create"));
    voter.sync();
    voter.lead(1);
    voter.createPartitions(partitions);
    return voter;
  }

  void lead(int epoch) {
    step(new GroupEvent.Appoint(epoch, "appoint"));
    sync();
    sync();
  }

  void createPartitions(int count) {
    List<GroupEvent.NewPartition> wanted = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      wanted.add(new GroupEvent.NewPartition(new TopicPartition(TOPIC, i), "click"));
    }
    step(new GroupEvent.ChangePartitions(wanted, List.of(), "partitions"));
    sync();
  }

  List<Effect> step(GroupEvent event) {
    List<Effect> stepped = machine.step(event, now);
    for (Effect effect : stepped) {
      effects.add(effect);
      switch (effect) {
        case Effect.Persist persist -> {
          unsynced.addAll(persist.entries());
          lastWrite = persist.write();
        }
        case Effect.Reply reply -> replies.put(reply.token(), reply.outcome());
        default -> {}
      }
    }
    return stepped;
  }

  List<Effect> append(AppendPart... parts) {
    return step(new GroupEvent.Append(List.of(parts)));
  }

  /** One fsync. */
  List<Effect> sync() {
    disk.addAll(unsynced);
    unsynced.clear();
    return step(new GroupEvent.Durable(lastWrite));
  }

  void tick(long wallClockMs) {
    step(new GroupEvent.Tick(wallClockMs));
  }

  /** kill -9: what is not on disk is gone. */
  void crash(@Nullable ByteBuffer checkpoint) {
    unsynced.clear();
    lastWrite = 0;
    GroupRecovery recovery = new GroupRecovery(GROUP, options);
    if (checkpoint != null) {
      recovery.checkpoint(checkpoint);
    }
    disk.forEach(recovery::entry);
    machine = recovery.finish();
  }

  long appendedAt(Object token) {
    return ((Outcome.Appended) replies.get(token)).baseOffset();
  }

  Refusal refusalOf(Object token) {
    return ((Outcome.Refused) replies.get(token)).reason();
  }
}

package dev.leat.broker.sim;

import dev.leat.broker.log.Entry;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Replica;
import dev.leat.broker.replication.Effect;
import dev.leat.broker.replication.GroupEvent;
import dev.leat.broker.replication.GroupMachine;
import dev.leat.broker.replication.GroupOptions;
import dev.leat.broker.replication.GroupRecovery;
import dev.leat.broker.replication.GroupStatus;
import dev.leat.broker.replication.Outcome;
import dev.leat.broker.replication.PeerEnvelope;
import dev.leat.broker.replication.PeerMessage;
import dev.leat.broker.replication.Role;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One group of a broker of the simulation: its machine and its part of the disk. */
final class CoordGroup {
  private final CoordNode node;
  private final GroupId id;
  final SimDisk disk;
  private final GroupMachine machine;
  private long lastWrite;
  private int ledEpoch;
  private GroupStatus told;

  CoordGroup(CoordNode node, GroupId id, SimDisk disk) {
    this.node = node;
    this.id = id;
    this.disk = disk;
    GroupRecovery recovery = new GroupRecovery(id, GroupOptions.DEFAULT);
    disk.recover(recovery);
    machine = recovery.finish();
    told = status();
  }

  GroupId id() {
    return id;
  }

  GroupMachine machine() {
    return machine;
  }

  GroupStatus status() {
    return machine.status().orElse(null);
  }

  long lastWrite() {
    return lastWrite;
  }

  void step(GroupEvent event) {
    for (Effect effect : machine.step(event, node.nowMs())) {
      node.sim().trace("%d %s   > %s", node.broker, id, effect);
      execute(effect);
    }
    notice();
  }

  private void notice() {
    GroupStatus now = status();
    boolean same =
        told == null
            ? now == null
            : now != null
                && told.role() == now.role()
                && told.promised().equals(now.promised())
                && told.self().equals(now.self())
                && told.history() == now.history()
                && told.configSeq() == now.configSeq();
    if (!same) {
      told = now;
      node.groupChanged(id);
    }
  }

  @SuppressWarnings("unchecked")
  private void execute(Effect effect) {
    switch (effect) {
      case Effect.Persist persist -> {
        disk.append(persist.entries());
        lastWrite = persist.write();
        node.sync();
      }
      case Effect.Send send -> send(send.to(), send.message());
      case Effect.SendLog sendLog -> sendLog(sendLog);
      case Effect.SendBatches sendBatches -> {
        PeerMessage.SnapshotPart part = sendBatches.message();
        send(sendBatches.to(), part.withBatches(List.<ByteBuffer>of(), sendBatches.endOffset()));
      }
      case Effect.Reply reply -> reply(reply);
      case Effect.Advanced advanced -> {
        node.sim().checker().onAdvanced(node, this, advanced.committedSeq());
        lead();
      }
      case Effect.LeaderChanged changed ->
          node.sim().checker().onLeaderChanged(node, this, changed);
      case Effect.PartitionsChanged changed ->
          node.partitionsChanged(id, changed.created(), changed.deleted());
      case Effect.StartsMoved moved -> {}
      case Effect.DiskWentBack wentBack -> node.sim().sometimes().happened("disk went back");
      case Effect.Dropped dropped -> node.dropped(this);
      case Effect.Withdrawn withdrawn -> node.dropped(this);
      case Effect.PossibleDataLoss loss -> node.sim().sometimes().happened("history forked");
      case Effect.Halted halted -> throw new SimFailure("HALT", halted.reason());
    }
  }

  @SuppressWarnings("unchecked")
  private void reply(Effect.Reply reply) {
    if (reply.token() instanceof Consumer<?> consumer) {
      ((Consumer<Outcome>) consumer).accept(reply.outcome());
    } else {
      node.replied(reply.token(), reply.outcome());
    }
  }

  private void lead() {
    GroupStatus status = status();
    if (status != null && status.role() == Role.ACTIVE && ledEpoch != status.promised().epoch()) {
      ledEpoch = status.promised().epoch();
      node.leads(id, ledEpoch, machine.partitions());
    }
  }

  private void send(Replica to, PeerMessage message) {
    GroupStatus status = status();
    if (status != null) {
      node.send(to.broker(), new PeerEnvelope(id, status.history(), status.self(), to, message));
    }
  }

  private void sendLog(Effect.SendLog effect) {
    List<Entry> found = new ArrayList<>();
    for (long seq = effect.fromSeq(); seq <= effect.toSeq() && found.size() < 100; seq++) {
      Entry entry = disk.read(seq);
      if (entry == null) {
        break;
      }
      found.add(entry);
    }
    if (found.isEmpty()) {
      node.later(() -> step(new GroupEvent.LogMissing(effect.to(), effect.fromSeq())));
    } else {
      send(effect.to(), effect.message().withEntries(found));
    }
  }
}

package dev.leat.broker.runtime;

import dev.leat.broker.log.Journal;
import dev.leat.broker.log.Replica;
import dev.leat.broker.replication.Effect;
import dev.leat.broker.replication.GroupEvent;
import dev.leat.broker.replication.PeerEnvelope;
import dev.leat.broker.replication.PeerMessage;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * Sends what groups want sent. What carries records, and the signs of life between them, goes in
 * order on the lane of records; orders and answers pass it by.
 */
final class PeerSender {
  private final PeerLinks links;
  private final Journal journal;
  private final Executor readers;
  private final CoreLoop core;
  private final BrokerMetrics metrics;
  private final Map<Integer, Outbox> outboxes = new ConcurrentHashMap<>();

  PeerSender(
      PeerLinks links, Journal journal, Executor readers, CoreLoop core, BrokerMetrics metrics) {
    this.links = links;
    this.journal = journal;
    this.readers = readers;
    this.core = core;
    this.metrics = metrics;
  }

  /** On the core loop. */
  void send(GroupRunner group, Effect.Send send) {
    PeerEnvelope envelope = envelope(group, send.to(), send.message());
    if (isOrdered(send.message())) {
      outbox(send.to()).send(group, envelope);
    } else {
      links.send(send.to().broker(), envelope);
    }
  }

  /** On the core loop. */
  void send(GroupRunner group, Effect.SendLog send) {
    outbox(send.to()).send(group, envelope(group, send.to(), send.message()), send);
  }

  /** On the core loop. */
  void send(GroupRunner group, Effect.SendBatches send) {
    outbox(send.to()).send(group, envelope(group, send.to(), send.message()), send);
  }

  private static boolean isOrdered(PeerMessage message) {
    return switch (message) {
      case PeerMessage.Copy m -> true;
      case PeerMessage.SnapshotPart m -> true;
      case PeerMessage.SnapshotEnd m -> true;
      case PeerMessage.Collect m -> false;
      case PeerMessage.Collected m -> false;
      case PeerMessage.Fetch m -> false;
      case PeerMessage.Copied m -> false;
      case PeerMessage.GoBack m -> false;
      case PeerMessage.Fenced m -> false;
      case PeerMessage.Lacking m -> false;
      case PeerMessage.Gone m -> false;
      case PeerMessage.SnapshotTaken m -> false;
      case PeerMessage.Removed m -> false;
    };
  }

  private static PeerEnvelope envelope(GroupRunner group, Replica to, PeerMessage message) {
    GroupRunner.Identity identity = group.identity();
    return new PeerEnvelope(group.view().id(), identity.history(), identity.self(), to, message);
  }

  private Outbox outbox(Replica to) {
    return outboxes.computeIfAbsent(
        to.broker(), broker -> new Outbox(broker, links, journal, readers, reports(broker)));
  }

  private Outbox.Reports reports(int broker) {
    return new Outbox.Reports() {
      @Override
      public void logMissing(GroupRunner group, Effect.SendLog what) {
        GroupEvent event = new GroupEvent.LogMissing(what.to(), what.fromSeq());
        core.call(() -> core.step(group, event));
      }

      @Override
      public void damaged(GroupRunner group, String detail) {}

      @Override
      public void sent(int bytes) {
        metrics.peerSent(bytes);
      }
    };
  }

  /** The lane to a broker has room. Any thread. */
  void onOpen(int broker) {
    Outbox outbox = outboxes.get(broker);
    if (outbox != null) {
      outbox.wake();
    }
  }

  /** The link to a broker is gone. Any thread. */
  void onDown(int broker) {
    Outbox outbox = outboxes.get(broker);
    if (outbox != null) {
      outbox.clear();
    }
  }

  /** Time passes: what was not in the journal yet may be there now. */
  void onTick() {
    outboxes.values().forEach(Outbox::wakeIfWaiting);
  }
}

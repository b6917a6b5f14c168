package dev.leat.client.internal.produce;

import dev.leat.api.rpc.RecordMethods;
import dev.leat.api.rpc.WireLimits;
import dev.leat.client.ClientConfig;
import dev.leat.client.ProducerConfig;
import dev.leat.client.error.LeatErrorCode;
import dev.leat.client.error.LeatException;
import dev.leat.client.internal.net.Channels;
import dev.leat.client.internal.net.ClientLoop;
import dev.leat.client.internal.net.Cluster;
import dev.leat.client.internal.net.GroupRoute;
import dev.leat.client.internal.net.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Brings partitions that have something to send to the links of their leaders. Of the loop, but for
 * {@link #onReady}.
 *
 * <p>Its work grows with what is sent and, at a change of leaders, with the partitions that have
 * something to send; never with the number of partitions that exist.
 */
final class Sender {

  /** How often it is looked for what has waited for too long. */
  private static final long TICK_MS = 100;

  private final Session session;
  private final ProducerConfig config;
  private final String transactionalId;
  private final Queue<PartitionQueue> ready = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean awake = new AtomicBoolean();
  private final Runnable round = this::round;
  private final Map<Integer, ProduceLink> links = new HashMap<>();
  private final List<PartitionDelivery> active = new ArrayList<>();
  private final ClientLoop.Timer ticks;
  private final long lingerNanos;
  private boolean hurried;
  private boolean closed;

  /**
   * Of one producer.
   *
   * @param transactionalId whose transactions its records are part of; empty: of none
   */
  Sender(Session session, ProducerConfig config, String transactionalId) {
    this.session = session;
    this.config = config;
    this.transactionalId = transactionalId;
    lingerNanos = config.linger().toNanos();
    ticks = session.loop().repeat(this::tick, TICK_MS);
  }

  ClientLoop loop() {
    return session.loop();
  }

  Channels channels() {
    return session.channels();
  }

  Cluster cluster() {
    return session.cluster();
  }

  ClientConfig clientConfig() {
    return session.config();
  }

  RecordMethods.Client methods() {
    return session.methods();
  }

  String transactionalId() {
    return transactionalId;
  }

  int maxRequestBytes() {
    return config.maxRequestBytes();
  }

  int maxPartitions() {
    return WireLimits.MAX_PARTITIONS;
  }

  /** A queue announces something. For any thread. */
  void onReady(PartitionQueue queue) {
    ready.add(queue);
    if (!awake.get() && awake.compareAndSet(false, true)) {
      session.loop().execute(round);
    }
  }

  private void round() {
    awake.set(false);
    for (PartitionQueue queue = ready.poll(); queue != null; queue = ready.poll()) {
      PartitionDelivery delivery = queue.delivery();
      delivery.onReady();
      activate(delivery);
      ProduceLink link = delivery.waitingAt;
      if (link != null) {
        link.noteFull(delivery);
      } else {
        place(delivery);
      }
    }
    links.values().forEach(ProduceLink::pump);
  }

  private void activate(PartitionDelivery delivery) {
    if (delivery.activeIndex < 0 && !closed) {
      delivery.activeIndex = active.size();
      active.add(delivery);
    }
  }

  private void deactivateIfIdle(PartitionDelivery delivery) {
    int index = delivery.activeIndex;
    if (index >= 0 && delivery.isIdle()) {
      PartitionDelivery last = active.removeLast();
      if (last != delivery) {
        active.set(index, last);
        last.activeIndex = index;
      }
      delivery.activeIndex = -1;
    }
  }

  /** Something may have changed for a partition: it is sent if it can be. */
  void schedule(PartitionDelivery delivery) {
    ProduceLink link = place(delivery);
    if (link != null) {
      link.pump();
    } else {
      deactivateIfIdle(delivery);
    }
  }

  private @Nullable ProduceLink place(PartitionDelivery delivery) {
    if (closed || delivery.waitingAt != null || !delivery.canSend()) {
      return null;
    }
    int leader = delivery.queue().route().leader();
    if (leader == GroupRoute.NO_LEADER) {
      return null;
    }
    ProduceLink link = links.computeIfAbsent(leader, broker -> new ProduceLink(broker, this));
    link.enqueue(delivery);
    return link;
  }

  /** The next batch of a partition, if it may go now. */
  @Nullable Batch nextBatch(PartitionDelivery delivery) {
    long now = System.nanoTime();
    long openUpToNanos = hurried ? now : now - lingerNanos;
    Batch batch = delivery.next(config.compression(), openUpToNanos);
    if (batch == null) {
      if (lingerNanos > 0 && delivery.queue().isAnnounced()) {
        linger(delivery);
      }
      deactivateIfIdle(delivery);
    }
    return batch;
  }

  private void linger(PartitionDelivery delivery) {
    if (!delivery.lingering) {
      delivery.lingering = true;
      session.loop().schedule(() -> endLinger(delivery), 1 + lingerNanos / 1_000_000);
    }
  }

  private void endLinger(PartitionDelivery delivery) {
    delivery.lingering = false;
    delivery.onReady();
    schedule(delivery);
  }

  /** Sends nothing of a partition for a while. */
  void pause(PartitionDelivery delivery) {
    if (!delivery.pausing) {
      delivery.pausing = true;
      session.loop().schedule(() -> resume(delivery), pauseMs(delivery.failures()));
    }
  }

  private long pauseMs(int failures) {
    long min = Math.max(1, session.config().minBackoff().toMillis());
    long max = session.config().maxBackoff().toMillis();
    return Math.min(max, min << Math.min(failures - 1, 20));
  }

  private void resume(PartitionDelivery delivery) {
    delivery.pausing = false;
    schedule(delivery);
  }

  /** Leaders have changed: everything that waits goes to its present leader, at once. */
  void onRoutes() {
    links.values().forEach(ProduceLink::clearWaiting);
    for (PartitionDelivery delivery : List.copyOf(active)) {
      int leader = delivery.queue().route().leader();
      ProduceLink link = links.get(leader);
      if (leader != GroupRoute.NO_LEADER && delivery.sentTo != null && delivery.sentTo != link) {
        delivery.abandonAttempts(
            LeatException.of(LeatErrorCode.NOT_LEADER, "the partition has a new leader"));
        delivery.pausing = false;
      }
      place(delivery);
    }
    links.values().forEach(ProduceLink::tryNow);
  }

  /** A topic is gone. */
  void onRemoved(List<PartitionQueue> queues, LeatException reason) {
    for (PartitionQueue queue : queues) {
      queue.delivery().giveUpAll(reason);
      deactivateIfIdle(queue.delivery());
    }
  }

  /** A transaction is aborted. */
  void onAborted(List<PartitionQueue> queues, LeatException reason) {
    for (PartitionQueue queue : queues) {
      queue.delivery().abandon(reason);
      deactivateIfIdle(queue.delivery());
    }
  }

  /** Batches that are not full go, too, although they could linger. */
  void hurry(boolean on) {
    hurried = on;
    if (on && lingerNanos > 0) {
      for (PartitionDelivery delivery : List.copyOf(active)) {
        delivery.onReady();
        place(delivery);
      }
      links.values().forEach(ProduceLink::pump);
    }
  }

  private void tick() {
    long now = System.nanoTime();
    Duration timeout = config.deliveryTimeout();
    String text = timeout.toMillis() + " ms";
    for (int i = active.size() - 1; i >= 0; i--) {
      if (i >= active.size()) {
        continue; // Others have become idle meanwhile.
      }
      PartitionDelivery delivery = active.get(i);
      delivery.expire(now - timeout.toNanos(), text);
      schedule(delivery);
    }
    long requestNanos = session.config().requestTimeout().toNanos();
    links.values().forEach(link -> link.checkTimeout(now, requestNanos));
  }

  /** Ends everything; what is not acknowledged fails. */
  void close(LeatException reason) {
    closed = true;
    ticks.cancel();
    links.values().forEach(ProduceLink::clearWaiting);
    links.values().forEach(ProduceLink::close);
    for (PartitionDelivery delivery : List.copyOf(active)) {
      delivery.giveUpAll(reason);
      delivery.activeIndex = -1;
    }
    active.clear();
  }
}

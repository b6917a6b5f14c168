package dev.leat.broker.runtime;

import dev.leat.broker.control.coordination.CoordinationEvent;
import dev.leat.broker.control.coordination.CoordinationMessage;
import dev.leat.broker.log.disk.DiskIdentity;
import dev.leat.broker.log.disk.Hello;
import dev.leat.broker.log.disk.Verdict;
import dev.leat.broker.replication.PeerEnvelope;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what links report, and hands it to groups and coordination. Two brokers are linked when
 * both have dialled: each has then heard who the other is.
 *
 * <p>Any thread; the state belongs to the core loop.
 */
final class PeerDesk implements PeerEvents {
  private static final Logger LOG = LoggerFactory.getLogger(PeerDesk.class);

  private final CoreLoop core;
  private final BrokerMetrics metrics;
  private final Consumer<String> onWentBack;
  private final Consumer<Optional<String>> onRefusal;
  private final Map<Integer, Peer> peers = new HashMap<>();
  private @Nullable PeerLinks links;
  private @Nullable PeerSender sender;
  private @Nullable Coordination coordination;

  /** What is known of one broker. */
  private static final class Peer {
    /** Process at the end of the own link; null if there is none. */
    private @Nullable DiskIdentity dialled;

    private dev.leat.broker.control.coordination.@Nullable Hello hello;
    private long pid;

    /** Whether coordination knows of the link. */
    private boolean linked;

    /** Why it does not want this broker, if it has said so of late. */
    private Optional<String> refusal = Optional.empty();
  }

  /**
   * A desk.
   *
   * @param onWentBack hears that a peer knows more of this broker's disk than the disk itself
   * @param onRefusal hears why no peer wants this broker; empty, as soon as one is linked
   */
  PeerDesk(
      CoreLoop core,
      BrokerMetrics metrics,
      Consumer<String> onWentBack,
      Consumer<Optional<String>> onRefusal) {
    this.core = core;
    this.metrics = metrics;
    this.onWentBack = onWentBack;
    this.onRefusal = onRefusal;
  }

  /** Before the core loop starts only. */
  void connect(PeerLinks peerLinks, PeerSender peerSender) {
    links = peerLinks;
    sender = peerSender;
  }

  /** On the core loop, before anybody is reached. */
  void begin(Coordination begun) {
    coordination = begun;
    peers.forEach(
        (broker, peer) -> {
          if (peer.dialled != null) {
            greet(broker);
          }
        });
  }

  /** Process id of a broker that is linked, 0 if that is not known. On the core loop. */
  long pid(int broker) {
    Peer peer = peers.get(broker);
    return peer == null ? 0 : peer.pid;
  }

  private Peer peer(int broker) {
    return peers.computeIfAbsent(broker, number -> new Peer());
  }

  @Override
  public void onUp(int broker, Hello hello, long pid) {
    core.call(
        () -> {
          Peer peer = peer(broker);
          peer.dialled = hello.disk();
          peer.pid = pid;
          peer.refusal = Optional.empty();
          greet(broker);
          linkIfBoth(peer);
          lookForRefusal();
        });
    onOpen(broker);
  }

  /** One that is refused by some and linked with others is of use. */
  private void lookForRefusal() {
    boolean linked = peers.values().stream().anyMatch(peer -> peer.linked);
    onRefusal.accept(
        linked
            ? Optional.empty()
            : peers.values().stream().flatMap(peer -> peer.refusal.stream()).findFirst());
  }

  private void greet(int broker) {
    if (links != null && coordination != null) {
      links.tell(broker, coordination.hello());
    }
  }

  private void linkIfBoth(Peer peer) {
    DiskIdentity dialled = peer.dialled;
    var hello = peer.hello;
    if (dialled != null && hello != null && dialled.nonce() == hello.nonce()) {
      peer.linked = true;
      tell(new CoordinationEvent.LinkUp(hello));
    }
  }

  @Override
  public void onReset(int broker, String reason) {
    metrics.peerReset();
    core.call(
        () -> {
          Peer peer = peer(broker);
          DiskIdentity gone = peer.dialled;
          peer.dialled = null;
          if (sender != null) {
            sender.onDown(broker);
          }
          if (gone != null && peer.linked) {
            peer.linked = false;
            tell(new CoordinationEvent.LinkDown(broker, gone.nonce(), true));
          }
        });
  }

  @Override
  public void onRefused(int broker) {
    core.call(
        () -> {
          peer(broker).refusal = Optional.empty();
          lookForRefusal();
          tell(new CoordinationEvent.ConnectRefused(broker));
        });
  }

  @Override
  public void onUnwelcome(int broker, Verdict.Refused refused) {
    LOG.warn("broker {} does not want this one: {}", broker, refused.message());
    if (refused.reason() == Verdict.Refusal.WENT_BACK) {
      onWentBack.accept(refused.message());
    }
    core.call(
        () -> {
          peer(broker).refusal = Optional.of(refused.message());
          lookForRefusal();
        });
  }

  @Override
  public void onOpen(int broker) {
    PeerSender known = sender;
    if (known != null) {
      known.onOpen(broker);
    }
  }

  @Override
  public void onMember(DiskIdentity from, dev.leat.broker.control.coordination.Hello hello) {
    core.call(
        () -> {
          Peer peer = peer(from.brokerId());
          peer.hello = hello;
          if (links != null) {
            links.reach(from.brokerId(), hello.addresses().peer());
          }
          linkIfBoth(peer);
          lookForRefusal();
        });
  }

  @Override
  public void onOrder(DiskIdentity from, CoordinationMessage message) {
    core.call(() -> tell(new CoordinationEvent.Received(from.brokerId(), from.nonce(), message)));
  }

  private void tell(CoordinationEvent event) {
    if (coordination != null) {
      coordination.tell(event);
    }
  }

  @Override
  public void onMessage(int from, PeerEnvelope envelope, Runnable release) {
    core.deliver(envelope, release);
  }
}

package dev.leat.broker.transport.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.control.coordination.CoordinationMessage;
import dev.leat.broker.log.FormatRange;
import dev.leat.broker.log.Withdrawal;
import dev.leat.broker.log.disk.BrokerDisk;
import dev.leat.broker.log.disk.DiskIdentity;
import dev.leat.broker.log.disk.Hello;
import dev.leat.broker.log.disk.PeerTable;
import dev.leat.broker.log.disk.Verdict;
import dev.leat.broker.replication.PeerEnvelope;
import dev.leat.broker.runtime.BrokerMetrics;
import dev.leat.broker.runtime.PeerEvents;
import dev.leat.broker.runtime.PeerGate;
import dev.leat.broker.runtime.PeerLinks;
import dev.leat.broker.runtime.thread.ByteBudget;
import dev.leat.broker.transport.ConnectionGate;
import dev.leat.broker.transport.GrpcListener;
import dev.leat.broker.transport.NetworkLoops;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** A broker that has nothing but links, on real sockets; notes what it hears. */
final class TestPeer implements PeerEvents, AutoCloseable {
  private static final int TIMEOUT_S = 20;
  private static final long BUDGET_BYTES = 2 << 20;

  private final int broker;
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final ConcurrentLinkedQueue<Runnable> kept = new ConcurrentLinkedQueue<>();
  private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
  private final MemoryDisk disk;
  private final GrpcPeerLinks links;
  private final NetworkLoops loops = new NetworkLoops(1);
  private final GrpcListener listener;
  private volatile boolean keep;

  TestPeer(UUID cluster, int broker, long starts) {
    this(cluster, broker, starts, 0);
  }

  TestPeer(UUID cluster, int broker, long starts, int port) {
    this.broker = broker;
    this.disk = new MemoryDisk(cluster, broker, starts);
    PeerGate gate = new PeerGate(disk, disk::hello);
    gate.open();
    links = new GrpcPeerLinks(this, gate, new ByteBudget(BUDGET_BYTES, held -> {}), blocking);
    try {
      listener =
          new GrpcListener(
              new InetSocketAddress("127.0.0.1", port),
              loops,
              List.of(),
              List.of(links.definition()),
              List.of(),
              new GrpcListener.Limits(new ConnectionGate(100, 100, BrokerMetrics.NONE), 600_000));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a broker's disk would remember. */
  private static final class MemoryDisk implements BrokerDisk {
    private volatile DiskIdentity identity;
    private volatile PeerTable peers = PeerTable.EMPTY;

    MemoryDisk(UUID cluster, int broker, long starts) {
      identity =
          new DiskIdentity(
              cluster,
              broker,
              UUID.randomUUID(),
              "test",
              starts,
              ThreadLocalRandom.current().nextLong());
    }

    Hello hello() {
      return new Hello(identity, FormatRange.CURRENT, 1);
    }

    @Override
    public DiskIdentity identity() {
      return identity;
    }

    @Override
    public Optional<Withdrawal> doubt() {
      return Optional.empty();
    }

    @Override
    public void doubt(Withdrawal reason) {}

    @Override
    public boolean lossAccepted() {
      return false;
    }

    @Override
    public DiskIdentity settle() {
      return identity;
    }

    @Override
    public PeerTable peers() {
      return peers;
    }

    @Override
    public void keep(PeerTable table) {
      peers = table;
    }
  }

  PeerLinks links() {
    return links;
  }

  int port() {
    return listener.port();
  }

  void reach(TestPeer other) {
    links.reach(other.broker, "127.0.0.1:" + other.port());
  }

  void sameDiskAs(TestPeer other) {
    DiskIdentity mine = disk.identity;
    disk.identity =
        new DiskIdentity(
            mine.clusterId(),
            mine.brokerId(),
            other.disk.identity.diskId(),
            mine.volume(),
            mine.starts(),
            mine.nonce());
  }

  /** From now on what comes stays in memory. */
  void keepMemory() {
    keep = true;
  }

  void releaseMemory() {
    keep = false;
    for (Runnable release; (release = kept.poll()) != null; ) {
      release.run();
    }
  }

  /** Waits until something that begins like this was heard; what came before it is forgotten. */
  void await(String prefix) throws InterruptedException {
    StringBuilder others = new StringBuilder();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_S);
    for (String next = ""; !next.startsWith(prefix); others.append(next).append("; ")) {
      next = heard.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      assertThat(next).as("%s at broker %d, after %s", prefix, broker, others).isNotNull();
    }
  }

  @Override
  public void onUp(int peer, Hello hello, long pid) {
    heard.add("up " + peer + " start " + hello.disk().starts());
  }

  @Override
  public void onReset(int peer, String reason) {
    heard.add("reset " + peer);
  }

  @Override
  public void onRefused(int peer) {
    heard.add("refused " + peer);
  }

  @Override
  public void onUnwelcome(int peer, Verdict.Refused refused) {
    heard.add("unwelcome " + peer + " " + refused.reason() + ": " + refused.message());
  }

  @Override
  public void onOpen(int peer) {
    heard.add("open " + peer);
  }

  @Override
  public void onMember(DiskIdentity from, dev.leat.broker.control.coordination.Hello hello) {
    heard.add(from.brokerId() + " is " + hello.zone());
  }

  @Override
  public void onOrder(DiskIdentity from, CoordinationMessage message) {
    heard.add(from.brokerId() + " says " + message);
  }

  @Override
  public void onMessage(int from, PeerEnvelope envelope, Runnable release) {
    String text = String.valueOf(envelope.message());
    heard.add(from + " says " + text.substring(0, Math.min(40, text.length())));
    if (keep) {
      kept.add(release);
    } else {
      release.run();
    }
  }

  @Override
  public void close() {
    links.close();
    listener.close();
    loops.close();
    blocking.shutdownNow();
  }
}
